import type { EntryHash, SpaceId } from "../base/ids.ts";
import { Bits } from "./bits.ts";
import type { VerifiedEntry } from "./entry.ts";

/**
 * The entries of a space that hang together down to its create entry, as numbers: in order of depth, then
 * hash. That order is the same for everyone, and nothing comes before what it rests on; the create entry is 0.
 */
export class EntryGraph {
  readonly entries: readonly VerifiedEntry[];
  /** Parents that are not here, in ascending order; what rests on them is left out. */
  readonly missing: readonly EntryHash[];
  /** All that an entry rests on, itself left out. */
  readonly ancestors: readonly Bits[];
  /** All that rests on an entry, itself left out. */
  readonly descendants: readonly Bits[];
  readonly #numbers: ReadonlyMap<EntryHash, number>;

  constructor(space: SpaceId, given: Iterable<VerifiedEntry>) {
    const byHash = new Map<EntryHash, VerifiedEntry>();
    for (const entry of given) if (entry.space === space) byHash.set(entry.hash, entry);
    const depths = depthsOf(byHash);
    this.missing = missingOf(byHash);
    this.entries = [...depths.keys()].toSorted((a, b) =>
      depths.get(a)! - depths.get(b)! || (a < b ? -1 : 1)
    ).map((hash) => byHash.get(hash)!);
    this.#numbers = new Map(this.entries.map(({ hash }, number) => [hash, number]));
    this.ancestors = this.entries.map(() => new Bits(this.size));
    this.descendants = this.entries.map(() => new Bits(this.size));
    for (let n = 0; n < this.size; n++) {
      for (const parent of this.parents(n)) {
        this.ancestors[n]!.join(this.ancestors[parent]!).add(parent);
      }
    }
    for (let n = this.size - 1; n >= 0; n--) {
      for (const parent of this.parents(n)) {
        this.descendants[parent]!.join(this.descendants[n]!).add(n);
      }
    }
  }

  get size(): number {
    return this.entries.length;
  }

  /** The number of an entry, or `undefined` if it is not here or does not hang together. */
  numberOf(hash: EntryHash): number | undefined {
    return this.#numbers.get(hash);
  }

  parents(n: number): readonly number[] {
    return this.entries[n]!.entry.parents.map((hash) => this.#numbers.get(hash)!);
  }

  /** Of these entries the ones on which no other of them rests, the deepest `most` of them, by hash. */
  headsOf(some: Bits, most = Infinity): readonly EntryHash[] {
    const heads = [...some].filter((n) => !some.touches(this.descendants[n]!));
    return heads.slice(-most).map((n) => this.entries[n]!.hash).toSorted();
  }

  /** All entries, as a set. */
  all(): Bits {
    const bits = new Bits(this.size);
    for (let n = 0; n < this.size; n++) bits.add(n);
    return bits;
  }
}

/** How many steps lie between the create entry and each entry at most; those without a whole way are left out. */
function depthsOf(byHash: ReadonlyMap<EntryHash, VerifiedEntry>): Map<EntryHash, number> {
  const children = new Map<EntryHash, EntryHash[]>();
  const waiting = new Map<EntryHash, number>();
  for (const { hash, entry } of byHash.values()) {
    waiting.set(hash, entry.parents.length);
    for (const parent of entry.parents) {
      const list = children.get(parent);
      if (list) list.push(hash);
      else children.set(parent, [hash]);
    }
  }
  const depths = new Map<EntryHash, number>();
  const ready = [...waiting].flatMap(([hash, parents]) => parents === 0 ? [hash] : []);
  for (let hash = ready.pop(); hash !== undefined; hash = ready.pop()) {
    const parents = byHash.get(hash)!.entry.parents;
    depths.set(hash, parents.reduce((most, parent) => Math.max(most, depths.get(parent)! + 1), 0));
    for (const child of children.get(hash) ?? []) {
      const left = waiting.get(child)! - 1;
      waiting.set(child, left);
      if (left === 0) ready.push(child);
    }
  }
  return depths;
}

function missingOf(byHash: ReadonlyMap<EntryHash, VerifiedEntry>): readonly EntryHash[] {
  const missing = new Set<EntryHash>();
  for (const { entry } of byHash.values()) {
    for (const parent of entry.parents) if (!byHash.has(parent)) missing.add(parent);
  }
  return [...missing].toSorted();
}
