import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { actorOf, generationOf, MAX_GENERATIONS } from "../trust/actor.ts";
import type { Envelopes } from "./envelopes.ts";

/**
 * The actor under which this device goes on writing into a document: of the first generation of which nothing
 * was taken out, as going on with such a log would sign a second change for a place. `undefined` when there
 * is none left.
 */
export function ownActor(
  envelopes: Envelopes,
  self: PeerId,
  space: SpaceId,
  doc: DocId,
): ActorId | undefined {
  const ended = new Set<number | undefined>();
  for (const [actor, { author, seq, peak }] of envelopes.logs(space, doc)) {
    if (author === self && seq < peak) ended.add(generationOf(actor, self, space, doc));
  }
  for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
    if (!ended.has(generation)) return actorOf(self, space, doc, generation);
  }
  return undefined;
}
