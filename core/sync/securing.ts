import type { Timer } from "../base/clock.ts";
import { StoreError } from "../store/store_error.ts";
import type { CommitParts, Commits } from "./commits.ts";
import { EMPTY_DIGEST } from "./space_vectors.ts";

/** What peers sent is on disk after so long, in milliseconds. */
export const SECURE_MS = 100;

/** What {@linkcode Securing} needs. */
export interface SecuringParts extends Pick<CommitParts, "store" | "vectors" | "clock"> {
  /** Hears that the disk is at fault. */
  readonly onFault?: ((error: StoreError) => void) | undefined;
  /** Hears that what peers sent came to the disk. */
  readonly onSecured?: (() => void) | undefined;
  /** Makes the disk ready while others go on; a simulation has no other threads. */
  readonly flush?: (() => Promise<void>) | undefined;
}

/**
 * Has what peers sent on disk before any of them is told that it is held here, and in any case before long: so one
 * sync of the disk does for many changes, and nobody who looks at them waits for it.
 */
export class Securing {
  readonly #parts: SecuringParts;
  #timer: Timer | undefined;
  #flushing: Promise<void> | undefined;
  #digest = EMPTY_DIGEST;

  constructor(parts: SecuringParts, commits: Commits) {
    this.#parts = parts;
    commits.listen(({ local }) => {
      if (!local) this.#soon();
    });
  }

  /** The digest of what is on disk: while that is at fault, of what was before. */
  digest(): Uint8Array {
    if (this.now()) this.#digest = this.#parts.vectors.digest();
    return this.#digest;
  }

  /** Has all on disk, unless that is at fault; gives whether it is. */
  now(): boolean {
    try {
      this.#parts.store.secure();
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#parts.onFault?.(error);
      return false;
    }
  }

  /** Messages about what is held, each given when that is on disk. @throws {Error} while the disk is at fault. */
  *before(messages: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const message of messages) {
      if (!this.now()) throw new Error("what it is about is not on disk");
      yield message;
    }
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#flushing;
  }

  #soon(): void {
    this.#timer ??= this.#parts.clock.after(SECURE_MS, () => {
      const { store, flush = () => store.flush() } = this.#parts;
      this.#flushing = flush().then(() => {
        this.#timer = undefined;
        if (this.now()) this.#parts.onSecured?.();
      });
    });
  }
}
