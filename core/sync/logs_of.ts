import type { ActorId, PeerId, SpaceId } from "../base/ids.ts";
import type { Envelopes } from "../store/envelopes.ts";
import type { Cut } from "../trust/entry_body.ts";

/** How far what a peer wrote into a space is held, documents and actors in ascending order. */
export function logsOf(envelopes: Envelopes, space: SpaceId, peer: PeerId): Cut["docs"] {
  return [...envelopes.tops(space).keys()].sort().flatMap((doc) => {
    const logs = [...envelopes.logs(space, doc)].flatMap(([actor, { author, seq }]) =>
      author === peer && seq > 0 ? [[actor, seq] as const] : []
    );
    return logs.length > 0 ? [[doc, logs.sort(byActor)] as const] : [];
  });
}

function byActor([a]: readonly [ActorId, number], [b]: readonly [ActorId, number]): number {
  return a < b ? -1 : 1;
}
