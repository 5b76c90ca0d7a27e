import type { ChangeHash, DocId, PeerId } from "../../core/base/ids.ts";
import { countsAlone } from "../../core/sync/rights.ts";
import type { Rights } from "../../core/trust/member_views.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import { Author } from "./author.ts";

/** Envelopes of many authors in one document that rest on one another, some authors being of several minds. */
export interface Tangle {
  /** In an order in which each comes after those it rests on. */
  readonly envelopes: readonly Envelope[];
  readonly authors: readonly PeerId[];
}

/** Makes one: `copies` says how many copies of each device write without knowing of each other. */
export async function makeTangle(
  unit: () => number,
  doc: DocId,
  copies: readonly number[],
  count: number,
): Promise<Tangle> {
  const int = (below: number) => Math.floor(unit() * below);
  const writers: Author[] = [];
  for (const [i, many] of copies.entries()) {
    for (let copy = 0; copy < many; copy++) writers.push(await Author.open(200 + i));
  }
  const envelopes: Envelope[] = [];
  for (let i = 0; i < count; i++) {
    const writer = writers[int(writers.length)];
    if (!writer) throw new RangeError("Cannot make a tangle without authors");
    // It has heard of what came up to some time ago, as far as that fits what it holds.
    if (unit() < 0.7) await writer.hear(envelopes.slice(0, envelopes.length - int(4)));
    envelopes.push(await writer.write(doc, [{ key: `key ${i}`, value: `value ${i}` }]));
  }
  return { envelopes, authors: copies.map((_, i) => authorAt(writers, copies, i)) };
}

function authorAt(writers: readonly Author[], copies: readonly number[], index: number): PeerId {
  const first = copies.slice(0, index).reduce((sum, many) => sum + many, 0);
  const writer = writers[first];
  if (!writer) throw new RangeError(`Cannot find author ${index}`);
  return writer.keys.peer;
}

/** What counts of all these, found the plain way. PROTOCOL.md, FORK and RIGHTS. */
export function whatCounts(
  { envelopes }: Tangle,
  rights: (author: PeerId) => Rights,
): Set<ChangeHash> {
  const all = envelopes.map((envelope) => ({
    envelope,
    header: readChangeHeader(envelope.change),
  }));
  const byPlace = Map.groupBy(all, ({ header: { actor, seq } }) => `${actor} ${seq}`);
  const forks = [...byPlace.values()].filter((items) => items.length > 1);
  const lowest = new Map<string, { seq: number; winner: ChangeHash }>();
  for (const items of forks) {
    const [{ header: { actor, seq } }] = items as [typeof items[0]];
    if (seq > (lowest.get(actor)?.seq ?? Infinity)) continue;
    const [winner] = items.map(({ header }) => header.hash).sort();
    if (winner) lowest.set(actor, { seq, winner });
  }
  const sound = new Set<ChangeHash>();
  for (const { header: { actor, seq, hash, deps } } of all) {
    const fork = lowest.get(actor);
    const isVoid = fork && (seq > fork.seq || (seq === fork.seq && hash !== fork.winner));
    if (!isVoid && deps.every((dep) => sound.has(dep))) sound.add(hash);
  }
  const counting = new Set<ChangeHash>();
  for (const { envelope: { author, doc }, header } of all.toReversed()) {
    if (!sound.has(header.hash)) continue;
    if (!countsAlone(rights(author), doc, header) && !counting.has(header.hash)) continue;
    for (const hash of [header.hash, ...header.deps]) counting.add(hash);
  }
  return counting;
}
