import type { DocKey } from "./doc_key.ts";
import { DocumentCalls } from "./document_calls.ts";
import { type EngineCall, type EngineCalls, isApart } from "./engine_task.ts";

/** Where documents are served, each in an engine of its own. */
export interface Split {
  /** All that are quick: chat waits for none of the others. */
  readonly quick: DocumentCalls;
  /** Notes with a long history, of which a keystroke may take a tenth of a second. */
  readonly long: DocumentCalls;
  /** Calls that bring their document with them, which may take seconds. */
  readonly apart: DocumentCalls;
  /** Whether a document is one with a long history; asked when it is used first. */
  isLong(key: DocKey): boolean;
}

/**
 * Documents in several engines, so that what takes long holds up nothing else. A document stays where it was used
 * first: calls about it are done in the order they were made.
 */
export class SplitDocuments extends DocumentCalls {
  readonly #split: Split;
  readonly #places = new Map<DocKey, DocumentCalls>();

  constructor(split: Split) {
    super();
    this.#split = split;
  }

  ask<C extends EngineCall>(key: DocKey, call: C): Promise<EngineCalls[C["type"]]["answer"]> {
    return (isApart(call) ? this.#split.apart : this.#of(key)).ask(key, call);
  }

  drop(key: DocKey): void {
    this.#of(key).drop(key);
  }

  async close(): Promise<void> {
    const { quick, long, apart } = this.#split;
    await Promise.all([quick.close(), long.close(), apart.close()]);
  }

  #of(key: DocKey): DocumentCalls {
    const known = this.#places.get(key);
    if (known) return known;
    const { quick, long } = this.#split;
    const place = this.#split.isLong(key) ? long : quick;
    this.#places.set(key, place);
    return place;
  }
}
