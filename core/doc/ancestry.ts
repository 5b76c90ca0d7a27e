import type { ActorId, ChangeHash } from "../base/ids.ts";
import type { ChangeHeader } from "../trust/change_header.ts";
import { wrong } from "./change_ops.ts";
import type { OpId } from "./entry.ts";
import type { NewPlace, Past, Place } from "./place.ts";
import type { SavedHistory } from "./saved_history.ts";

/**
 * How far ahead the first operation of a change may be numbered, beyond the number of operations that it
 * rests on. On a branch Automerge counts on from all that its author's document has, so concurrent work of
 * others makes a distance. A document loads in time and memory (72 bytes) for each number below its highest,
 * used or not: at 2^24 it takes 1.2 GB, at 10^9 it does not load at all.
 */
export const MAX_OPS_AHEAD = 2 ** 18;

/** A change whose operations are numbered more than {@linkcode MAX_OPS_AHEAD} ahead. */
export class FarAheadError extends RangeError {}

/** Pasts kept, in entries: an actor and a number. */
const MAX_KEPT = 20_000;

/** The changes of one document and how they rest on one another. */
export class Ancestry {
  /** Changes that came before all others and were judged then. */
  readonly #saved: SavedHistory | undefined;
  readonly #byHash = new Map<ChangeHash, NewPlace>();
  /** The changes of each actor after those that were saved. */
  readonly #logs = new Map<ActorId, NewPlace[]>();
  readonly #places: NewPlace[] = [];
  /** What is in the past of some changes, they themselves included; and of some that were kept before them. */
  #kept = new Map<Place, Past>();
  #keptBefore = new Map<Place, Past>();
  #keptEntries = 0;

  constructor(saved?: SavedHistory) {
    this.#saved = saved;
  }

  /** How many changes there are. */
  get size(): number {
    return (this.#saved?.size ?? 0) + this.#places.length;
  }

  has(hash: ChangeHash): boolean {
    return this.#place(hash) !== undefined;
  }

  /** How many changes of an actor there are. */
  countOf(actor: ActorId): number {
    return this.#savedOf(actor) + (this.#logs.get(actor)?.length ?? 0);
  }

  /**
   * Finds the place of a change that is not here yet, from nothing but what it rests on, which is here.
   *
   * @throws {RangeError} if it does not rest on the one before it in its log, if it rests on one change by
   * way of another as well as directly, or if its operations are not numbered above all that it rests on.
   * @throws {FarAheadError}
   */
  judge(header: ChangeHeader): { place: NewPlace; past: Map<ActorId, number> } {
    const { actor, seq, startOp, rows } = header;
    const deps = this.#find(header.deps);
    const past = this.#pastOf(deps, header);
    if ((past.get(actor) ?? 0) !== seq - 1) {
      throw wrong("it does not rest on the one before it in its log");
    }
    if (this.countOf(actor) >= seq) throw wrong("another change has its place");
    const before = deps.reduce((most, dep) => Math.max(most, maxOp(dep)), 0);
    if (startOp <= before) throw wrong("its operations are not numbered above what it rests on");
    if (startOp - 1 > before && startOp - 1 > this.#opsIn(past) + MAX_OPS_AHEAD) {
      throw new FarAheadError(
        "Cannot accept the change: its operations are numbered too far ahead",
      );
    }
    const opsOfActor = (this.#at(actor, seq - 1)?.opsOfActor ?? 0) + rows;
    return { place: { header, deps, opsOfActor }, past };
  }

  /** Adds a change that was judged; its past is not its caller's any more. */
  add(place: NewPlace, past: Map<ActorId, number>): void {
    const { hash, actor, seq } = place.header;
    this.#places.push(place);
    this.#byHash.set(hash, place);
    const log = this.#logs.get(actor);
    if (log) log.push(place);
    else this.#logs.set(actor, [place]);
    this.#keep(place, past.set(actor, seq));
  }

  /** Takes out the newest change. */
  removeNewest(): NewPlace | undefined {
    const place = this.#places.pop();
    if (!place) return undefined;
    this.#byHash.delete(place.header.hash);
    this.#logs.get(place.header.actor)?.pop();
    this.#kept.delete(place);
    this.#keptBefore.delete(place);
    return place;
  }

  /** Gives what is in the past of heads that are here, they themselves included. */
  pastOf(heads: readonly ChangeHash[]): Past {
    const places = this.#find(heads);
    const past = this.#pastBelow(places);
    for (const { header: { actor, seq } } of places) {
      past.set(actor, Math.max(seq, past.get(actor) ?? 0));
    }
    return past;
  }

  /** Whether a past is all there is. */
  isAll(past: Past): boolean {
    let count = 0;
    for (const seq of past.values()) count += seq;
    return count === this.size;
  }

  /** The change that an operation is in, and its row there, if that is in a past. */
  find(op: OpId, past: Past): { place: Place; row: number } | undefined {
    const { actor, counter } = op;
    const upTo = past.get(actor) ?? 0;
    const saved = this.#saved?.findOp(op);
    if (saved) return saved.place.header.seq <= upTo ? saved : undefined;
    let [from, to] = [this.#savedOf(actor), upTo];
    while (from < to) {
      const middle = (from + to) >> 1;
      const place = this.#at(actor, middle + 1);
      if (!place) return undefined;
      const { startOp, rows } = place.header;
      if (counter < startOp) to = middle;
      else if (counter >= startOp + rows) from = middle + 1;
      else return { place, row: counter - startOp };
    }
    return undefined;
  }

  #at(actor: ActorId, seq: number): Place | undefined {
    const saved = this.#savedOf(actor);
    return seq <= saved ? this.#saved?.at(actor, seq) : this.#logs.get(actor)?.[seq - 1 - saved];
  }

  #savedOf(actor: ActorId): number {
    return this.#saved?.countOf(actor) ?? 0;
  }

  #place(hash: ChangeHash): Place | undefined {
    return this.#byHash.get(hash) ?? this.#saved?.find(hash);
  }

  #find(hashes: readonly ChangeHash[]): Place[] {
    return hashes.map((hash) => {
      const place = this.#place(hash);
      if (!place) throw wrong("it rests on changes that are not here");
      return place;
    });
  }

  #pastOf(
    deps: readonly Place[],
    { actor, seq }: Pick<ChangeHeader, "actor" | "seq">,
  ): Map<ActorId, number> {
    const past = this.#pastBelow(deps);
    for (const { header: dep } of deps) {
      const isBelow = (past.get(dep.actor) ?? 0) >= dep.seq;
      // Automerge names the one before in the log even if another dependency rests on it.
      const isBefore = dep.actor === actor && dep.seq === seq - 1;
      if (isBelow && !isBefore) throw wrong("it rests on one change in two ways");
      if (!isBelow) past.set(dep.actor, dep.seq);
    }
    return past;
  }

  /** What is in the past of changes, but not they themselves. */
  #pastBelow(changes: readonly Place[]): Map<ActorId, number> {
    let past = new Map<ActorId, number>();
    const ways: Place[] = [];
    const lookBelow = (place: Place) => {
      const kept = this.#kept.get(place) ?? this.#keptBefore.get(place) ??
        this.#pastOfSaved(place);
      const { actor, seq } = place.header;
      if (!kept) {
        ways.push(...place.deps);
      } else if (past.size === 0) {
        past = new Map(kept);
        if (seq > 1) past.set(actor, seq - 1);
        else past.delete(actor);
      } else {
        for (const [one, count] of kept) {
          const below = one === actor ? seq - 1 : count;
          if (below > (past.get(one) ?? 0)) past.set(one, below);
        }
      }
    };
    for (const change of changes) lookBelow(change);
    for (let way = ways.pop(); way; way = ways.pop()) {
      const { actor, seq } = way.header;
      // What is included has all that it rests on included, or on its way.
      if ((past.get(actor) ?? 0) >= seq) continue;
      past.set(actor, seq);
      lookBelow(way);
    }
    return past;
  }

  /** What is in the past of a change that was saved, as if it had been kept. */
  #pastOfSaved(place: Place): Past | undefined {
    const past = this.#saved?.pastOf(place);
    if (past) this.#keep(place, past);
    return past;
  }

  #opsIn(past: Past): number {
    let ops = 0;
    for (const [actor, seq] of past) ops += this.#at(actor, seq)?.opsOfActor ?? 0;
    return ops;
  }

  #keep(place: Place, past: Past): void {
    this.#keptEntries += past.size;
    if (this.#keptEntries > MAX_KEPT / 2) {
      this.#keptBefore = this.#kept;
      this.#kept = new Map();
      this.#keptEntries = past.size;
    }
    this.#kept.set(place, past);
  }
}

/** The highest number of an operation of a change: it is above those of all it rests on. */
function maxOp({ header: { startOp, rows } }: Place): number {
  return startOp + rows - 1;
}
