import type { ActorId, ChangeHash } from "../base/ids.ts";

/** A place in a log of a document. */
export interface LogPlace {
  readonly actor: ActorId;
  readonly seq: number;
}

/** A change of a document, with those it rests on. */
export interface Held extends LogPlace {
  readonly hash: ChangeHash;
  readonly deps: readonly ChangeHash[];
}

/** The lowest place of a log at which something is void, and what is signed for it, the lowest hash first. */
export interface VoidPlace {
  readonly seq: number;
  readonly hashes: readonly ChangeHash[];
}

/** What a document is not to hold. What is unwanted of a log is its end. */
export type Unwanted =
  /** What is void by these places, and what rests on that. */
  | { readonly why: "void"; readonly places: ReadonlyMap<ActorId, VoidPlace> }
  /** What comes after these places of its logs, and on which nothing rests that does not. */
  | { readonly why: "cut"; readonly upTo: ReadonlyMap<ActorId, number> };

/**
 * Whether a change is void because of what its author signed: at the lowest place of a log for which two
 * changes are signed the one with the lowest hash counts, and nothing that comes later. PROTOCOL.md, FORK.
 */
export function isVoidByLog(
  { actor, seq, hash }: Omit<Held, "deps">,
  places: ReadonlyMap<ActorId, VoidPlace>,
): boolean {
  const place = places.get(actor);
  if (!place || place.hashes.length < 2) return false;
  return seq > place.seq || (seq === place.seq && hash !== place.hashes[0]);
}

/** What is unwanted of all that a document holds, each after those it rests on. PROTOCOL.md, FORK and RIGHTS. */
export function unwantedAmong(held: readonly Held[], unwanted: Unwanted): Set<ChangeHash> {
  return unwanted.why === "void"
    ? voidAmong(held, unwanted.places)
    : unneededAmong(held, unwanted.upTo);
}

function voidAmong(
  held: readonly Held[],
  places: ReadonlyMap<ActorId, VoidPlace>,
): Set<ChangeHash> {
  const gone = new Set<ChangeHash>();
  for (const item of held) {
    if (isVoidByLog(item, places) || item.deps.some((dep) => gone.has(dep))) gone.add(item.hash);
  }
  return gone;
}

function unneededAmong(
  held: readonly Held[],
  upTo: ReadonlyMap<ActorId, number>,
): Set<ChangeHash> {
  const needed = new Set<ChangeHash>();
  const gone = new Set<ChangeHash>();
  for (const { actor, seq, hash, deps } of held.toReversed()) {
    if (seq > (upTo.get(actor) ?? 0) && !needed.has(hash)) gone.add(hash);
    else for (const dep of deps) needed.add(dep);
  }
  return gone;
}
