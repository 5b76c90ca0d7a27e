import { Buffer } from "node:buffer";
import type { PeerId } from "../base/ids.ts";
import { PEER_KEY_BYTES, peerOfKey, SIGNATURE_BYTES, verify } from "./peer_key.ts";

/** A device certificate: the Ed25519 public key, then its signature over the X25519 key. */
export const CERTIFICATE_BYTES = PEER_KEY_BYTES + SIGNATURE_BYTES;

const CONTEXT = Buffer.from("earshot/device/1");

/** What a device signs to say that an X25519 key is its own: `earshot/device/1` and the key. */
export function certificateText(noiseKey: Uint8Array): Uint8Array {
  return Buffer.concat([CONTEXT, noiseKey]);
}

/**
 * The peer that certifies `noiseKey` as its own with this certificate.
 * @throws {TypeError} if its key is not admissible, or did not sign `noiseKey`.
 */
export function readCertificate(certificate: Uint8Array, noiseKey: Uint8Array): PeerId {
  const peer = peerOfKey(certificate.subarray(0, PEER_KEY_BYTES));
  if (!verify(peer, certificateText(noiseKey), certificate.subarray(PEER_KEY_BYTES))) {
    throw new TypeError(`Cannot accept the certificate of "${peer}": not for the key in use`);
  }
  return peer;
}
