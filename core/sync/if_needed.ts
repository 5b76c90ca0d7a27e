import type { DocId } from "../base/ids.ts";
import { type Arrived, PENDING_LIMITS, type PendingLimits } from "./pending.ts";
import { changeKey, logKey } from "./wait_keys.ts";
import { Room } from "./room.ts";

interface Kept extends Arrived {
  readonly keys: readonly string[];
  readonly since: number;
}

/**
 * Envelopes whose authors may not write them (any more), kept for a while: they count if one that does count
 * rests on them, and never otherwise. PROTOCOL.md, RIGHTS.
 */
export class IfNeeded {
  readonly #ms: number;
  readonly #room: Room;
  /** By the change's hash, the longest kept first. */
  readonly #kept = new Map<string, Kept>();
  /** By the keys under which others wait for them. */
  readonly #byKey = new Map<string, Set<Kept>>();

  constructor(limits: PendingLimits = PENDING_LIMITS) {
    this.#ms = limits.ms;
    this.#room = new Room(limits);
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size;
  }

  has(hash: string): boolean {
    return this.#kept.has(hash);
  }

  /** Whether any is of a document. */
  hasIn(doc: DocId): boolean {
    return this.#kept.values().some(({ verified }) => verified.envelope.doc === doc);
  }

  /** Keeps an envelope; gives whether there was room. */
  add(arrived: Arrived, now: number): boolean {
    this.#expire(now);
    const { envelope: { doc, author, change }, header: { hash, actor, seq } } = arrived.verified;
    if (this.#kept.has(hash)) return true;
    if (!this.#room.take(author, change.length)) return false;
    const keys = [changeKey(doc, hash), logKey(doc, actor, seq)];
    const kept: Kept = { ...arrived, keys, since: now };
    this.#kept.set(hash, kept);
    for (const key of keys) {
      const others = this.#byKey.get(key);
      if (others) others.add(kept);
      else this.#byKey.set(key, new Set([kept]));
    }
    return true;
  }

  /** Takes out what others wait for under a key. */
  take(key: string): Arrived[] {
    const taken = [...this.#byKey.get(key) ?? []];
    for (const kept of taken) this.#remove(kept);
    return taken;
  }

  /** Takes out everything, by document: rights are different now. */
  takeAll(): Map<DocId, Arrived[]> {
    const all = [...this.#kept.values()];
    for (const kept of all) this.#remove(kept);
    return Map.groupBy(all, ({ verified: { envelope } }) => envelope.doc);
  }

  #expire(now: number): void {
    for (const kept of this.#kept.values()) {
      if (now - kept.since < this.#ms) return;
      this.#remove(kept);
    }
  }

  #remove(kept: Kept): void {
    const { envelope: { author, change }, header: { hash } } = kept.verified;
    this.#kept.delete(hash);
    for (const key of kept.keys) {
      const others = this.#byKey.get(key);
      others?.delete(kept);
      if (others?.size === 0) this.#byKey.delete(key);
    }
    this.#room.free(author, change.length);
  }
}
