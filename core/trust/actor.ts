import { createHash } from "node:crypto";
import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { Lru } from "./lru.ts";

/** Begins the id of a branch that Automerge's `changeAt` made; one byte of level and the base follow. */
const BRANCH_PREFIX = "13b22309";
/** Actors that one peer may have, one after the other, in a document. */
export const MAX_GENERATIONS = 256;
/** Places (peer, space, document) of which all generations are remembered. */
const MAX_REMEMBERED = 128;

/** Later actors of a place, to their generation. The first, which most changes have, is not among them. */
const laterActors = new Lru<string, ReadonlyMap<ActorId, number>>(MAX_REMEMBERED);

/** The highest level of a branch. */
export const MAX_BRANCH_LEVEL = 127;

/**
 * Gives the actor under which a peer writes into a document: the first 16 bytes of SHA-256("earshot/actor/1"
 * || peer || space || UTF-8 of the document's id || one byte of generation, unless it is 0). A peer goes
 * on under the next generation when its log of this one became void.
 *
 * @throws {RangeError} if there is no such generation.
 */
export function actorOf(peer: PeerId, space: SpaceId, doc: DocId, generation = 0): ActorId {
  if (!Number.isInteger(generation) || generation < 0 || generation >= MAX_GENERATIONS) {
    throw new RangeError(`Cannot name an actor of generation ${generation}`);
  }
  const hash = createHash("sha256").update("earshot/actor/1").update(peer, "hex")
    .update(space, "hex").update(doc);
  if (generation > 0) hash.update(Uint8Array.of(generation));
  return hash.digest("hex").slice(0, 32) as ActorId;
}

/**
 * The generation of an actor under which this peer may write into a document: that of {@linkcode actorOf}, or
 * of the actor of which this is a branch that Automerge 3.5 makes for a change that is not on top of the
 * actor's newest (`13b22309`, a level from 1 to 127, the base actor).
 *
 * @returns `undefined` for any other actor.
 */
export function generationOf(
  actor: ActorId,
  peer: PeerId,
  space: SpaceId,
  doc: DocId,
): number | undefined {
  const base = baseOf(actor);
  if (base === undefined) return undefined;
  if (base === actorOf(peer, space, doc)) return 0;
  const later = laterActors.get(`${peer}/${space}/${doc}`, () => {
    const generations = Array.from({ length: MAX_GENERATIONS - 1 }, (_, i) => i + 1);
    return new Map(generations.map((n) => [actorOf(peer, space, doc, n), n]));
  });
  return later.get(base);
}

/** Whether an actor is one under which this peer may write into a document; see {@linkcode generationOf}. */
export function actorBelongs(actor: ActorId, peer: PeerId, space: SpaceId, doc: DocId): boolean {
  return generationOf(actor, peer, space, doc) !== undefined;
}

/** An actor that is no branch, or the one that it is a branch of; `undefined` if it is neither. */
function baseOf(actor: ActorId): ActorId | undefined {
  if (actor.length === 32) return actor;
  const isBranch = actor.length === 42 && actor.startsWith(BRANCH_PREFIX) &&
    /^(0[1-9a-f]|[1-7][0-9a-f])$/.test(actor.slice(8, 10));
  return isBranch ? actor.slice(10) as ActorId : undefined;
}

/** Gives the actor of a branch, of a level from 1 to {@linkcode MAX_BRANCH_LEVEL}. */
export function branchOf(base: ActorId, level: number): ActorId {
  return `${BRANCH_PREFIX}${level.toString(16).padStart(2, "0")}${base}` as ActorId;
}
