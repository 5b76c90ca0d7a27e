import type { PeerId } from "../base/ids.ts";
import { Bits } from "./bits.ts";
import type { EntryGraph } from "./entry_graph.ts";
import type { TargetIndex } from "./entry_targets.ts";

/** The rank of who is no member. */
export const NO_RANK = -1;

/**
 * What a peer is among some entries, while it is open whether some of them count: its rank is `least` at
 * least and `most` at most, whatever they turn out to be. When none is open the two are equal.
 */
export interface Standing {
  readonly least: number;
  readonly most: number;
  /** The first of the joins by which it surely is a member, or -1. */
  readonly since: number;
}

const STRANGER: Standing = { least: NO_RANK, most: NO_RANK, since: -1 };

/** Which entries count, as far as it is known: neither in `alive` nor in `open` is dead. */
export interface Verdicts {
  readonly alive: Bits;
  readonly open: Bits;
}

/**
 * The standing of `peer` by the entries in `within`, a set closed under ancestors. PROTOCOL.md, MEMB-7.
 *
 * It is a member by a join that has every end of its membership among its ancestors. Its role is the lowest
 * of the newest role entries after such a join; without any, the highest that such a join gives.
 */
export function standingOf(
  graph: EntryGraph,
  targets: TargetIndex,
  { alive, open }: Verdicts,
  peer: PeerId,
  within: Bits,
): Standing {
  const { joins, ends, roles } = targets.of(peer);
  const sureEnds = new Bits(ends).meet(within).meet(alive);
  const possibleEnds = new Bits(ends).meet(within).meet(open).join(sureEnds);
  const afterSure = new Bits(graph.size);
  const afterPossible = new Bits(graph.size);
  let since = -1;
  let [sureJoin, possibleJoin] = [NO_RANK, NO_RANK];
  for (const join of new Bits(joins).meet(within)) {
    const [before, after] = [graph.ancestors[join]!, graph.descendants[join]!];
    const isAlive = alive.has(join);
    if (!isAlive && !open.has(join) || !sureEnds.isWithin(before)) continue;
    possibleJoin = Math.max(possibleJoin, targets.ranks[join]!);
    afterPossible.join(after);
    if (!isAlive || !possibleEnds.isWithin(before)) continue;
    sureJoin = Math.max(sureJoin, targets.ranks[join]!);
    afterSure.join(after);
    if (since < 0) since = join;
  }
  if (possibleJoin === NO_RANK) return STRANGER;

  const sureRoles = new Bits(roles).meet(within).meet(alive).meet(afterSure);
  const newest = new Bits(alive).join(open).meet(roles).meet(within).meet(afterPossible);
  for (const role of sureRoles) newest.drop(graph.ancestors[role]!);
  let [lowest, highest, cap] = [Infinity, NO_RANK, Infinity];
  for (const role of newest) {
    const rank = targets.ranks[role]!;
    lowest = Math.min(lowest, rank);
    highest = Math.max(highest, rank);
    const isLast = sureRoles.has(role) && !newest.touches(graph.descendants[role]!);
    if (isLast) cap = Math.min(cap, rank);
  }
  const surelyByRole = !sureRoles.isEmpty;
  return {
    least: since < 0 ? NO_RANK : surelyByRole ? lowest : Math.min(lowest, sureJoin),
    most: surelyByRole ? Math.min(highest, cap) : Math.max(highest, possibleJoin),
    since,
  };
}
