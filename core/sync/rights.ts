import type { DocId, PeerId } from "../base/ids.ts";
import { withinCut } from "../trust/cut.ts";
import type { Rights } from "../trust/member_views.ts";
import type { Place } from "./void.ts";

/** What each peer may write into a space now. */
export type RightsOf = (author: PeerId) => Rights;

/**
 * Whether a change of an author with these rights counts by itself. One that does not may count all the same:
 * because one that does rests on it. PROTOCOL.md, RIGHTS.
 */
export function countsAlone(rights: Rights, doc: DocId, { actor, seq }: Place): boolean {
  switch (rights.type) {
    case "writer":
      return true;
    case "reader":
    case "none":
      return false;
    case "cut":
      return withinCut(rights.cut, doc, actor, seq);
  }
}
