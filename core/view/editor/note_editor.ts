import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, type Extension, type StateEffect, Transaction } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, type ViewUpdate } from "@codemirror/view";
import type { Clock, Timer } from "../../base/clock.ts";
import type { Place } from "../command.ts";
import type { NoteDesk } from "../tab/note_desk.ts";
import type { NotePlace } from "../tab/note_keep.ts";
import type { NoteSession } from "../tab/note_session.ts";
import type { NoteState } from "../tab/note_state.ts";
import type { NoteViewer } from "../tab/note_viewer.ts";
import { OwnCursor } from "../tab/own_cursor.ts";
import type { CursorView, Splice } from "../view.ts";
import { withAdoptedStyles } from "./adopted_styles.ts";
import { changesOf, splicesOf } from "./change_splices.ts";
import { noteMarkdown } from "./markdown.ts";
import { textDirection } from "./text_direction.ts";
import { type PeerCursor, peerCursors, setPeerCursors } from "./peer_cursors.ts";

/** CodeMirror ends a composition a little after the browser says so. */
const COMPOSED_MS = 80;

/**
 * A longer text, in UTF-16 units, is shown without Markdown: a paragraph is parsed as a whole at each key in it,
 * and nobody says that a text this long has more than one.
 */
const MAX_MARKED_UNITS = 256 * 1024;

/** Keys that the page has for itself, also while one types: from room to room, and the switcher. */
const PAGE_KEYS = /^(Shift-)?Alt-Arrow(Up|Down)$|^Ctrl-k$/;

/** What an editor is given. */
export interface NoteEditorParts {
  readonly parent: HTMLElement;
  readonly desk: NoteDesk;
  readonly place: NotePlace;
  /** Whether this person may write in it. */
  readonly writable: boolean;
  readonly clock: Clock;
  /** The id of an element that tells what keys do. */
  readonly describedBy: string;
  /** Gives a person's cursor its name and colour. */
  person(cursor: CursorView): PeerCursor;
  setPlace(place: Place): void;
  /** How the note stands now. */
  changed(state: NoteState): void;
  /** A text of the person's was kept aside. */
  keptAside(): void;
}

const editorKeys = defaultKeymap.filter(({ key, mac }) => !PAGE_KEYS.test(key ?? mac ?? ""));

/** A note in CodeMirror: shows what its session says, and tells it what the person does. */
export class NoteEditor implements NoteViewer {
  readonly session: NoteSession;
  #view: EditorView | null = null;
  readonly #cursor: OwnCursor;
  #composed: Timer | null = null;
  #staying = false;

  constructor(readonly parts: NoteEditorParts) {
    const { desk, place, clock, setPlace: tell } = parts;
    this.session = desk.session(place);
    this.#cursor = new OwnCursor({
      ...{ clock, note: place.note, tell },
      read: () => this.#view?.state.selection.main ?? null,
      heads: () => this.session.heads,
    });
    tell(null);
    this.session.attach(this);
  }

  /** Puts the keyboard into the text. */
  focus(): void {
    this.#view?.focus();
  }

  /** Takes the editor off the page. What was typed goes on to the node. */
  close(): void {
    this.#composed?.cancel();
    this.#cursor.close();
    this.session.detach();
    this.#view?.destroy();
    this.#view = null;
  }

  opened(text: string): void {
    const { parent } = this.parts;
    const state = EditorState.create({ doc: text, extensions: this.#extensions(text) });
    this.#view = withAdoptedStyles(() => new EditorView({ state, parent }));
    if (text === "" && this.parts.writable) this.focus();
  }

  spliced(splices: readonly Splice[]): void {
    const view = this.#view;
    if (!view) return;
    const changes = changesOf(splices, view.state.doc.length);
    view.dispatch({
      changes,
      annotations: [Transaction.remote.of(true), Transaction.addToHistory.of(false)],
      effects: this.#stay(view)?.map(changes) ?? [],
    });
  }

  /**
   * Keeps what is on the screen where it is, unless that is the start of the text. Between two frames it is
   * asked for once: CodeMirror moves it along with the changes after that, but cannot tell anew where it is.
   */
  #stay(view: EditorView): StateEffect<unknown> | undefined {
    if (this.#staying || view.scrollDOM.scrollTop === 0) return undefined;
    this.#staying = true;
    view.requestMeasure({ key: this, read: () => void (this.#staying = false) });
    return view.scrollSnapshot();
  }

  /** What touches the line of a composition would end it: an input method's text lives in the page. */
  accepts(splices: readonly Splice[]): boolean {
    const view = this.#view;
    if (!view?.compositionStarted) return true;
    const { doc, selection } = view.state;
    const line = doc.lineAt(selection.main.head);
    return changesOf(splices, doc.length).touchesRange(line.from, line.to) === false;
  }

  cursors(cursors: readonly CursorView[]): void {
    this.#view?.dispatch({ effects: setPeerCursors.of(cursors.map(this.parts.person)) });
  }

  changed(): void {
    this.#cursor.next();
    this.parts.changed(this.session.state);
  }

  keptAside(): void {
    this.parts.keptAside();
  }

  #updated(update: ViewUpdate): void {
    const own = update.transactions.filter((each) => !each.annotation(Transaction.remote));
    const splices = own.flatMap(({ changes }) => splicesOf(changes));
    if (splices.length > 0) this.session.type(splices);
    const moved = own.some(({ selection }) => selection) || splices.length > 0;
    if (update.view.hasFocus && (moved || update.focusChanged)) this.#cursor.moved();
  }

  #compositionEnded(): void {
    this.#composed?.cancel();
    this.#composed = this.parts.clock.after(COMPOSED_MS, () => this.session.resume());
  }

  #extensions(text: string): Extension {
    return [
      // Positions count units of the text as the node has it, so no other line end may be one unit.
      EditorState.lineSeparator.of("\n"),
      EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, "\n")),
      EditorState.tabSize.of(4),
      EditorState.readOnly.of(!this.parts.writable),
      history(),
      EditorView.lineWrapping,
      textDirection,
      highlightSpecialChars(),
      text.length > MAX_MARKED_UNITS ? [] : noteMarkdown(),
      peerCursors,
      // Tab is left to the browser: it goes on to the next control, as everywhere on the page.
      keymap.of([...editorKeys, ...historyKeymap]),
      EditorView.contentAttributes.of({
        "aria-label": "Text of the note",
        "aria-describedby": this.parts.describedBy,
        "aria-readonly": String(!this.parts.writable),
        autocapitalize: "sentences",
        autocorrect: "on",
        spellcheck: "true",
      }),
      EditorView.domEventHandlers({ compositionend: () => this.#compositionEnded() }),
      EditorView.updateListener.of((update) => this.#updated(update)),
    ];
  }
}
