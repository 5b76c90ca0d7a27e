import type { Clock, Timer } from "../base/clock.ts";
import { DocumentFault } from "../doc/documents.ts";
import { StoreError } from "../store/store_error.ts";
import { NotNowError } from "../sync/own_writes.ts";
import { FaultError, RefusedError } from "../view/api.ts";
import type { Tell } from "./tell.ts";

/** How often it is tried whether the disk takes anything again, in milliseconds. */
export const TRY_MS = 2_000;

/** What {@linkcode Faults} needs. */
export interface FaultsParts {
  readonly tell: Tell;
  readonly clock: Clock;
  /** Tries to write. @throws {StoreError} while the disk does not take it. */
  readonly tryWriting: () => void;
  /** Hears that what hindered is over. */
  readonly onOver: () => void;
}

/**
 * What hinders this node now, for its tabs to show, and what an error means to who asked. That the disk can
 * be written again is found out by itself, though nobody may write.
 */
export class Faults {
  readonly #parts: FaultsParts;
  #current: string | null = null;
  #trying: Timer | undefined;

  constructor(parts: FaultsParts) {
    this.#parts = parts;
  }

  /** In plain words, or `null`. */
  get current(): string | null {
    return this.#current;
  }

  /** Something was written: whatever hindered is over. */
  clear(): void {
    if (this.#current === null) return;
    this.close();
    this.#set(null);
    this.#parts.onOver();
  }

  /** Tries no more. */
  close(): void {
    this.#trying?.cancel();
    this.#trying = undefined;
  }

  /** Takes note of an error that came of writing, and gives what it means to who asked. */
  meaning(error: unknown): unknown {
    if (error instanceof StoreError) {
      this.#trying ??= this.#parts.clock.every(TRY_MS, () => this.#try());
      this.#set(`${error.message}. What you write is kept in this tab until then.`);
      return new FaultError(error.message, { cause: error });
    }
    if (error instanceof DocumentFault) {
      return new FaultError("This could not be done in time: try again", { cause: error });
    }
    if (error instanceof NotNowError) {
      return new FaultError("This cannot be written just now: try again", { cause: error });
    }
    // The rules of names, texts and positions throw these.
    if (error instanceof RangeError) {
      return new RefusedError(error.message, { cause: error });
    }
    return error;
  }

  #try(): void {
    try {
      this.#parts.tryWriting();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return;
    }
    this.clear();
  }

  #set(text: string | null): void {
    if (text === this.#current) return;
    this.#current = text;
    this.#parts.tell({ type: "fault", text });
  }
}
