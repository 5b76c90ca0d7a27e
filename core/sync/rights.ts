import type { ActorId, DocId, PeerId } from "../base/ids.ts";
import type { LogPlace } from "../doc/unwanted.ts";
import { lastWithin } from "../trust/cut.ts";
import type { Rights } from "../trust/member_views.ts";

/** What each peer may write into a space now. */
export type RightsOf = (author: PeerId) => Rights;

/**
 * Whether a change of an author with these rights counts by itself. One that does not may count all the same:
 * because one that does rests on it. PROTOCOL.md, RIGHTS.
 */
export function countsAlone(rights: Rights, doc: DocId, { actor, seq }: LogPlace): boolean {
  return seq <= lastAlone(rights, doc, actor);
}

/** The last place of a log at which a change counts by itself: `Infinity` where each does, 0 where none does. */
export function lastAlone(rights: Rights, doc: DocId, actor: ActorId): number {
  switch (rights.type) {
    case "writer":
      return Infinity;
    case "reader":
    case "none":
      return 0;
    case "cut":
      return lastWithin(rights.cut, doc, actor);
  }
}
