import type { ActorId, DocId, SpaceId } from "../base/ids.ts";
import type { VoidPlace } from "../doc/unwanted.ts";
import type { Store } from "../store/store.ts";
import type { SpaceVectors } from "./space_vectors.ts";

/** What a peer's list is compared with. */
export interface OurLogs {
  readonly vectors: SpaceVectors;
  /** The first 16 bytes of the hash of a change that is held, in hex. */
  headAt(doc: DocId, actor: ActorId, seq: number): string | undefined;
  /** The documents in which anything is void. */
  voidDocs(): readonly DocId[];
  /** The logs of a document of which anything is void, each with the lowest such place. */
  voidPlaces(doc: DocId): ReadonlyMap<ActorId, VoidPlace>;
}

/** Those of a space, in the store. */
export function ourLogs(
  { envelopes, disputes }: Store,
  space: SpaceId,
  vectors: SpaceVectors,
): OurLogs {
  return {
    vectors,
    headAt: (doc, actor, seq) => {
      const top = vectors.of(doc).get(actor);
      return top?.seq === seq ? top.head : envelopes.headAt(space, doc, actor, seq);
    },
    voidDocs: () => disputes.docs(space),
    voidPlaces: (doc) => disputes.of(space, doc),
  };
}
