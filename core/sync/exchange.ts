import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import { encodeMessage } from "../wire/encode.ts";
import type { DocumentsMessage } from "../wire/message.ts";
import { packVectors } from "../wire/pack.ts";
import { Answers } from "./answers.ts";
import { Asked } from "./asked.ts";
import { Bulk } from "./bulk.ts";
import { Inquiry } from "./inquiry.ts";
import { Prints } from "./prints.ts";
import { type ExchangeReplica, Serving } from "./serving.ts";
import { EMPTY_DIGEST } from "./space_vectors.ts";
import { MAX_LIST_PARTS, MAX_REPAIR_BEATS, REPAIR_BEATS } from "./timing.ts";

/** Who holds no more logs than this says all its vectors at once: they are no longer than the digests of buckets. */
export const FEW_LOGS = 32;

/** What a private space's membership log has to do with the beat. PROTOCOL.md, BEAT. */
export interface LogBeat {
  /** The digest of the log together with that of the content. */
  digest(content: Uint8Array): Uint8Array;
  /** The two stayed different: what is held of the log is to be said. */
  differs(): void;
  /** The peer holds the same. */
  even(): void;
}

/**
 * Asks one peer for what this node lacks, and has it given what it lacks. PROTOCOL.md, SYNC: who asks says its vectors;
 * if they are many, the digests of its buckets first, then the vectors of what the answer shows to differ. One
 * list is said at a time.
 */
export class Exchange {
  /** Gives the peer what it lacks. */
  readonly serving: Serving;
  readonly #replica: ExchangeReplica;
  readonly #beat: LogBeat | null;
  readonly #prints: Prints;
  readonly #bulk: Bulk;

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
  /** What the peer may stream. */
  readonly #wanted = new Asked();
  /** What its buckets are answered. */
  readonly #answers = new Answers();
  #inquiry: Inquiry | undefined;
  #inquiryParts = 0;

  constructor(
    link: Link,
    replica: ExchangeReplica,
    clock: Clock,
    log: Log,
    beat: LogBeat | null = null,
  ) {
    this.#replica = replica;
    this.#beat = beat;
    this.#prints = new Prints(link.binding);
    this.#bulk = new Bulk(link, log);
    this.serving = new Serving({ replica, clock, prints: this.#prints, bulk: this.#bulk });
  }

  /** Whether the peer was ever told what this node holds: what it streams was asked for. */
  get hasAsked(): boolean {
    return this.#wanted.isAny;
  }

  /** The peer streamed so many changes that were held before. Gives whether an honest one may do so. */
  repeated(count: number): boolean {
    const { vectors } = this.#replica;
    return this.#wanted.repeated(count, () => vectors.changes());
  }

  /** The digest of all that is held here, to be said. */
  get ownDigest(): Uint8Array {
    return this.#withLog(this.#replica.securing.digest());
  }

  #withLog(content: Uint8Array): Uint8Array {
    return this.#beat?.digest(content) ?? content;
  }

  /** Takes the peer's digest; gives whether it holds the same as this node. */
  digest(theirs: Uint8Array): boolean {
    const digest = theirs.toHex();
    const changed = digest !== this.#theirDigest;
    this.#theirDigest = digest;
    const isFirst = !this.#met;
    this.#met = true;
    if (digest === this.#withLog(this.#replica.vectors.digest()).toHex()) {
      this.#beat?.even();
      this.#differing = 0;
      this.#patience = REPAIR_BEATS;
      return true;
    }
    // What is being streamed to the peer is why it differs.
    if (!this.serving.isStreaming) this.#differing++;
    // A peer that has something new may have it for this node: no reason for patience.
    if (changed) this.#patience = REPAIR_BEATS;
    if (!isFirst && this.#differing >= this.#patience) this.#beat?.differs();
    // Who says that it holds nothing can have no more to give than evidence for what is void.
    const isNothing = digest === this.#withLog(EMPTY_DIGEST).toHex();
    if (isFirst ? !isNothing : this.#differing >= this.#patience) this.#ask();
    return false;
  }

  #ask(): void {
    if (this.#asking || !this.#bulk.isOpen || !this.#replica.securing.now()) return;
    if (!this.#fruitful) this.#patience = Math.min(2 * this.#patience, MAX_REPAIR_BEATS);
    this.#fruitful = false;
    this.#differing = 0;
    const { space, vectors } = this.#replica;
    if (vectors.hasAtMost(FEW_LOGS)) {
      this.#wanted.ask();
      return this.#say(packVectors(space, vectors.entries(), null, MAX_MESSAGE_BYTES));
    }
    this.#answers.ask();
    const prints = this.#prints.ofBuckets(vectors);
    this.#say([encodeMessage({ type: "buckets", space, prints })]);
  }

  /** Says a list, after the one that is being said. */
  #say(messages: Iterable<Uint8Array>): void {
    const secured = this.#replica.securing.before(messages);
    const said = (this.#asking ?? Promise.resolve()).then(() => this.#bulk.send(secured))
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
    if (!this.#answers.part(last, "Cannot read documents: nobody asked for them")) return;
    const { space, vectors } = this.#replica;
    const inquiry = this.#inquiry ??= new Inquiry(vectors, this.#prints);
    if (++this.#inquiryParts > MAX_LIST_PARTS) {
      throw new SyntaxError(`Cannot read documents: more than ${MAX_LIST_PARTS} parts`);
    }
    inquiry.add(buckets);
    if (!last) return;
    this.#inquiry = undefined;
    this.#inquiryParts = 0;
    this.#wanted.ask();
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

  /** Stops sending; resolves when nothing is under way, once the link is closed at the latest. */
  async close(): Promise<void> {
    this.#bulk.close();
    await Promise.all([this.#asking, this.serving.idle()]);
  }
}
