import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import type { DocId } from "../base/ids.ts";
import { encodeMessage } from "../wire/encode.ts";
import type { BucketsMessage, DocumentsMessage, VectorsMessage } from "../wire/message.ts";
import { packDocuments, packEnvelopes, packVectors } from "../wire/pack.ts";
import { announced, changesIn } from "./coming.ts";
import { Inquiry } from "./inquiry.ts";
import { newestFirst } from "./newest_first.ts";
import { Offer } from "./offer.ts";
import { Prints } from "./prints.ts";
import type { Replica } from "./replica.ts";
import { EMPTY_DIGEST } from "./space_vectors.ts";
import { TheirVectors } from "./their_vectors.ts";
import { EXCHANGE_MS, MAX_REPAIR_BEATS, REPAIR_BEATS } from "./timing.ts";

/** Parts of one list of vectors. Ten thousand documents of twenty actors each need 120. */
const MAX_LIST_PARTS = 4096;
/** Who holds no more logs than this says all its vectors at once: they are no longer than the digests of buckets. */
export const FEW_LOGS = 100;

/** What a private space's membership log has to do with the beat. PROTOCOL.md, BEAT. */
export interface LogBeat {
  /** The digest of the log together with that of the content. */
  digest(content: Uint8Array): Uint8Array;
  /** The two stayed different: what is held of the log is to be said. */
  differs(): void;
  /** The peer holds the same. */
  even(): void;
}

/** What an exchange needs of a replica. */
export type ExchangeReplica = Pick<Replica, "space" | "vectors" | "ourLogs" | "history">;

/**
 * Asks one peer for what this node lacks and gives it what it lacks. PROTOCOL.md, SYNC:
 * 1. Who asks says its vectors; if they are many, the digests of its buckets first, then the vectors of what the
 *    answer shows to differ.
 * 2. One list is sent at a time, and one stream of envelopes.
 * 3. Nothing is streamed but what a list showed missing, once per list.
 * 4. Buckets and a list are answered at most once in {@linkcode EXCHANGE_MS}; others are let go.
 */
export class Exchange {
  readonly #link: Link;
  readonly #replica: ExchangeReplica;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #beat: LogBeat | null;
  readonly #prints: Prints;
  #open = true;

  /** Whether a digest has come since the link stands: the first is not given time to become equal. */
  #met = false;
  #asking: Promise<void> | undefined;
  /** Digests in a row that differed while nothing was streamed to this node. */
  #differing = 0;
  /** How many must before it asks again. */
  #patience = REPAIR_BEATS;
  /** Whether the last list brought anything that was new here. */
  #fruitful = true;
  #theirDigest = "";
  #hasAsked = false;
  /** How often this node said its buckets and has not been answered. */
  #asked = 0;
  #inquiry: Inquiry | undefined;
  #inquiryParts = 0;

  /** What was shown last, and how often without an answer. */
  #offer: Offer | null = null;
  #offered = 0;
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

  constructor(
    link: Link,
    replica: ExchangeReplica,
    clock: Clock,
    log: Log,
    beat: LogBeat | null = null,
  ) {
    this.#link = link;
    this.#replica = replica;
    this.#clock = clock;
    this.#log = log;
    this.#beat = beat;
    this.#prints = new Prints(link.binding);
  }

  /** Whether the peer was ever told what this node holds: what it streams was asked for. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** The digest of all that is held here. */
  get ownDigest(): Uint8Array {
    const content = this.#replica.vectors.digest();
    return this.#beat?.digest(content) ?? content;
  }

  /** Takes the peer's digest; gives whether it holds the same as this node. */
  digest(theirs: Uint8Array): boolean {
    const digest = theirs.toHex();
    const changed = digest !== this.#theirDigest;
    this.#theirDigest = digest;
    const isFirst = !this.#met;
    this.#met = true;
    if (digest === this.ownDigest.toHex()) {
      this.#beat?.even();
      this.#differing = 0;
      this.#patience = REPAIR_BEATS;
      return true;
    }
    this.#differing++;
    // A peer that has something new may have it for this node: no reason for patience.
    if (changed) this.#patience = REPAIR_BEATS;
    if (!isFirst && this.#differing >= this.#patience) this.#beat?.differs();
    if (isFirst || this.#differing >= this.#patience) this.#ask();
    return false;
  }

  #ask(): void {
    if (this.#asking || !this.#open || this.#theirDigest === this.#emptyDigest) return;
    if (!this.#fruitful) this.#patience = Math.min(2 * this.#patience, MAX_REPAIR_BEATS);
    this.#fruitful = false;
    this.#differing = 0;
    const { space, vectors } = this.#replica;
    if (vectors.hasAtMost(FEW_LOGS)) {
      this.#hasAsked = true;
      return this.#say(packVectors(space, vectors.entries(), null, MAX_MESSAGE_BYTES));
    }
    this.#asked++;
    const prints = this.#prints.ofBuckets(vectors);
    this.#say([encodeMessage({ type: "buckets", space, prints })]);
  }

  /** What one says who holds nothing, in hex: nothing is to be had there. */
  get #emptyDigest(): string {
    return (this.#beat?.digest(EMPTY_DIGEST) ?? EMPTY_DIGEST).toHex();
  }

  /** Says a list, after the one that is being said. */
  #say(messages: Iterable<Uint8Array>): void {
    const said = (this.#asking ?? Promise.resolve()).then(() => this.#send(messages))
      .finally(() => {
        if (this.#asking === said) this.#asking = undefined;
      });
    this.#asking = said;
  }

  /**
   * Takes a part of what the peer shows of buckets that differ. After the last part it is told what of that is
   * held otherwise here, or not at all.
   * @throws {SyntaxError} if it is not as it must be, or nobody asked.
   */
  documents({ buckets, last }: DocumentsMessage): void {
    if (this.#asked === 0) throw new SyntaxError("Cannot read documents: nobody asked for them");
    const { space, vectors } = this.#replica;
    const inquiry = this.#inquiry ??= new Inquiry(vectors, this.#prints);
    if (++this.#inquiryParts > MAX_LIST_PARTS) {
      throw new SyntaxError(`Cannot read documents: more than ${MAX_LIST_PARTS} parts`);
    }
    inquiry.add(buckets);
    if (!last) return;
    this.#asked--;
    this.#inquiry = undefined;
    this.#inquiryParts = 0;
    this.#hasAsked = true;
    const docs = vectors.entries(inquiry.differing);
    this.#say(packVectors(space, docs, inquiry.lacked, MAX_MESSAGE_BYTES));
  }

  /** What it asked for in vain may be of use now. */
  recover(): void {
    this.#patience = REPAIR_BEATS;
  }

  /** Takes note that the peer streams, and whether that brought something new. */
  streamed(fresh: boolean): void {
    this.#differing = 0;
    if (fresh) this.#fruitful = true;
  }

  /**
   * Takes the digests of the peer's buckets and shows what is held of those that differ. Gives the documents of
   * those that are the same, unless they were given before.
   */
  buckets({ prints }: BucketsMessage): readonly DocId[] {
    const now = this.#clock.now();
    const isBusy = this.#serving !== undefined || this.#offering !== undefined;
    if (isBusy || now - this.#offeredAt < EXCHANGE_MS || !this.#open) return [];
    this.#offeredAt = now;
    const { space, vectors, ourLogs } = this.#replica;
    const offer = this.#offer = new Offer(ourLogs, this.#prints, prints);
    this.#offered++;
    this.#offering = this.#send(packDocuments(space, offer.buckets(), MAX_MESSAGE_BYTES))
      .finally(() => this.#offering = undefined);
    return offer.even.flatMap((bucket) => {
      const digest = vectors.bucketDigest(bucket);
      if (this.#even[bucket] === digest) return [];
      this.#even[bucket] = digest;
      return vectors.docsIn(bucket);
    });
  }

  /**
   * Takes a part of the peer's list. After the last part what the peer lacks is streamed, and the list
   * is given.
   * @throws {SyntaxError} if the list is not as it must be, or about what was not shown.
   */
  vectors({ docs, lacked, last }: VectorsMessage): TheirVectors | undefined {
    if (!this.#list && !this.#skipping) this.#begin(lacked !== null);
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

  #begin(isOfOffer: boolean): void {
    if (isOfOffer && this.#offered-- === 0) {
      throw new SyntaxError("Cannot read vectors: nothing was shown");
    }
    const now = this.#clock.now();
    this.#listParts = 0;
    this.#skipping = this.#serving !== undefined || now - this.#listedAt < EXCHANGE_MS;
    if (this.#skipping) return;
    this.#listedAt = now;
    this.#list = new TheirVectors(this.#replica.ourLogs, isOfOffer ? this.#offer : null);
  }

  #serve(list: TheirVectors): void {
    const gaps = newestFirst(list.gaps());
    const voidLogs = list.voidLogs();
    if (this.#serving || gaps.length + voidLogs.length === 0 || !this.#open) return;
    const { space, vectors } = this.#replica;
    const count = changesIn(gaps, vectors);
    const envelopes = this.#replica.history(gaps, voidLogs);
    const messages = packEnvelopes(space, false, envelopes, MAX_MESSAGE_BYTES);
    this.#serving = this.#send(announced(space, count, messages))
      .finally(() => this.#serving = undefined);
  }

  /** Sends messages on the bulk lane, each made when the one before was written. */
  async #send(messages: Iterable<Uint8Array>): Promise<void> {
    if (!this.#open) return;
    try {
      for (const message of messages) {
        this.#link.send(message, "bulk");
        if (!await this.#link.drained() || !this.#open) return;
      }
    } catch (error) {
      this.#log("error", "Cannot send history", { peer: this.#link.peer, error: String(error) });
      this.#link.close("history cannot be read");
    }
  }

  /** Stops sending; resolves when nothing is under way, once the link is closed at the latest. */
  async close(): Promise<void> {
    this.#open = false;
    await Promise.all([this.#asking, this.#offering, this.#serving]);
  }
}
