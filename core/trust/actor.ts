import { createHash } from "node:crypto";
import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";

/** Begins the id of a branch that Automerge's `changeAt` made; one byte of level and the base follow. */
const BRANCH_PREFIX = "13b22309";

/** The highest level of a branch. */
export const MAX_BRANCH_LEVEL = 127;

/**
 * Gives the actor under which a peer writes into a document: the first 16 bytes of
 * SHA-256("earshot/actor/1" || peer || space || UTF-8 of the document's id).
 */
export function actorOf(peer: PeerId, space: SpaceId, doc: DocId): ActorId {
  return createHash("sha256").update("earshot/actor/1").update(peer, "hex").update(space, "hex")
    .update(doc).digest("hex").slice(0, 32) as ActorId;
}

/**
 * Whether an actor is one under which this peer may write into a document: {@linkcode actorOf} it, or a
 * branch of that which Automerge 3.5 makes for a change that is not on top of the actor's newest
 * (`13b22309`, a level from 1 to 127, the base actor).
 */
export function actorBelongs(actor: ActorId, peer: PeerId, space: SpaceId, doc: DocId): boolean {
  const base = actorOf(peer, space, doc);
  if (actor === base) return true;
  return actor.length === 42 && actor.startsWith(BRANCH_PREFIX) && actor.slice(10) === base &&
    /^(0[1-9a-f]|[1-7][0-9a-f])$/.test(actor.slice(8, 10));
}

/** Gives the actor of a branch, of a level from 1 to {@linkcode MAX_BRANCH_LEVEL}. */
export function branchOf(base: ActorId, level: number): ActorId {
  return `${BRANCH_PREFIX}${level.toString(16).padStart(2, "0")}${base}` as ActorId;
}
