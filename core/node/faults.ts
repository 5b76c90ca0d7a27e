import { DocumentFault } from "../doc/documents.ts";
import { StoreError } from "../store/store_error.ts";
import { FaultError, RefusedError } from "../view/api.ts";
import type { Tell } from "./tell.ts";

/** What hinders this node now, for its tabs to show, and what an error means to who asked. */
export class Faults {
  readonly #tell: Tell;
  #current: string | null = null;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** In plain words, or `null`. */
  get current(): string | null {
    return this.#current;
  }

  /** Something was written: whatever hindered is over. */
  clear(): void {
    this.#set(null);
  }

  /** Takes note of an error that came of writing, and gives what it means to who asked. */
  meaning(error: unknown): unknown {
    if (error instanceof StoreError) {
      this.#set(`${error.message}. What you write is kept in this tab until then.`);
      return new FaultError(error.message, { cause: error });
    }
    if (error instanceof DocumentFault) {
      return new FaultError("This could not be done in time: try again", { cause: error });
    }
    // The rules of names, texts and positions throw these.
    if (error instanceof RangeError) {
      return new RefusedError(error.message, { cause: error });
    }
    return error;
  }

  #set(text: string | null): void {
    if (text === this.#current) return;
    this.#current = text;
    this.#tell({ type: "fault", text });
  }
}
