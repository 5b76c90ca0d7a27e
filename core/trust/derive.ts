import { hkdfSync } from "node:crypto";

/** Bytes of a derived key. */
export const KEY_BYTES = 32;

/** A key of 32 bytes: HKDF-SHA256 (RFC 5869) of `secret`, without salt, with `info`. */
export function deriveKey(secret: Uint8Array, info: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), info, KEY_BYTES));
}
