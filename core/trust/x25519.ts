import { Buffer } from "node:buffer";
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from "node:crypto";

/** Bytes of an X25519 key, public or secret. */
export const X25519_BYTES = 32;

/** A key pair for key agreement (RFC 7748). */
export interface X25519Pair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly secretKey: KeyObject;
}

// The fixed DER that RFC 8410 puts before the 32 bytes of a key.
const PKCS8_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/**
 * Makes the pair of a secret of 32 bytes. The secret's buffer stays the caller's, to be zeroed.
 * @throws {RangeError} if it is not 32 bytes.
 */
export function x25519Pair(secret: Uint8Array): X25519Pair {
  checkLength(secret, "secret");
  const der = Buffer.concat([PKCS8_PREFIX, secret]);
  const secretKey = createPrivateKey({ format: "der", type: "pkcs8", key: der });
  der.fill(0);
  const spki = createPublicKey(secretKey).export({ format: "der", type: "spki" });
  return { publicKey: new Uint8Array(spki.subarray(SPKI_PREFIX.length)), secretKey };
}

/**
 * The 32 bytes that this pair shares with the owner of `publicKey`.
 * @throws {Error} if `publicKey` has small order: the result would be zero whatever the secret.
 */
export function agree(pair: X25519Pair, publicKey: Uint8Array): Uint8Array {
  checkLength(publicKey, "public key");
  const key = Buffer.concat([SPKI_PREFIX, publicKey]);
  const shared = diffieHellman({
    privateKey: pair.secretKey,
    publicKey: createPublicKey({ format: "der", type: "spki", key }),
  });
  // OpenSSL refuses a zero result by itself; a protocol must not rest on that.
  if (shared.every((byte) => byte === 0)) {
    throw new Error("Cannot agree on a key: the public key has small order");
  }
  return shared;
}

function checkLength(key: Uint8Array, what: string): void {
  if (key.length !== X25519_BYTES) {
    throw new RangeError(`Cannot use X25519 ${what}: ${key.length} bytes, not ${X25519_BYTES}`);
  }
}
