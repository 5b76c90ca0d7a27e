import { createHash } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import type { EntryHash, PeerId } from "../base/ids.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import { entryHash, type VerifiedEntry } from "../trust/entry.ts";
import { MAX_ENTRIES } from "../trust/entry_body.ts";
import type { LogMessage, SentEntry } from "../wire/message.ts";
import { packEntries, packLog } from "../wire/pack.ts";
import type { LogBeat } from "./exchange.ts";
import type { HeardEntries } from "./heard_entries.ts";
import type { MembershipLog } from "./membership_log.ts";
import { EXCHANGE_MS, MAX_REPAIR_BEATS, REPAIR_BEATS } from "./timing.ts";

/** What a {@linkcode LogLine} needs. */
export interface LogLineParts {
  readonly link: Link;
  readonly log: MembershipLog;
  readonly heard: HeardEntries;
  readonly clock: Clock;
  /** All entries held here were sent on this link: what rests on them may follow. Called once. */
  readonly onCurrent: () => void;
}

/**
 * A space's membership log over one link. PROTOCOL.md, MEET:
 * 1. Nothing is answered before the peer is trusted, and nothing said but to ask.
 * 2. The peer is current once its log was answered; from then on each new entry is sent as it is admitted.
 * 3. An entry is sent once, unless the peer says that it lacks it, and not to one who is known to hold it.
 * 4. Who is current says digests. While none come the log is said again, ever less often: the peer did not
 *    answer it, and so sends nothing else either.
 */
export class LogLine implements LogBeat {
  readonly #parts: LogLineParts;
  #open = true;
  #trusted = false;
  #current = false;
  #saidAt = -Infinity;
  /** Beats in a row without a digest of the peer, and after how many the log is said again. */
  #silence = 0;
  #patience = REPAIR_BEATS;
  /** What has come of the peer's list so far. */
  #part: EntryHash[] = [];
  /** The peer's list, while it is not answered. */
  #theirs: ReadonlySet<EntryHash> | undefined;
  #answeredAt = -Infinity;
  #answering: Promise<void> | undefined;
  /** Of a current peer: the size of the log up to which all was sent. */
  #sent = 0;
  /** What is being admitted, from the peer itself. */
  #incoming: ReadonlySet<EntryHash> = new Set();
  /** The digest of the log, the very object, when the peer held the same last. */
  #even: Uint8Array | undefined;

  constructor(parts: LogLineParts) {
    this.#parts = parts;
  }

  /** Says what is held here, which asks for what is lacking; no more often than it would be answered. */
  say(): void {
    const { link, log, clock } = this.#parts;
    if (!this.#open || clock.now() - this.#saidAt < EXCHANGE_MS) return;
    this.#saidAt = clock.now();
    for (const message of packLog(log.space, log.hashes(), MAX_MESSAGE_BYTES)) link.send(message);
  }

  /** To be called every beat. */
  beat(): void {
    if (!this.#trusted || ++this.#silence < this.#patience) return;
    this.#silence = 0;
    this.#patience = Math.min(2 * this.#patience, MAX_REPAIR_BEATS);
    this.say();
  }

  /** The peer said a digest: it answered the log. */
  spoke(): void {
    this.#silence = 0;
    this.#patience = REPAIR_BEATS;
  }

  /** Whether the peer was asked for what it has. */
  get hasSaid(): boolean {
    return this.#saidAt > -Infinity;
  }

  /** Whether all entries held here were sent on this link. */
  get isCurrent(): boolean {
    return this.#current;
  }

  /** The peer is a member: it is told what it lacks. */
  trust(): void {
    this.#trusted = true;
    this.#answer();
  }

  /** Takes a part of the peer's list. @throws {SyntaxError} if it is too long. */
  listed({ hashes, last }: LogMessage): void {
    const { link, log, heard } = this.#parts;
    this.#part.push(...hashes);
    if (this.#part.length > MAX_ENTRIES) {
      throw new SyntaxError(`Cannot read a log: more than ${MAX_ENTRIES} entries`);
    }
    if (!last) return;
    this.#theirs = new Set(this.#part);
    this.#part = [];
    heard.add(log.space, link.peer, this.#theirs);
    this.#answer();
  }

  /**
   * Takes entries that the peer sent.
   * @throws {EnvelopeError} if one is forged.
   * @throws {StoreError} when the disk is at fault.
   */
  take(items: readonly SentEntry[]): void {
    const { link, log, heard } = this.#parts;
    this.#incoming = new Set(items.map(({ bytes }) => entryHash(bytes)));
    try {
      if (log.admit(items, link.peer).lacking) this.say();
      heard.add(log.space, link.peer, this.#incoming);
    } finally {
      this.#incoming = new Set();
    }
  }

  /** Sends entries that are new here; to one who is a member no longer up to its removal. */
  push(isMember: boolean): void {
    const { link, log } = this.#parts;
    if (!this.#current || !this.#open) return;
    let fresh = this.#lackedSince(this.#sent);
    this.#sent = log.size;
    if (!isMember) fresh = fresh.slice(0, 1 + fresh.findIndex((one) => removes(one, link.peer)));
    for (const message of packEntries(log.space, fresh, MAX_MESSAGE_BYTES)) link.send(message);
  }

  digest(content: Uint8Array): Uint8Array {
    const { digest } = this.#parts.log;
    const both = createHash("sha256").update("earshot/digest/space/1").update(digest);
    return new Uint8Array(both.update(content).digest());
  }

  differs(): void {
    this.say();
  }

  even(): void {
    const { link, log, heard } = this.#parts;
    if (this.#even === log.digest) return;
    this.#even = log.digest;
    heard.add(log.space, link.peer, log.hashes());
  }

  /** Says nothing more; resolves when nothing is under way, once the link is closed at the latest. */
  async close(): Promise<void> {
    this.#open = false;
    await this.#answering;
  }

  #answer(): void {
    const { clock } = this.#parts;
    const theirs = this.#theirs;
    if (!theirs || !this.#trusted || !this.#open || this.#answering) return;
    this.#theirs = undefined;
    if (clock.now() - this.#answeredAt < EXCHANGE_MS) return;
    this.#answeredAt = clock.now();
    this.#answering = this.#send(theirs).finally(() => this.#answering = undefined);
  }

  /** Sends what the peer lacks on the bulk lane, each message when the one before was written. */
  async #send(theirs: ReadonlySet<EntryHash>): Promise<void> {
    const { link, log, onCurrent } = this.#parts;
    let lacked = log.lackedBy(theirs);
    let size = log.size;
    while (lacked.length > 0) {
      for (const message of packEntries(log.space, lacked, MAX_MESSAGE_BYTES)) {
        link.send(message, "bulk");
        if (!await link.drained() || !this.#open) return;
      }
      if (this.#current) return;
      // What was admitted meanwhile was not pushed.
      lacked = this.#lackedSince(size);
      size = log.size;
    }
    if (this.#current) return;
    this.#current = true;
    this.#sent = size;
    onCurrent();
  }

  /** Entries from a position of the log on that the peer is not known to hold. */
  #lackedSince(position: number): VerifiedEntry[] {
    const { link, log, heard } = this.#parts;
    const known = heard.of(log.space, link.peer);
    return log.since(position)
      .filter(({ hash }) => !known?.has(hash) && !this.#incoming.has(hash));
  }
}

const removes = ({ entry: { body } }: VerifiedEntry, peer: PeerId): boolean =>
  body.type === "remove" && body.peer === peer;
