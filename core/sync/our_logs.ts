import type { ActorId, DocId } from "../base/ids.ts";
import type { VoidPlace } from "../doc/unwanted.ts";
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
