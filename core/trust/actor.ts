import { createHash } from "node:crypto";
import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";

/** Begins the id of a branch that Automerge's `changeAt` made; one byte of level and the base follow. */
const BRANCH_PREFIX = "13b22309";

/** Actors that a peer has in a document, one after another: a log that ended is never gone on with. */
export const MAX_GENERATIONS = 16;

/**
 * Gives the actor under which a peer writes into a document: the first 16 bytes of
 * SHA-256("earshot/actor/1" || peer || space || UTF-8 of the document's id || generation), the generation
 * being one byte that is left out when it is 0.
 *
 * @throws {RangeError} if the generation is none.
 */
export function actorOf(peer: PeerId, space: SpaceId, doc: DocId, generation = 0): ActorId {
  if (!Number.isInteger(generation) || generation < 0 || generation >= MAX_GENERATIONS) {
    throw new RangeError(`Cannot write in generation ${generation}: at most ${MAX_GENERATIONS}`);
  }
  const hash = createHash("sha256").update("earshot/actor/1").update(peer, "hex")
    .update(space, "hex").update(doc);
  if (generation > 0) hash.update(Uint8Array.of(generation));
  return hash.digest("hex").slice(0, 32) as ActorId;
}

/**
 * The generation of this peer's to which an actor belongs in a document: it is {@linkcode actorOf} that, or a
 * branch of it which Automerge 3.5 makes for a change that is not on top of the actor's newest
 * (`13b22309`, a level from 1 to 127, the base actor). `undefined` if it is not this peer's.
 */
export function generationOf(
  actor: ActorId,
  peer: PeerId,
  space: SpaceId,
  doc: DocId,
): number | undefined {
  const base = baseOf(actor);
  if (base === undefined) return undefined;
  for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
    if (actorOf(peer, space, doc, generation) === base) return generation;
  }
  return undefined;
}

/** Whether an actor is one under which this peer may write into a document, in any generation. */
export function actorBelongs(actor: ActorId, peer: PeerId, space: SpaceId, doc: DocId): boolean {
  return generationOf(actor, peer, space, doc) !== undefined;
}

function baseOf(actor: ActorId): string | undefined {
  if (actor.length === 32) return actor;
  const isBranch = actor.length === 42 && actor.startsWith(BRANCH_PREFIX) &&
    /^(0[1-9a-f]|[1-7][0-9a-f])$/.test(actor.slice(8, 10));
  return isBranch ? actor.slice(10) : undefined;
}
