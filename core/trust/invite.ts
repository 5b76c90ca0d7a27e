import { Buffer } from "node:buffer";
import type { PeerId, SpaceId } from "../base/ids.ts";
import { deriveKey } from "./derive.ts";
import type { Signer } from "./envelope.ts";
import { keyOfPeer, peerOfKey, verify } from "./peer_key.ts";
import { signerOf } from "./signing_key.ts";

/** Bytes of the secret in an invitation. */
export const INVITE_SECRET_BYTES = 16;
/** How long an invitation holds unless its maker says otherwise, in milliseconds. */
export const INVITE_MS = 24 * 60 * 60 * 1000;

/** What the secret of an invitation gives. */
export interface InviteKeys {
  /** Signs {@linkcode inviteText} for who holds the secret. */
  readonly signer: Signer;
  /** The public key that the log names, 32 bytes. */
  readonly key: Uint8Array;
  /** The secret of the door at which the invited calls, 32 bytes; see `doorOf`. */
  readonly door: Uint8Array;
}

const CONTEXT = Buffer.from("earshot/invite/1\0");

/** The keys of a secret of 16 bytes. @throws {RangeError} at another length. */
export function inviteKeys(secret: Uint8Array): InviteKeys {
  if (secret.length !== INVITE_SECRET_BYTES) {
    throw new RangeError(
      `Cannot use an invitation's secret: ${secret.length} bytes, not ${INVITE_SECRET_BYTES}`,
    );
  }
  const seed = deriveKey(secret, "earshot/invite/sign/1");
  const signer = signerOf(seed);
  seed.fill(0);
  return { signer, key: keyOfPeer(signer.peer), door: deriveKey(secret, "earshot/invite/door/1") };
}

/** What an invite's key signs to let one peer into its space. */
export function inviteText(space: SpaceId, peer: PeerId): Uint8Array {
  return Buffer.concat([CONTEXT, Buffer.from(space, "hex"), Buffer.from(peer, "hex")]);
}

/** The signature of 64 bytes by which `peer` shows that it holds the secret. */
export function inviteProof(secret: Uint8Array, space: SpaceId, peer: PeerId): Uint8Array {
  return new Uint8Array(inviteKeys(secret).signer.sign(inviteText(space, peer)));
}

/** Whether the invite with this public key let this peer into the space. */
export function isProof(
  key: Uint8Array,
  proof: Uint8Array,
  space: SpaceId,
  peer: PeerId,
): boolean {
  return verify(peerOfKey(key), inviteText(space, peer), proof);
}
