import type { Clock, Timer } from "../base/clock.ts";
import type { ChannelId, DocId } from "../base/ids.ts";
import { SEGMENT_MESSAGES } from "../base/limits.ts";
import type { Log } from "../base/log.ts";
import { nextTurn } from "../base/next_turn.ts";
import { docKind } from "../doc/doc_id.ts";
import { docKey } from "../doc/doc_key.ts";
import type { Documents } from "../doc/documents.ts";
import type { Store } from "../store/store.ts";
import type { Replica } from "./replica.ts";
import { REST_AFTER_MS, REST_EVERY_MS } from "./timing.ts";

/** Single changes of a segment, at least, that are worth a base: with fewer, seals weigh more than they save. */
const MIN_SEGMENT_CHANGES = 100;
/** The same of a note, in which one writes on. */
const MIN_NOTE_CHANGES = 2000;

/** What {@linkcode Compaction} needs. */
export interface CompactionParts {
  readonly replica: Pick<Replica, "space" | "vectors" | "alone">;
  readonly documents: Documents;
  readonly store: Store;
  /** The wall clock, by which envelopes came. */
  readonly clock: Clock;
  readonly steady: Clock;
  readonly log: Log;
}

/**
 * Puts documents of which nothing came for a while onto bases, one after another: closed segments, and notes of
 * many changes. What is written into them later lies on top, until they rest again.
 */
export class Compaction {
  readonly #parts: CompactionParts;
  readonly #timer: Timer;
  /** Those that did not rest, with how many changes they had. */
  readonly #restless = new Map<DocId, number>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(parts: CompactionParts) {
    this.#parts = parts;
    this.#timer = parts.steady.every(REST_EVERY_MS, () => {
      this.#running ??= this.run().finally(() => this.#running = undefined);
    });
  }

  /** Rests what may rest now. It never throws: what did not rest is tried again when it has grown. */
  async run(): Promise<void> {
    for (const [doc, changes] of this.#due()) {
      if (this.#closed) return;
      await this.#rest(doc, changes);
    }
  }

  /** Ends it; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer.cancel();
    await this.#running;
  }

  async #rest(doc: DocId, changes: number): Promise<void> {
    const { replica, store, log } = this.#parts;
    try {
      await restDocument(this.#parts, doc);
      while (!this.#closed && store.sealed.sweep(replica.space, doc)) await nextTurn();
    } catch (error) {
      this.#restless.set(doc, changes);
      const level = error instanceof RangeError ? "debug" : "warn";
      log(level, "A document does not rest", { doc, error: String(error) });
    }
  }

  /** Documents that may rest, with how many changes of theirs are single. */
  #due(): [DocId, number][] {
    const { replica: { space, vectors }, store, clock } = this.#parts;
    const docs = vectors.docs();
    const counts = new Map<ChannelId, ReadonlyMap<number, number>>();
    /** Whether people write elsewhere by now: into the first segment of a channel that has room. */
    const isClosed = (channel: ChannelId, segment: number): boolean => {
      const segments = counts.get(channel) ?? store.messages.segments(space, channel);
      counts.set(channel, segments);
      return (segments.get(segment) ?? 0) >= SEGMENT_MESSAGES;
    };
    return docs.flatMap((doc): [DocId, number][] => {
      const kind = docKind(doc);
      if (kind.type === "space") return [];
      if (kind.type === "segment" && !isClosed(kind.channel, kind.segment)) return [];
      let changes = 0;
      for (const { seq, based } of store.envelopes.logs(space, doc).values()) {
        changes += seq - based;
      }
      // Sealed documents beside it take more than a base.
      const isTwice = changes > 0 && store.bases.countKept(space, doc) > 0;
      const least = isTwice ? 1 : kind.type === "note" ? MIN_NOTE_CHANGES : MIN_SEGMENT_CHANGES;
      if (changes < least || this.#restless.get(doc) === changes) return [];
      const isQuiet = store.bases.newestAt(space, doc) <= clock.now() - REST_AFTER_MS;
      return isQuiet ? [[doc, changes]] : [];
    });
  }
}

/**
 * Puts a document on a base that was loaded again and checked. The envelopes that it covers are to be swept.
 *
 * @throws {RangeError} if something of it is void, it was written to meanwhile, or a log's newest change has no
 * signature of its own; it is as it was then.
 */
export async function restDocument(
  { replica, store, documents }: Pick<CompactionParts, "replica" | "store" | "documents">,
  doc: DocId,
): Promise<void> {
  const { space } = replica;
  const refuse = () => {
    if (store.disputes.of(space, doc).size > 0) throw new RangeError("something of it is void");
  };
  refuse();
  const from = {
    base: store.bases.bytes(space, doc),
    changes: store.envelopes.changes(space, doc),
  };
  // That takes seconds for a note with a long history, in which one may write meanwhile.
  const compacted = await documents.compact(docKey(space, doc), from);
  await replica.alone(doc, () => {
    refuse();
    store.sealed.rest(space, doc, compacted);
    return Promise.resolve();
  });
}
