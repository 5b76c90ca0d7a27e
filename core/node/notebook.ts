import type { Clock } from "../base/clock.ts";
import type { NoteId } from "../base/ids.ts";
import { parseNoteId } from "../base/ids.ts";
import { LONG_NOTE_EDITS } from "../base/limits.ts";
import { noteKey } from "../doc/doc_key.ts";
import { docKind, noteDoc, SPACE_DOC } from "../doc/doc_id.ts";
import { noteEntry } from "../doc/projection.ts";
import type { StoredNote } from "../store/registers.ts";
import type { Committed } from "../sync/commits.ts";
import { RefusedError } from "../view/api.ts";
import type { Answer, Commands } from "../view/command.ts";
import type { Heads, NoteText, NoteView } from "../view/view.ts";
import { cleanName } from "../view/words.ts";
import { LongTexts } from "./long_texts.ts";
import type { Parts } from "./parts.ts";

/** The time of the last change of a note is told again when it grew by this much, in milliseconds. */
const CHANGED_STEP_MS = 5_000;
const NOTE_ID_BYTES = 16;

/** Notes of one space. */
export class Notebook {
  readonly #parts: Parts;
  readonly #texts: LongTexts;
  /** When each note's last change was told to tabs last. */
  readonly #told = new Map<NoteId, number>();

  constructor(parts: Parts, steady: Clock) {
    this.#parts = parts;
    this.#texts = new LongTexts(parts, steady);
  }

  close(): void {
    this.#texts.close();
  }

  /** All notes, by title. */
  notes(): NoteView[] {
    return this.#parts.store.registers.notes(this.#parts.space).map((note) => this.#view(note));
  }

  /** Makes an empty note. */
  async create({ title }: Commands["note.create"]["ask"], id: string): Promise<NoteView> {
    const clean = cleanName(title);
    const note = parseNoteId(this.#parts.random(NOTE_ID_BYTES).toHex());
    return await this.#write({ id: note, title: clean, changedAt: this.#parts.clock.now() }, id);
  }

  /** Gives a note another title. */
  async rename({ note, title }: Commands["note.rename"]["ask"], id: string): Promise<NoteView> {
    const clean = cleanName(title);
    const now = this.#view(this.#known(note));
    if (now.title === clean) return now;
    return await this.#write({ ...now, title: clean, changedAt: this.#parts.clock.now() }, id);
  }

  /** The text that all see who are linked. */
  async text(note: NoteId): Promise<NoteText> {
    this.#known(note);
    return await this.#texts.of(note);
  }

  /** Applies what a tab typed; it is on disk when the promise resolves. */
  async edit(
    { note, heads, splices }: Commands["note.edit"]["ask"],
    id: string,
  ): Promise<Answer<"note.edit">> {
    this.#known(note);
    const { replica, clock } = this.#parts;
    return await replica.noteEdit(note, heads, splices, { at: clock.now(), request: id });
  }

  /** What brings the text at `heads` to the common text. */
  async merge({ note, heads }: { note: NoteId; heads: Heads }) {
    this.#known(note);
    return await this.#parts.documents.noteMerge(this.#key(note), heads);
  }

  /** Tells tabs what a commit brought. */
  committed({ doc, changed, heads, noteText }: Committed): void {
    const kind = docKind(doc);
    if (kind.type !== "note") return changed.notes.forEach((note) => this.#tell(note));
    this.#parts.tell({ type: "note.text", note: kind.note, heads });
    this.#texts.changed(kind.note, noteText);
    const changedAt = this.#stored(kind.note)?.changedAt ?? 0;
    if (changedAt - (this.#told.get(kind.note) ?? 0) >= CHANGED_STEP_MS) this.#tell(kind.note);
  }

  #tell(note: NoteId): void {
    const stored = this.#stored(note);
    if (!stored) return;
    this.#told.set(note, stored.changedAt);
    this.#parts.tell({ type: "note", note: this.#view(stored) });
  }

  #view({ id, title, changedAt }: StoredNote): NoteView {
    const edits = this.#parts.store.envelopes.count(this.#parts.space, noteDoc(id));
    const view = { id, title, changedAt };
    return edits < LONG_NOTE_EDITS ? view : { ...view, edits };
  }

  async #write(view: NoteView, id: string): Promise<NoteView> {
    await this.#parts.replica.put(SPACE_DOC, [noteEntry(view.id, view.title)], {
      at: view.changedAt,
      receipt: { id, answer: view },
    });
    return view;
  }

  #stored(note: NoteId): StoredNote | undefined {
    return this.#parts.store.registers.note(this.#parts.space, note);
  }

  #known(note: NoteId): StoredNote {
    const stored = this.#stored(note);
    if (!stored) throw new RefusedError("There is no such note (any more)");
    return stored;
  }

  #key(note: NoteId) {
    return noteKey(this.#parts.space, note);
  }
}
