import type { Clock } from "../base/clock.ts";
import type { EntryHash, PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { MembershipEntries } from "../store/membership_entries.ts";
import {
  entryHash,
  readEntry,
  type SignedEntry,
  signEntry,
  type VerifiedEntry,
} from "../trust/entry.ts";
import { type CreateBody, type EntryBody, MAX_ENTRIES } from "../trust/entry_body.ts";
import { EnvelopeError, type Signer } from "../trust/envelope.ts";
import { Membership } from "../trust/membership.ts";
import type { SentEntry } from "../wire/message.ts";
import { WaitingEntries } from "./waiting_entries.ts";

/** Entries by one author; more only where entries of others rest on them. */
export const MAX_AUTHOR_ENTRIES = 1024;

/** What a {@linkcode MembershipLog} needs. */
export interface MembershipLogParts {
  readonly entries: MembershipEntries;
  readonly clock: Clock;
  readonly log: Log;
}

/** What became of entries that a peer sent. */
export interface AdmittedEntries {
  /** Those that are new here, with what had waited for them, each after its parents. */
  readonly fresh: readonly VerifiedEntry[];
  /** Whether some rest on what is not here: it is to be asked for. */
  readonly lacking: boolean;
}

/** Hears of entries that are new here, on disk by then, and of what membership they make. */
export type EntryListener = (fresh: readonly VerifiedEntry[], membership: Membership) => void;

/**
 * One private space's membership log at this node. Whatever is sound is kept and passed on, whether it counts
 * or not: only so all see the same. PROTOCOL.md, MEET.
 */
export class MembershipLog {
  readonly space: SpaceId;
  readonly #parts: MembershipLogParts;
  /** In the order of admission, each after its parents. */
  readonly #entries: VerifiedEntry[] = [];
  readonly #held = new Set<EntryHash>();
  readonly #authors = new Map<PeerId, number>();
  readonly #waiting = new WaitingEntries();
  readonly #listeners = new Set<EntryListener>();
  #membership: Membership;
  #digest: Uint8Array | undefined;

  private constructor(space: SpaceId, parts: MembershipLogParts) {
    this.space = space;
    this.#parts = parts;
    for (const stored of parts.entries.of(space)) this.#load(stored);
    this.#membership = Membership.of(space, this.#entries);
  }

  /** Reads the log of a space from the store; it may be empty. @throws {StoreError} when the disk is at fault. */
  static open(space: SpaceId, parts: MembershipLogParts): MembershipLog {
    return new MembershipLog(space, parts);
  }

  /**
   * Makes a space; its create entry is on disk when this returns.
   * @throws {EnvelopeError} if it is not as it must be.
   * @throws {StoreError} when the disk is at fault.
   */
  static create(signer: Signer, body: CreateBody, parts: MembershipLogParts): MembershipLog {
    const at = parts.clock.now();
    const created = signEntry(signer, { space: null, author: signer.peer, parents: [], at, body });
    parts.entries.addAll(created.space, [created], at);
    return new MembershipLog(created.space, parts);
  }

  /** What all entries that are here make of the space. */
  get membership(): Membership {
    return this.#membership;
  }

  /** How many entries are held. */
  get size(): number {
    return this.#entries.length;
  }

  /** What is held, as one hash of 32 bytes. */
  get digest(): Uint8Array {
    return this.#digest ??= this.#membership.digest();
  }

  has(hash: EntryHash): boolean {
    return this.#held.has(hash);
  }

  /** The hashes of all entries, in the order of admission. */
  hashes(): EntryHash[] {
    return this.#entries.map(({ hash }) => hash);
  }

  /** The entries from the `position`-th on, in the order of admission. */
  since(position: number): VerifiedEntry[] {
    return this.#entries.slice(position);
  }

  /** What one who holds these lacks, each after its parents. */
  lackedBy(hashes: ReadonlySet<EntryHash>): VerifiedEntry[] {
    return this.#entries.filter(({ hash }) => !hashes.has(hash));
  }

  /**
   * Writes an entry on top of what counts here, unless other parents are given. It is on disk when it is told.
   *
   * @throws {RangeError} if the log, or this author's part of it, is full.
   * @throws {EnvelopeError} if it is not as it must be.
   * @throws {StoreError} when the disk is at fault.
   */
  write(
    signer: Signer,
    body: EntryBody,
    { parents = this.#membership.parents }: { parents?: readonly EntryHash[] } = {},
  ): VerifiedEntry {
    if (this.#isFull || this.#isCrowded(signer.peer)) {
      throw new RangeError(`Cannot write into the log of "${this.space}": it is full`);
    }
    const { peer } = signer;
    const at = this.#parts.clock.now();
    const written = signEntry(signer, { space: this.space, author: peer, parents, at, body });
    this.#count(written);
    this.#store(this.size - 1);
    return written;
  }

  /**
   * Admits entries that a peer sent: each is verified, and stored when all that it rests on is here. Whether
   * it counts makes no difference.
   *
   * @throws {EnvelopeError} if one is forged; those before it are admitted.
   * @throws {StoreError} when the disk is at fault: none is admitted.
   */
  admit(items: readonly SentEntry[], from: PeerId): AdmittedEntries {
    const before = this.size;
    let lacking = false;
    try {
      for (const item of items) lacking = !this.#take(item, from) || lacking;
    } finally {
      if (this.size > before) this.#release();
      this.#store(before);
    }
    return { fresh: this.since(before), lacking };
  }

  /** Calls back after entries were added; the result ends that. */
  listen(listener: EntryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get #isFull(): boolean {
    return this.#entries.length >= MAX_ENTRIES;
  }

  #isCrowded(author: PeerId): boolean {
    return (this.#authors.get(author) ?? 0) >= MAX_AUTHOR_ENTRIES;
  }

  /** Counts an entry among those held, or lets it wait. Gives whether all that it rests on is here. */
  #take(item: SentEntry, from: PeerId): boolean {
    const hash = entryHash(item.bytes);
    if (this.#held.has(hash) || this.#waiting.has(hash)) return true;
    const entry = readEntry(item);
    if (entry.space !== this.space) {
      throw new EnvelopeError("Cannot accept the entry: it is of another space");
    }
    const { author } = entry.entry;
    const whole = this.#whole(entry);
    if (!whole || this.#isCrowded(author)) {
      this.#waiting.add(entry);
      if (whole) this.#warn("A peer wrote too many entries", from, author);
    } else if (this.size + whole.length > MAX_ENTRIES) {
      this.#warn("The log of a space is full", from, author);
    } else {
      this.#countAll(whole);
    }
    return whole !== undefined;
  }

  /** Counts what waited for those that were counted just now. */
  #release(): void {
    for (const waiting of this.#waiting.all()) {
      if (this.#held.has(waiting.hash) || this.#isCrowded(waiting.entry.author)) continue;
      const whole = this.#whole(waiting);
      if (whole && this.size + whole.length <= MAX_ENTRIES) this.#countAll(whole);
    }
  }

  #whole(entry: VerifiedEntry): readonly VerifiedEntry[] | undefined {
    return this.#waiting.whole(entry, (hash) => this.#held.has(hash));
  }

  #countAll(entries: readonly VerifiedEntry[]): void {
    for (const entry of entries) {
      this.#count(entry);
      this.#waiting.drop(entry.hash);
    }
  }

  /** Stores the entries from the `before`-th on, then tells them; if that fails they are not held. */
  #store(before: number): void {
    const fresh = this.since(before);
    if (fresh.length === 0) return;
    const { entries, clock } = this.#parts;
    try {
      entries.addAll(this.space, fresh, clock.now());
    } catch (error) {
      for (const entry of this.#entries.splice(before)) this.#uncount(entry);
      throw error;
    }
    this.#tell(fresh);
  }

  #count(entry: VerifiedEntry): void {
    const { author } = entry.entry;
    this.#entries.push(entry);
    this.#held.add(entry.hash);
    this.#authors.set(author, (this.#authors.get(author) ?? 0) + 1);
  }

  #uncount({ hash, entry: { author } }: VerifiedEntry): void {
    this.#held.delete(hash);
    this.#authors.set(author, (this.#authors.get(author) ?? 0) - 1);
  }

  /** Takes an entry from the store; one that is damaged is left out, and peers send it again. */
  #load(stored: SignedEntry): void {
    try {
      const entry = readEntry(stored);
      if (entry.entry.parents.every((hash) => this.#held.has(hash))) this.#count(entry);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      this.#parts.log("error", "An entry in the store is damaged", { reason: error.message });
    }
  }

  #tell(fresh: readonly VerifiedEntry[]): void {
    this.#digest = undefined;
    this.#membership = this.#membership.with(fresh);
    for (const listener of [...this.#listeners]) {
      try {
        // One before it may have written more.
        listener(fresh, this.#membership);
      } catch (error) {
        this.#parts.log("error", "A listener to entries failed", { error: String(error) });
      }
    }
  }

  #warn(text: string, peer: PeerId, author: PeerId): void {
    this.#parts.log("warn", text, { space: this.space, peer, author });
  }
}
