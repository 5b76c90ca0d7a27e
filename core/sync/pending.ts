import type { DocId, PeerId } from "../base/ids.ts";
import type { VerifiedEnvelope } from "../trust/envelope.ts";
import { logKey } from "./wait_keys.ts";
import { Room, type RoomLimits } from "./room.ts";

/** How much may wait for what it rests on, and for how long. */
export interface PendingLimits extends RoomLimits {
  readonly ms: number;
}

/** PROTOCOL.md, SYNC. */
export const PENDING_LIMITS: PendingLimits = {
  perAuthor: { count: 1000, bytes: 8 * 1024 * 1024 },
  total: { count: 10_000, bytes: 32 * 1024 * 1024 },
  ms: 10 * 60 * 1000,
};

/** A verified envelope and the peer that sent it. */
export interface Arrived {
  readonly verified: VerifiedEnvelope;
  readonly from: PeerId;
}

interface Waiting extends Arrived {
  readonly want: string;
  /** The key of its own place in its log. */
  readonly place: string;
  readonly since: number;
}

/**
 * Envelopes that rest on others which are not here yet. Each waits for one of them, named by a key of the
 * caller's; when that comes it is taken out and looked at again. What finds no room is let go: a repair
 * brings it again, in an order in which it need not wait.
 */
export class Pending {
  readonly #ms: number;
  readonly #room: Room;
  /** By the change's hash, the longest waiting first. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #wanted = new Map<string, Set<Waiting>>();
  readonly #places = new Map<string, Set<Waiting>>();

  constructor(limits: PendingLimits = PENDING_LIMITS) {
    this.#ms = limits.ms;
    this.#room = new Room(limits);
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  has(hash: string): boolean {
    return this.#waiting.has(hash);
  }

  /** Whether any is of a document. */
  waitsIn(doc: DocId): boolean {
    return this.#waiting.values().some(({ verified }) => verified.envelope.doc === doc);
  }

  /** Whether any waits for `want`. */
  wants(want: string): boolean {
    return this.#wanted.has(want);
  }

  /** Keeps an envelope until `want` comes; gives whether there was room. */
  add(arrived: Arrived, want: string, now: number): boolean {
    this.expire(now);
    const { envelope: { doc, author, change }, header: { hash, actor, seq } } = arrived.verified;
    if (this.#waiting.has(hash)) return true;
    if (!this.#room.take(author, change.length)) return false;
    const place = logKey(doc, actor, seq);
    const waiting: Waiting = { ...arrived, want, place, since: now };
    this.#waiting.set(hash, waiting);
    put(this.#wanted, want, waiting);
    put(this.#places, place, waiting);
    return true;
  }

  /** Takes out all that wait to take a place in a log, named by its `logKey`. */
  takeAt(place: string): Arrived[] {
    const taken = [...this.#places.get(place) ?? []];
    for (const waiting of taken) this.#remove(waiting);
    return taken;
  }

  /** Takes out all that wait for `want`. */
  take(want: string): Arrived[] {
    const taken = [...this.#wanted.get(want) ?? []];
    for (const waiting of taken) this.#remove(waiting);
    return taken;
  }

  /** Lets go of what waited too long. */
  expire(now: number): void {
    for (const waiting of this.#waiting.values()) {
      if (now - waiting.since < this.#ms) return;
      this.#remove(waiting);
    }
  }

  #remove(waiting: Waiting): void {
    const { envelope: { author, change }, header: { hash } } = waiting.verified;
    this.#waiting.delete(hash);
    drop(this.#wanted, waiting.want, waiting);
    drop(this.#places, waiting.place, waiting);
    this.#room.free(author, change.length);
  }
}

function put<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  if (set) set.add(item);
  else sets.set(key, new Set([item]));
}

function drop<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  set?.delete(item);
  if (set?.size === 0) sets.delete(key);
}
