import type { DocId } from "../base/ids.ts";
import { DocumentFault, type NewEntry } from "../doc/documents.ts";
import { StoreError } from "../store/store_error.ts";
import type { CommitParts } from "./commits.ts";
import { NotNowError } from "./own_writes.ts";

/** Writes entries again, and pays the debt of that number with it. */
export type WriteAgain = (
  doc: DocId,
  entries: readonly NewEntry[],
  rewrite: number,
) => Promise<void>;

/**
 * Writes again what this device wrote and what became void because of others, oldest first. What cannot be
 * written now is written another time.
 */
export class Rewriting {
  readonly #parts: CommitParts;
  readonly #write: WriteAgain;
  #running: Promise<void> | undefined;
  #again = false;
  #closed = false;

  constructor(parts: CommitParts, write: WriteAgain) {
    this.#parts = parts;
    this.#write = write;
  }

  /** Writes all that is due; resolves when it is over. */
  run(): Promise<void> {
    this.#again = true;
    return this.#running ??= this.#runAll().finally(() => this.#running = undefined);
  }

  /** Begins nothing new; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #runAll(): Promise<void> {
    const { space, store, log } = this.#parts;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        let after = 0;
        for (let due = store.rewrites.next(space, after); due && !this.#closed;) {
          await this.#writeOne(due.doc, due.entries, due.id);
          after = due.id;
          due = store.rewrites.next(space, after);
        }
      }
    } catch (error) {
      const isLater = error instanceof StoreError || error instanceof DocumentFault ||
        error instanceof NotNowError;
      if (!isLater) throw error;
      log("warn", "Cannot write again what became void", { text: error.message });
    }
  }

  async #writeOne(doc: DocId, entries: readonly NewEntry[], id: number): Promise<void> {
    const { store, log } = this.#parts;
    try {
      await this.#write(doc, entries, id);
    } catch (error) {
      if (!(error instanceof RangeError) || error instanceof NotNowError) throw error;
      // It is there already.
      log("info", "Not written again", { doc, text: error.message });
      store.rewrites.drop(id);
    }
  }
}
