import type { Clock, Timer } from "../base/clock.ts";
import type { NoteId } from "../base/ids.ts";
import { noteDoc } from "../doc/doc_id.ts";
import { noteKey } from "../doc/doc_key.ts";
import { remember } from "../store/remember.ts";
import type { NoteText } from "../view/view.ts";
import { isLongIn } from "./load.ts";
import type { Parts } from "./parts.ts";

/** How long after its last change the text of a note is kept, in milliseconds: nobody types then. */
export const KEEP_AFTER_MS = 3_000;

/**
 * Texts of notes with a long history, whose documents take a second to load. What was kept is shown at once, while
 * the document loads for the first keystroke.
 */
export class LongTexts {
  readonly #parts: Parts;
  readonly #steady: Clock;
  readonly #isLong: ReturnType<typeof isLongIn>;
  readonly #timers = new Map<NoteId, Timer>();

  constructor(parts: Parts, steady: Clock) {
    this.#parts = parts;
    this.#steady = steady;
    this.#isLong = isLongIn(parts.store);
  }

  /** The text of a note as it is now. @throws {DocumentFault} if it cannot be had. */
  async of(note: NoteId): Promise<NoteText> {
    const { documents, space, store } = this.#parts;
    const key = this.#key(note);
    if (!this.#isLong(key)) return await documents.noteText(key);
    const kept = store.noteTexts.of(space, note, this.#digest(note));
    if (!kept) return await this.#keep(note);
    // Whoever writes is told of a fault.
    this.#quietly(documents.heads(key));
    return kept;
  }

  /** A note was written to, or came with its text. */
  changed(note: NoteId, text: NoteText | null): void {
    if (!this.#isLong(this.#key(note))) return;
    this.#timers.get(note)?.cancel();
    this.#timers.delete(note);
    if (text) return this.#set(note, text);
    const timer = this.#steady.after(KEEP_AFTER_MS, () => {
      this.#timers.delete(note);
      this.#quietly(this.#keep(note));
    });
    this.#timers.set(note, timer);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
  }

  async #keep(note: NoteId): Promise<NoteText> {
    const text = await this.#parts.documents.noteText(this.#key(note));
    // Nothing is awaited here: what the document had when it answered is what the store has.
    this.#set(note, text);
    return text;
  }

  #set(note: NoteId, text: NoteText): void {
    const { space, store, log } = this.#parts;
    remember(log, () => store.noteTexts.set(space, note, this.#digest(note), text));
  }

  #digest(note: NoteId): Uint8Array {
    return this.#parts.replica.vectors.docDigest(noteDoc(note));
  }

  #quietly(work: Promise<unknown>): void {
    work.catch((error) => {
      this.#parts.log("debug", "Cannot load a note ahead", { error: String(error) });
    });
  }

  #key(note: NoteId) {
    return noteKey(this.#parts.space, note);
  }
}
