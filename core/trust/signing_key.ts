import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { Signer } from "./envelope.ts";
import { peerOfKey } from "./peer_key.ts";

// The fixed DER that RFC 8410 puts before the 32 bytes of an Ed25519 seed and public key.
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX_BYTES = 12;

/** The Ed25519 key of a seed of 32 bytes, which stays the caller's, to be zeroed. */
export function signerOf(seed: Uint8Array): Signer {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const key = createPrivateKey({ format: "der", type: "pkcs8", key: der });
  der.fill(0);
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    peer: peerOfKey(spki.subarray(SPKI_PREFIX_BYTES)),
    sign: (bytes) => sign(null, bytes, key),
  };
}
