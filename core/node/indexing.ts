import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store_error.ts";

/** How soon words of messages are looked for that came while there were none, in milliseconds. */
const REST_MS = 500;
/** So often in a row it waits for that to end which comes without a pause. */
const MAX_WAITS = 20;
/** Between two rounds of much that came, in milliseconds: chat and sync go on meanwhile. */
const PAUSE_MS = 20;

/** What {@linkcode Indexing} needs. */
export interface IndexingParts {
  readonly store: Pick<Store, "words">;
  readonly steady: Clock;
  readonly log: Log;
}

/** Takes the words of messages up into their index after these came, a few at a time. */
export class Indexing {
  readonly #parts: IndexingParts;
  #seen = 0;
  #waits = 0;
  #timer: Timer;

  constructor(parts: IndexingParts) {
    this.#parts = parts;
    this.#timer = parts.steady.after(REST_MS, () => this.#step());
  }

  close(): void {
    this.#timer.cancel();
  }

  #step(): void {
    const { store: { words }, steady, log } = this.#parts;
    let ms = REST_MS;
    try {
      if (!this.#isComing(words.newest)) {
        words.advance();
        if (words.isBehind) ms = PAUSE_MS;
      }
    } catch (error) {
      // Whoever writes something is told; this is tried again.
      if (!(error instanceof StoreError)) throw error;
      log("debug", "Cannot take up words", { error: error.message });
    }
    this.#timer = steady.after(ms, () => this.#step());
  }

  /** Whether more came since this was asked last: what is shown of it goes first. */
  #isComing(newest: number): boolean {
    const isMore = newest !== this.#seen;
    this.#seen = newest;
    if (isMore && this.#waits++ < MAX_WAITS) return true;
    if (!isMore) this.#waits = 0;
    return false;
  }
}
