import type { Event } from "../event.ts";
import type { CursorView, Heads } from "../view.ts";
import { sameHeads } from "./note_branch.ts";
import type { NotePlace } from "./note_keep.ts";

/** What a tab knows to be new in a note and does not show yet. */
export class NoteNews {
  /** The tab may be behind whatever it was told: it was away, say. */
  unsure = true;
  /** The viewer did not accept the others' text yet. */
  held = false;
  #told: Heads | null = null;
  #cursors: { heads: Heads; cursors: readonly CursorView[] } | null = null;

  /** Takes an event in, if it is about this note's text or cursors; whether it was. */
  heard(event: Event, { space, note }: NotePlace): boolean {
    if (event.type === "reset" && event.space === space) return this.unsure = true;
    if (event.type !== "note.text" && event.type !== "cursors" || event.note !== note) return false;
    if (event.type === "note.text") this.#told = event.heads;
    else this.putCursors(event.heads, event.cursors);
    return true;
  }

  putCursors(heads: Heads, cursors: readonly CursorView[]): void {
    this.#cursors = { heads, cursors };
  }

  /** Whether a tab with the text at these heads should ask for a merge now. */
  isBehind(heads: Heads): boolean {
    if (this.held) return false;
    return this.unsure || (this.#told !== null && !sameHeads(this.#told, heads));
  }

  /** A merge was asked for: what comes later is new again. */
  asked(): void {
    this.#told = null;
    this.unsure = false;
  }

  /** The viewer accepts again. */
  release(): void {
    this.unsure ||= this.held;
    this.held = false;
  }

  /** Gives cursors that are in the text at these heads, once. */
  takeCursors(heads: Heads): readonly CursorView[] | null {
    if (!this.#cursors || !sameHeads(this.#cursors.heads, heads)) return null;
    const { cursors } = this.#cursors;
    this.#cursors = null;
    return cursors;
  }
}
