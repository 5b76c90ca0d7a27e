import type { ActorId } from "../base/ids.ts";
import type { ChangeHeader } from "../trust/change_header.ts";

/** A change and what it rests on. */
export interface Place {
  readonly header: Pick<ChangeHeader, "actor" | "seq" | "startOp" | "rows">;
  readonly deps: readonly Place[];
  /** Operations of its actor, its own the last. */
  readonly opsOfActor: number;
}

/** The place of a change that was judged. */
export interface NewPlace extends Place {
  readonly header: ChangeHeader;
}

/**
 * What is in a past: how many changes of each actor. One number says it, as each change rests on the one before
 * it in its log.
 */
export type Past = ReadonlyMap<ActorId, number>;
