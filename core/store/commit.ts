import type { ActorId, DocId, SpaceId } from "../base/ids.ts";
import type { NewEntry, SavedBase } from "../doc/documents.ts";
import type { Row } from "../doc/projection.ts";
import type { VerifiedEnvelope } from "../trust/envelope.ts";
import type { KeptChange } from "./disputes.ts";
import type { StoredChange } from "./envelopes.ts";

/** What is written as one: all of it or nothing. */
export interface Commit {
  readonly space: SpaceId;
  /** In an order in which every change comes after those it rests on. */
  readonly envelopes: readonly VerifiedEnvelope[];
  /** What the envelopes mean, in any order. */
  readonly rows: readonly Row[];
  /** When they were made or came here, in milliseconds since 1970. */
  readonly receivedAt: number;
  /** The answer to the request that asked for it; JSON. */
  readonly receipt?: { readonly id: string; readonly answer: unknown };
  /** The debt that this pays, see {@linkcode Rewrites}. */
  readonly rewrite?: number;
  /** Whether it came from peers, who have it: it is on disk with {@linkcode Store.secure}. */
  readonly isSent?: boolean;
}

/** A document as it is to be from now on. */
export interface Remake {
  readonly space: SpaceId;
  readonly doc: DocId;
  /** Its base, as it is to be; `null` without one. */
  readonly base: SavedBase | null;
  /** All that is in it besides. */
  readonly staying: readonly StoredChange[];
  /** What that means, in any order. */
  readonly rows: readonly Row[];
  /** Of each log the place from which on it is taken out. */
  readonly from: ReadonlyMap<ActorId, number>;
  /** Those of the gone, or of others, that are kept as evidence. */
  readonly kept: readonly KeptChange[];
  /** What changes of this device wrote that are taken out, to be written again one after another. */
  readonly rewrites: readonly (readonly NewEntry[])[];
  /** The text of a note as it was before. */
  readonly noteText?: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}
