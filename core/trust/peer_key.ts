import { Buffer } from "node:buffer";
import { createPublicKey, type KeyObject, verify as verifyEd25519 } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { parsePeerId, type PeerId } from "../base/ids.ts";
import { Lru } from "./lru.ts";

/** Bytes of an Ed25519 public key. */
export const PEER_KEY_BYTES = 32;
/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64;
/** Keys remembered, admitted and refused ones; a refused one costs 0.3 ms to look at again. */
const MAX_REMEMBERED = 4096;

// The fixed DER that RFC 8410 puts before the 32 bytes of an Ed25519 public key.
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** `undefined` is a refused key. */
const remembered = new Lru<PeerId, KeyObject | undefined>(MAX_REMEMBERED);

/** The peer whose Ed25519 public key these 32 bytes are. @throws {TypeError} at another length. */
export function peerOfKey(key: Uint8Array): PeerId {
  return parsePeerId(Buffer.from(key).toString("hex"));
}

/** The 32 bytes of a peer's Ed25519 public key. */
export function keyOfPeer(peer: PeerId): Uint8Array {
  return new Uint8Array(Buffer.from(peer, "hex"));
}

/**
 * Whether this peer's key may be trusted to sign: canonical, of no small order and torsion-free.
 * node:crypto accepts the others too, and for some of them one signature verifies everything.
 */
export function isAdmissible(peer: PeerId): boolean {
  return remembered.get(peer, admit) !== undefined;
}

/** Whether `peer` signed `bytes`; never for a key that is not admissible. */
export function verify(peer: PeerId, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = signature.length === SIGNATURE_BYTES ? remembered.get(peer, admit) : undefined;
  return key !== undefined && verifyEd25519(null, bytes, key, signature);
}

function admit(peer: PeerId): KeyObject | undefined {
  const bytes = keyOfPeer(peer);
  if (!isSoundPoint(bytes)) return undefined;
  const key = Buffer.concat([SPKI_PREFIX, bytes]);
  return createPublicKey({ format: "der", type: "spki", key });
}

function isSoundPoint(bytes: Uint8Array): boolean {
  try {
    // Strict RFC 8032 decoding: it refuses y ≥ p and a sign on x = 0.
    const point = ed25519.Point.fromBytes(bytes, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    // Not a point of the curve, or not its canonical encoding.
    return false;
  }
}
