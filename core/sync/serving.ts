import type { Clock } from "../base/clock.ts";
import type { DocId } from "../base/ids.ts";
import { MAX_MESSAGE_BYTES } from "../net/link.ts";
import type { BucketsMessage, VectorsMessage } from "../wire/message.ts";
import { packDocuments } from "../wire/pack.ts";
import { packHistory } from "../wire/sealed.ts";
import { Answers } from "./answers.ts";
import type { Bulk } from "./bulk.ts";
import { announced, changesIn } from "./coming.ts";
import { newestFirst } from "./newest_first.ts";
import { Offer } from "./offer.ts";
import type { Prints } from "./prints.ts";
import type { Replica } from "./replica.ts";
import { TheirVectors } from "./their_vectors.ts";
import { EXCHANGE_MS, MAX_LIST_PARTS } from "./timing.ts";

/** Documents that are given as held at once, or somewhat more: each costs a look into the store. */
const DOCS_AT_ONCE = 500;

/** What an exchange needs of a replica. */
export type ExchangeReplica = Pick<
  Replica,
  "space" | "vectors" | "securing" | "ourLogs" | "history"
>;

/** What a {@linkcode Serving} needs. */
export interface ServingParts {
  readonly replica: ExchangeReplica;
  readonly clock: Clock;
  readonly prints: Prints;
  readonly bulk: Bulk;
}

/**
 * Gives one peer what it lacks. PROTOCOL.md, SYNC:
 * 1. Nothing is streamed but what a list showed missing, once per list, one stream at a time.
 * 2. Buckets and a list are answered at most once in {@linkcode EXCHANGE_MS}; others are let go.
 */
export class Serving {
  readonly #parts: ServingParts;
  /** What was shown last, and the lists about it. */
  #offer: Offer | null = null;
  readonly #answers = new Answers();
  #offeredAt = -Infinity;
  #offering: Promise<void> | undefined;
  /** The digests of buckets of which the peer was last seen to hold the same. */
  readonly #even: Uint8Array[] = [];
  #list: TheirVectors | undefined;
  #listParts = 0;
  #listedAt = -Infinity;
  /** Whether the list that comes is one too many. */
  #skipping = false;
  #serving: Promise<void> | undefined;

  constructor(parts: ServingParts) {
    this.#parts = parts;
  }

  /** Whether a stream to the peer goes on. */
  get isStreaming(): boolean {
    return this.#serving !== undefined;
  }

  /**
   * Takes the digests of the peer's buckets and shows what is held of those that differ. Gives the documents of
   * those that are the same, unless they were given before, or of some of them.
   */
  buckets({ prints }: BucketsMessage): readonly DocId[] {
    const now = this.#parts.clock.now();
    const isBusy = this.isStreaming || this.#offering !== undefined;
    if (isBusy || now - this.#offeredAt < EXCHANGE_MS || !this.#parts.bulk.isOpen) return [];
    const { replica: { space, ourLogs, securing }, prints: own, bulk } = this.#parts;
    if (!securing.now()) return [];
    this.#offeredAt = now;
    const offer = this.#offer = new Offer(ourLogs, own, prints);
    this.#answers.ask();
    const messages = packDocuments(space, offer.buckets(), MAX_MESSAGE_BYTES);
    this.#offering = bulk.send(securing.before(messages))
      .finally(() => this.#offering = undefined);
    return this.#news(offer);
  }

  /** The documents of even buckets, some at a time: the rest is given with the next offer. */
  #news({ even }: Offer): readonly DocId[] {
    const { vectors } = this.#parts.replica;
    const docs: DocId[] = [];
    for (const bucket of even) {
      const digest = vectors.bucketDigest(bucket);
      if (this.#even[bucket] === digest) continue;
      if (docs.length >= DOCS_AT_ONCE) break;
      this.#even[bucket] = digest;
      docs.push(...vectors.docsIn(bucket));
    }
    return docs;
  }

  /**
   * Takes a part of the peer's list. After the last part what the peer lacks is streamed, and the list
   * is given.
   * @throws {SyntaxError} if the list is not as it must be, or about what was not shown.
   */
  vectors({ docs, lacked, last }: VectorsMessage): TheirVectors | undefined {
    const isOfOffer = lacked !== null;
    const isWanted = !isOfOffer ||
      this.#answers.part(last, "Cannot read vectors: nothing was shown");
    if (!this.#list && !this.#skipping) this.#begin(isOfOffer, isWanted);
    if (++this.#listParts > MAX_LIST_PARTS) {
      throw new SyntaxError(`Cannot read vectors: more than ${MAX_LIST_PARTS} parts`);
    }
    const list = this.#list;
    list?.add(docs, lacked);
    if (!last) return undefined;
    this.#skipping = false;
    this.#list = undefined;
    if (list) this.#serve(list);
    return list;
  }

  #begin(isOfOffer: boolean, isWanted: boolean): void {
    const now = this.#parts.clock.now();
    this.#listParts = 0;
    this.#skipping = !isWanted || this.isStreaming || now - this.#listedAt < EXCHANGE_MS;
    if (this.#skipping) return;
    this.#listedAt = now;
    this.#list = new TheirVectors(this.#parts.replica.ourLogs, isOfOffer ? this.#offer : null);
  }

  #serve(list: TheirVectors): void {
    const gaps = newestFirst(list.gaps());
    const voidLogs = list.voidLogs();
    if (this.#serving || gaps.length + voidLogs.length === 0 || !this.#parts.bulk.isOpen) return;
    const { replica, bulk } = this.#parts;
    const { space, vectors } = replica;
    const count = changesIn(gaps, vectors);
    const messages = packHistory(space, replica.history(gaps, voidLogs), MAX_MESSAGE_BYTES);
    this.#serving = bulk.send(announced(space, count, messages))
      .finally(() => this.#serving = undefined);
  }

  /** Resolves when nothing is under way, once the link is closed at the latest. */
  async idle(): Promise<void> {
    await Promise.all([this.#offering, this.#serving]);
  }
}
