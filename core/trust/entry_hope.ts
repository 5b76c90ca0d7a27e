import { Bits } from "./bits.ts";
import type { VerifiedEntry } from "./entry.ts";
import type { EntryGraph } from "./entry_graph.ts";
import { rankNeeded } from "./entry_needs.ts";
import type { TargetIndex } from "./entry_targets.ts";

/** Whether an entry would count if all that it rests on that speaks for it did, and nothing spoke against it. */
export function mayEverCount(
  graph: EntryGraph,
  targets: TargetIndex,
  { hash, entry }: VerifiedEntry,
): boolean {
  const { author, body, parents, at } = entry;
  if (body.type === "create") return graph.size === 0 || graph.entries[0]!.hash === hash;
  const before = new Bits(graph.size);
  for (const parent of parents) {
    const n = graph.numberOf(parent);
    if (n === undefined) return false;
    before.join(graph.ancestors[n]!).add(n);
  }
  const { joins, roles } = targets.of(author);
  const given = [...new Bits(joins).join(roles).meet(before)];
  if (!joins.touches(before) || !given.some((n) => targets.ranks[n]! >= rankNeeded(entry))) {
    return false;
  }
  if (body.type !== "join" || !body.invite) return true;
  const invites = new Bits(targets.invites(body.invite.key.toHex())).meet(before);
  return [...invites].some((n) => {
    const invite = graph.entries[n]!.entry.body;
    return invite.type === "invite" && invite.role === body.role && at <= invite.expiresAt;
  });
}
