import type { Clock, Timer } from "../base/clock.ts";
import { parseSpaceId } from "../base/ids.ts";
import { SPACE_DOC } from "./doc_id.ts";
import { type DocKey, docKey } from "./doc_key.ts";
import { DocumentCalls } from "./document_calls.ts";
import { type EngineCall, type EngineCalls, isApart } from "./engine_task.ts";

/** A key for what is about no document. */
const NO_DOCUMENT = docKey(parseSpaceId("00".repeat(16)), SPACE_DOC);

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
  /** When `apart` may rehearse what comes first of another's history, unless it has had something to do. */
  readonly rehearsal: Pause | undefined;
}

/** A time on a clock. */
interface Pause {
  readonly clock: Clock;
  readonly ms: number;
}

/**
 * Documents in several engines, so that what takes long holds up nothing else. A document stays where it was used
 * first: calls about it are done in the order they were made.
 */
export class SplitDocuments extends DocumentCalls {
  readonly #split: Split;
  readonly #places = new Map<DocKey, DocumentCalls>();
  readonly #rehearsal: Timer | undefined;

  constructor(split: Split) {
    super();
    this.#split = split;
    const { apart, rehearsal } = split;
    this.#rehearsal = rehearsal?.clock.after(rehearsal.ms, () => {
      // Without it the first is slower; what is wrong with the worker is told when it has something to do.
      apart.ask(NO_DOCUMENT, { type: "rehearse" }).catch(() => {});
    });
  }

  ask<C extends EngineCall>(key: DocKey, call: C): Promise<EngineCalls[C["type"]]["answer"]> {
    if (!isApart(call)) return this.#of(key).ask(key, call);
    this.#rehearsal?.cancel();
    return this.#split.apart.ask(key, call);
  }

  drop(key: DocKey): void {
    this.#of(key).drop(key);
  }

  async close(): Promise<void> {
    const { quick, long, apart } = this.#split;
    this.#rehearsal?.cancel();
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
