import type { Clock, Timer } from "../../base/clock.ts";
import type { NoteId } from "../../base/ids.ts";
import type { Place } from "../command.ts";
import type { Heads } from "../view.ts";

/** The least time between two places told, in milliseconds. */
const PLACE_MS = 100;

/** A selection: `anchor` is its fixed end. */
interface Selection {
  readonly anchor: number;
  readonly head: number;
}

/** What a cursor is read from and told to. */
export interface OwnCursorParts {
  readonly clock: Clock;
  readonly note: NoteId;
  /** The selection in the text as it is now. */
  read(): Selection | null;
  /** The heads of that text, or `null` while the node does not know it. */
  heads(): Heads | null;
  tell(place: Place): void;
}

/**
 * Tells where the person's cursor is in a note: now and then, and only in a text that the node knows,
 * so that others never see it in a wrong place. What others type moves it at the node; only the person's
 * own movements are told.
 */
export class OwnCursor {
  #due = false;
  #timer: Timer | null = null;

  constructor(readonly parts: OwnCursorParts) {}

  /** The person moved it. */
  moved(): void {
    this.#due = true;
    this.next();
  }

  /** The note's heads or state changed: what is due may go now. */
  next(): void {
    const { clock, note, read, heads, tell } = this.parts;
    if (!this.#due || this.#timer) return;
    const [at, selection] = [heads(), read()];
    if (!at || !selection) return;
    this.#due = false;
    this.#timer = clock.after(PLACE_MS, () => {
      this.#timer = null;
      this.next();
    });
    const { anchor, head } = selection;
    tell({ type: "note", note, heads: at, anchor, head });
  }

  /** The person is nowhere in this note any more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#due = false;
    this.parts.tell(null);
  }
}
