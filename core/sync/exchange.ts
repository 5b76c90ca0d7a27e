import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import type { VectorsMessage } from "../wire/message.ts";
import { packVectors } from "../wire/pack.ts";
import { packHistory } from "../wire/sealed.ts";
import { newestFirst } from "./newest_first.ts";
import type { Replica } from "./replica.ts";
import { TheirVectors } from "./their_vectors.ts";
import { EXCHANGE_MS, MAX_REPAIR_BEATS, REPAIR_BEATS } from "./timing.ts";

/** Parts of one list of vectors. Ten thousand documents of twenty actors each need 120. */
const MAX_LIST_PARTS = 4096;

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
 * Asks one peer for what this node lacks and gives it what it lacks. PROTOCOL.md, SYNC:
 * 1. One list of vectors is sent at a time, and one stream of envelopes.
 * 2. Nothing is streamed but what a list showed missing, once per list.
 * 3. A list is asked of this node at most once in {@linkcode EXCHANGE_MS}; others are let go.
 */
export class Exchange {
  readonly #link: Link;
  readonly #replica: Replica;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #beat: LogBeat | null;
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

  #list: TheirVectors | undefined;
  #listParts = 0;
  #listedAt = -Infinity;
  /** Whether the list that comes is one too many. */
  #skipping = false;
  #serving: Promise<void> | undefined;

  constructor(link: Link, replica: Replica, clock: Clock, log: Log, beat: LogBeat | null = null) {
    this.#link = link;
    this.#replica = replica;
    this.#clock = clock;
    this.#log = log;
    this.#beat = beat;
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
    if (this.#asking || !this.#open) return;
    if (!this.#fruitful) this.#patience = Math.min(2 * this.#patience, MAX_REPAIR_BEATS);
    this.#fruitful = false;
    this.#differing = 0;
    const { space, vectors } = this.#replica;
    this.#asking = this.#send(packVectors(space, vectors.entries(), MAX_MESSAGE_BYTES))
      .finally(() => this.#asking = undefined);
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
   * Takes a part of the peer's list. After the last part what the peer lacks is streamed, and the list
   * is given.
   * @throws {SyntaxError} if the list is not as it must be.
   */
  vectors({ docs, last }: VectorsMessage): TheirVectors | undefined {
    if (!this.#list && !this.#skipping) this.#begin();
    if (++this.#listParts > MAX_LIST_PARTS) {
      throw new SyntaxError(`Cannot read vectors: more than ${MAX_LIST_PARTS} parts`);
    }
    const list = this.#list;
    list?.add(docs);
    if (!last) return undefined;
    this.#skipping = false;
    this.#list = undefined;
    if (list) this.#serve(list);
    return list;
  }

  #begin(): void {
    const now = this.#clock.now();
    this.#listParts = 0;
    this.#skipping = this.#serving !== undefined || now - this.#listedAt < EXCHANGE_MS;
    if (this.#skipping) return;
    this.#listedAt = now;
    this.#list = new TheirVectors(this.#replica.ourLogs);
  }

  #serve(list: TheirVectors): void {
    const gaps = newestFirst(list.gaps());
    const voidLogs = list.voidLogs();
    if (this.#serving || gaps.length + voidLogs.length === 0 || !this.#open) return;
    const { space } = this.#replica;
    const items = this.#replica.history(gaps, voidLogs);
    this.#serving = this.#send(packHistory(space, items, MAX_MESSAGE_BYTES))
      .finally(() => this.#serving = undefined);
  }

  /** Sends messages on the bulk lane, each made when the one before was written. */
  async #send(messages: Iterable<Uint8Array>): Promise<void> {
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
    await Promise.all([this.#asking, this.#serving]);
  }
}
