import { Buffer } from "node:buffer";
import { createCipheriv, createDecipheriv } from "node:crypto";

/** Bytes that sealing adds. */
export const TAG_BYTES = 16;

const ALGORITHM = "chacha20-poly1305";
const KEY_BYTES = 32;
const OPTIONS = { authTagLength: TAG_BYTES };
const EMPTY: Uint8Array = new Uint8Array(0);
// Noise reserves the last nonce for REKEY.
const REKEY_NONCE = Buffer.from("00000000ffffffffffffffff", "hex");

/**
 * One direction's key and counter: the CipherState of the Noise Protocol Framework, revision 34, §5.1,
 * with ChaCha20-Poly1305 (RFC 8439). It never uses a nonce twice: past 2^53 - 1 it refuses to work.
 */
export class CipherState {
  #key: Uint8Array;
  #counter = 0;
  readonly #nonce = Buffer.alloc(REKEY_NONCE.length);

  /** Takes over the key's buffer, which {@linkcode wipe} zeroes. */
  constructor(key: Uint8Array) {
    if (key.length !== KEY_BYTES) {
      throw new RangeError(`Cannot use a cipher key: ${key.length} bytes, not ${KEY_BYTES}`);
    }
    this.#key = key;
  }

  /** A state of its own with the same key and counter: only one of the two may go on to seal for others. */
  clone(): CipherState {
    const copy = new CipherState(Uint8Array.from(this.#key));
    copy.#counter = this.#counter;
    return copy;
  }

  /** How many times this state has sealed or opened. */
  get counter(): number {
    return this.#counter;
  }

  /**
   * Seals the parts as one plaintext into the start of `into`, the tag last.
   * @returns the bytes written: the plaintext's and {@linkcode TAG_BYTES}.
   * @throws {RangeError} if `into` is too short, or the counter is used up.
   */
  seal(parts: readonly Uint8Array[], into: Uint8Array, associated = EMPTY): number {
    const cipher = createCipheriv(ALGORITHM, this.#key, this.#nextNonce(), OPTIONS);
    if (associated.length > 0) cipher.setAAD(associated, { plaintextLength: 0 });
    let at = 0;
    for (const part of parts) {
      const sealed = cipher.update(part);
      into.set(sealed, at);
      at += sealed.length;
    }
    cipher.final();
    into.set(cipher.getAuthTag(), at);
    return at + TAG_BYTES;
  }

  /**
   * Opens what the other side's state sealed with the same counter.
   * @throws {Error} if it was not, or was altered: this state is of no more use.
   */
  open(sealed: Uint8Array, associated = EMPTY): Uint8Array {
    const end = sealed.length - TAG_BYTES;
    if (end < 0) throw new RangeError(`Cannot open ${sealed.length} bytes: shorter than the tag`);
    const decipher = createDecipheriv(ALGORITHM, this.#key, this.#nextNonce(), OPTIONS);
    if (associated.length > 0) decipher.setAAD(associated, { plaintextLength: end });
    decipher.setAuthTag(sealed.subarray(end));
    const plain = decipher.update(sealed.subarray(0, end));
    try {
      decipher.final();
    } catch (cause) {
      throw new Error("Cannot open sealed bytes: altered, or not from the other side", { cause });
    }
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
  }

  /** REKEY of Noise, §4.2: a new key that does not tell the old one. The counter goes on. */
  rekey(): void {
    const cipher = createCipheriv(ALGORITHM, this.#key, REKEY_NONCE, OPTIONS);
    const key = cipher.update(new Uint8Array(KEY_BYTES));
    cipher.final();
    this.#key.fill(0);
    this.#key = key;
  }

  /** Zeroes the key. */
  wipe(): void {
    this.#key.fill(0);
    this.#counter = Number.MAX_SAFE_INTEGER;
  }

  /** Four zero bytes, then the counter in little endian. */
  #nextNonce(): Buffer {
    if (this.#counter >= Number.MAX_SAFE_INTEGER) {
      throw new RangeError("Cannot seal or open: the key is used up");
    }
    this.#nonce.writeUInt32LE(this.#counter % 2 ** 32, 4);
    this.#nonce.writeUInt32LE(Math.floor(this.#counter / 2 ** 32), 8);
    this.#counter++;
    return this.#nonce;
  }
}
