import { createCipheriv, createDecipheriv } from "node:crypto";
import { Buffer } from "node:buffer";
import type { RandomBytes } from "../base/random.ts";

/** Bytes of a key of ChaCha20-Poly1305. */
export const KEY_BYTES = 32;

const CIPHER = "chacha20-poly1305";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals bytes with ChaCha20-Poly1305 (RFC 8439): a random nonce, the ciphertext, the tag. `about` is not in
 * the box, but must be the same to open it.
 */
export function sealBox(
  key: Uint8Array,
  about: string,
  bytes: Uint8Array,
  random: RandomBytes,
): Uint8Array {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(about), { plaintextLength: bytes.length });
  const sealed = [cipher.update(bytes), cipher.final()];
  return new Uint8Array(Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]));
}

/** Opens a box; `null` if it was sealed with another key or about something else, or was changed. */
export function openBox(key: Uint8Array, about: string, box: Uint8Array): Uint8Array | null {
  const end = box.length - TAG_BYTES;
  if (end < NONCE_BYTES) return null;
  const nonce = box.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(about), { plaintextLength: end - NONCE_BYTES });
  decipher.setAuthTag(box.subarray(end));
  try {
    const opened = [decipher.update(box.subarray(NONCE_BYTES, end)), decipher.final()];
    return new Uint8Array(Buffer.concat(opened));
  } catch {
    // What went wrong is nobody's business, and always the same: the tag does not fit.
    return null;
  }
}
