import type { ActorId, ChangeHash, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { actorBelongs } from "./actor.ts";
import { EnvelopeError, envelopeText } from "./envelope.ts";
import { verify } from "./peer_key.ts";

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

/** How many changes a document has, by its seals. */
export function changesOfSeals(seals: readonly Seal[]): number {
  return seals.reduce((sum, { seq }) => sum + seq, 0);
}

/** Signatures verified before others get their turn; each takes 0.15 ms. */
const SEALS_AT_ONCE = 64;

/**
 * Verifies that each log of a document is sealed to its end, by the peer whose actor it is.
 *
 * @param tops The last change of each log in the document.
 * @param pause Awaited now and then, as a document may have thousands of seals.
 * @throws {EnvelopeError} if one is not.
 */
export async function verifySeals(
  { space, doc, seals }: SealedDocument,
  tops: ReadonlyMap<ActorId, { readonly seq: number; readonly hash: ChangeHash }>,
  pause: () => Promise<void>,
): Promise<void> {
  const sealed = new Set(seals.map(({ actor }) => actor));
  if (sealed.size !== tops.size || seals.length !== tops.size) {
    throw new EnvelopeError("Cannot accept the document: not each of its logs has one seal");
  }
  for (const [i, { actor, author, seq, signature }] of seals.entries()) {
    if (i > 0 && i % SEALS_AT_ONCE === 0) await pause();
    const top = tops.get(actor);
    if (top?.seq !== seq) {
      throw new EnvelopeError("Cannot accept the document: a log goes on after its seal");
    }
    if (!actorBelongs(actor, author, space, doc)) {
      throw new EnvelopeError("Cannot accept the document: an actor is not its author's");
    }
    if (!verify(author, envelopeText(space, doc, top.hash), signature)) {
      throw new EnvelopeError("Cannot accept the document: not sealed by its authors");
    }
  }
}
