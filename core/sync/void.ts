import type { ActorId, ChangeHash } from "../base/ids.ts";
import type { VoidPlace } from "../store/disputes.ts";
import type { StoredChange } from "../store/envelopes.ts";
import { depsOf } from "../trust/change_header.ts";

/** A place in a log of a document. */
export interface Place {
  readonly actor: ActorId;
  readonly seq: number;
}

type Places = ReadonlyMap<ActorId, VoidPlace>;

/**
 * Whether a change is void because of what its author signed: at the lowest place of a log for which two
 * changes are signed the one with the lowest hash counts, and nothing that comes later. PROTOCOL.md, FORK.
 */
export function isVoidByLog(
  { actor, seq, hash }: Place & { readonly hash: ChangeHash },
  places: Places,
): boolean {
  const place = places.get(actor);
  if (!place || place.hashes.length < 2) return false;
  return seq > place.seq || (seq === place.seq && hash !== place.hashes[0]);
}

/** Of all that a document holds, in the order of admission: what is void, and what rests on that. */
export function voidAmong(held: readonly StoredChange[], places: Places): Set<ChangeHash> {
  const gone = new Set<ChangeHash>();
  for (const item of held) {
    const isVoid = isVoidByLog(item, places) ||
      (gone.size > 0 && depsOf(item.change).some((dep) => gone.has(dep)));
    if (isVoid) gone.add(item.hash);
  }
  return gone;
}

/**
 * Of all that a document holds, in the order of admission: what does not count by itself, and on which nothing
 * rests that does. PROTOCOL.md, RIGHTS.
 */
export function unneededAmong(
  held: readonly StoredChange[],
  countsAlone: (item: StoredChange) => boolean,
): Set<ChangeHash> {
  const needed = new Set<ChangeHash>();
  const gone = new Set<ChangeHash>();
  for (const item of held.toReversed()) {
    if (!countsAlone(item) && !needed.has(item.hash)) gone.add(item.hash);
    else for (const dep of depsOf(item.change)) needed.add(dep);
  }
  return gone;
}

/** The lowest of each log. */
export function lowestOfLogs(items: readonly StoredChange[]): StoredChange[] {
  const lowest = new Map<ActorId, StoredChange>();
  for (const item of items) {
    if (item.seq < (lowest.get(item.actor)?.seq ?? Infinity)) lowest.set(item.actor, item);
  }
  return [...lowest.values()];
}
