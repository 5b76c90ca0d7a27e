import type { ActorId } from "../base/ids.ts";

/** An operation of an Automerge document: a Lamport counter and the actor that made it. */
export interface OpId {
  readonly counter: number;
  readonly actor: ActorId;
}

/** A string that a change wrote under a key of its document's root map. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly op: OpId;
}

/**
 * Orders operations as Automerge does, by counter and then actor: of several entries under one key, the
 * one whose operation is highest counts. Gives a number below, equal to or above 0.
 */
export function compareOps(a: OpId, b: OpId): number {
  if (a.counter !== b.counter) return a.counter - b.counter;
  return a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0;
}
