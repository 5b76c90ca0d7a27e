import { type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { ChangeDesc } from "@codemirror/state";

/** Another person's cursor, as it is drawn. */
export interface PeerCursor {
  readonly peer: string;
  readonly name: string;
  /** Index of the person's colour. */
  readonly colour: number;
  readonly anchor: number;
  readonly head: number;
}

/** Puts other people's cursors, all of them, into the text as it is after the transaction. */
export const setPeerCursors = StateEffect.define<readonly PeerCursor[]>();

interface Drawn extends PeerCursor {
  /** Counts the person's own movements; each shows the name for a while. */
  readonly moves: number;
}

class Caret extends WidgetType {
  constructor(readonly cursor: Drawn) {
    super();
  }

  override eq({ cursor }: Caret): boolean {
    const { peer, name, colour, moves } = this.cursor;
    return peer === cursor.peer && name === cursor.name && colour === cursor.colour &&
      moves === cursor.moves;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `note-caret hue-${this.cursor.colour}`;
    // The names of those who write are in the list of people; in the text they would be read out.
    caret.setAttribute("aria-hidden", "true");
    const name = document.createElement("span");
    name.className = "note-caret-name";
    name.dir = "auto";
    name.textContent = this.cursor.name;
    // A word joiner keeps the height of the line, and never breaks it.
    caret.append("\u2060", name, "\u2060");
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** A cursor stays before the character it stands before; at the end it stays behind the last one. */
function mapped(cursor: Drawn, changes: ChangeDesc): Drawn {
  const map = (at: number) => changes.mapPos(at, at === changes.length ? -1 : 1);
  return { ...cursor, anchor: map(cursor.anchor), head: map(cursor.head) };
}

function met(
  known: readonly Drawn[],
  cursors: readonly PeerCursor[],
  length: number,
): readonly Drawn[] {
  const inside = (at: number) => Math.max(0, Math.min(at, length));
  return cursors.map((cursor) => {
    const [anchor, head] = [inside(cursor.anchor), inside(cursor.head)];
    const before = known.find(({ peer }) => peer === cursor.peer);
    const stayed = before?.anchor === anchor && before.head === head;
    return { ...cursor, anchor, head, moves: (before?.moves ?? 0) + (stayed ? 0 : 1) };
  });
}

const field = StateField.define<readonly Drawn[]>({
  create: () => [],
  update(drawn, transaction) {
    if (transaction.docChanged) drawn = drawn.map((cursor) => mapped(cursor, transaction.changes));
    for (const effect of transaction.effects) {
      if (effect.is(setPeerCursors)) drawn = met(drawn, effect.value, transaction.newDoc.length);
    }
    return drawn;
  },
  provide: (field) => EditorView.decorations.from(field, decorations),
});

function decorations(drawn: readonly Drawn[]): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const cursor of drawn) {
    const { anchor, head, colour } = cursor;
    if (anchor !== head) {
      const mark = Decoration.mark({ class: `note-selection hue-${colour}` });
      ranges.push(mark.range(Math.min(anchor, head), Math.max(anchor, head)));
    }
    const side = head < anchor ? 1 : -1;
    ranges.push(Decoration.widget({ widget: new Caret(cursor), side }).range(head));
  }
  return Decoration.set(ranges, true);
}

/** Draws the cursors that {@linkcode setPeerCursors} sets, and moves them along with the text. */
export const peerCursors: Extension = field;
