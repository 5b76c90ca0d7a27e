import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";

/** The newest signature of an actor in a document: it vouches for every change of its log. */
export interface Seal {
  readonly actor: ActorId;
  readonly author: PeerId;
  /** The place of the change that is signed: the last of the log. */
  readonly seq: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** A document as it rests: as Automerge saves it, with one seal per actor. */
export interface SealedDocument {
  readonly space: SpaceId;
  readonly doc: DocId;
  readonly bytes: Uint8Array;
  readonly seals: readonly Seal[];
}
