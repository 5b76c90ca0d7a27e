import type { ActorId, DocId, PeerId } from "../base/ids.ts";

/** How far the logs of one peer count, by document. */
export interface Cut {
  readonly docs: readonly (readonly [DocId, readonly (readonly [ActorId, number])[]])[];
  /** Whether documents that are not named count whole; if not, not at all. */
  readonly rest: boolean;
}

/** What counts of that which a peer writes: all, nothing, nothing (of a stranger), or what lies below a cut. */
export type Rights =
  | { readonly type: "writer" }
  | { readonly type: "reader" }
  | { readonly type: "none" }
  | { readonly type: "cut"; readonly cut: Cut };

/** What each peer may write into a space now. */
export type RightsOf = (author: PeerId) => Rights;

/** A place in a log. */
export interface Place {
  readonly actor: ActorId;
  readonly seq: number;
}

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
    case "cut": {
      const named = rights.cut.docs.find(([id]) => id === doc);
      if (!named) return rights.cut.rest;
      return seq <= (named[1].find(([id]) => id === actor)?.[1] ?? 0);
    }
  }
}
