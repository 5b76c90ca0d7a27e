import { Buffer } from "node:buffer";
import type { ChangeHash, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { actorBelongs } from "./actor.ts";
import { type ChangeHeader, readChangeHeader } from "./change_header.ts";
import { verify } from "./peer_key.ts";

/** One Automerge change with its author's signature: what is made, pushed, relayed and counted. */
export interface Envelope {
  readonly space: SpaceId;
  readonly doc: DocId;
  readonly author: PeerId;
  /** 64 bytes, see {@linkcode envelopeText}; none if a seal vouches for it, see {@linkcode coveredEnvelope}. */
  readonly signature: Uint8Array;
  readonly change: Uint8Array;
}

/** The signature of what has none of its own. */
export const NO_SIGNATURE: Uint8Array = new Uint8Array();

/** Whether there is a signature of its own. */
export function isSigned({ signature }: Pick<Envelope, "signature">): boolean {
  return signature.length > 0;
}

declare const verified: unique symbol;
/**
 * An envelope whose author signed it; only {@linkcode signEnvelope}, {@linkcode verifyEnvelope} and
 * {@linkcode coveredEnvelope} make one.
 */
export interface VerifiedEnvelope {
  readonly [verified]: true;
  readonly envelope: Envelope;
  readonly header: ChangeHeader;
}

/** Signs for one peer: the device's keys. */
export interface Signer {
  readonly peer: PeerId;
  sign(bytes: Uint8Array): Uint8Array;
}

/** An envelope that is not what it should be; the message says why in a few words. */
export class EnvelopeError extends Error {
  override name = "EnvelopeError";
}

const CONTEXT = Buffer.from("earshot/envelope/1\0");

/**
 * What the author of an envelope signs: `earshot/envelope/1`, a zero byte, the 16 bytes of the space, the
 * length of the document's id as two bytes (big-endian), that id, and the 32 bytes of the change's hash.
 */
export function envelopeText(space: SpaceId, doc: DocId, hash: ChangeHash): Uint8Array {
  const name = Buffer.from(doc);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length);
  return Buffer.concat([
    CONTEXT,
    Buffer.from(space, "hex"),
    length,
    name,
    Buffer.from(hash, "hex"),
  ]);
}

/** Signs a change made here. @throws {EnvelopeError} if the change is not one of this peer's. */
export function signEnvelope(
  signer: Signer,
  space: SpaceId,
  doc: DocId,
  change: Uint8Array,
): VerifiedEnvelope {
  const header = readOwned(signer.peer, space, doc, change);
  const signature = signer.sign(envelopeText(space, doc, header.hash));
  return {
    envelope: { space, doc, author: signer.peer, signature, change },
    header,
  } as VerifiedEnvelope;
}

/**
 * Verifies an envelope that came from anyone: its change is sound in size, form and checksum, its actor is
 * the author's in that document, and the author signed it. Whether the author may write there is
 * another question.
 *
 * @throws {EnvelopeError} if it is not so.
 */
export function verifyEnvelope(envelope: Envelope): VerifiedEnvelope {
  const { space, doc, author, signature, change } = envelope;
  const header = readOwned(author, space, doc, change);
  if (!verify(author, envelopeText(space, doc, header.hash), signature)) {
    throw new EnvelopeError("Cannot accept the envelope: not signed by its author");
  }
  return { envelope, header } as VerifiedEnvelope;
}

/**
 * Gives the envelope of a change for which the seal of a later one of its log vouches: that was verified, and
 * that this change is one on which it rests.
 */
export function coveredEnvelope(envelope: Envelope, header: ChangeHeader): VerifiedEnvelope {
  return { envelope, header } as VerifiedEnvelope;
}

function readOwned(author: PeerId, space: SpaceId, doc: DocId, change: Uint8Array): ChangeHeader {
  const header = read(change);
  if (!actorBelongs(header.actor, author, space, doc)) {
    throw new EnvelopeError("Cannot accept the envelope: its actor is not its author's");
  }
  return header;
}

function read(change: Uint8Array): ChangeHeader {
  try {
    return readChangeHeader(change);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new EnvelopeError(cause.message, { cause });
  }
}
