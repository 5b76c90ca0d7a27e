import { Buffer } from "node:buffer";
import { createHash, hkdfSync, timingSafeEqual } from "node:crypto";
import { CipherState, TAG_BYTES } from "./cipher_state.ts";

const EMPTY = new Uint8Array(0);
const HASH_BYTES = 32;

/**
 * What both sides of a handshake have agreed on so far: the SymmetricState of the Noise Protocol
 * Framework, revision 34, §5.2, with SHA-256.
 */
export class SymmetricState {
  #hash: Uint8Array;
  #chain: Uint8Array;
  #cipher: CipherState | undefined;

  constructor(protocolName: string) {
    const name = Buffer.from(protocolName);
    this.#hash = name.length > HASH_BYTES
      ? createHash("sha256").update(name).digest()
      : Buffer.concat([name], HASH_BYTES);
    this.#chain = Uint8Array.from(this.#hash);
  }

  /** A state of its own that has come as far as this one. */
  clone(): SymmetricState {
    const copy = new SymmetricState("");
    copy.#hash = this.#hash; // It is replaced, never written to.
    copy.#chain = Uint8Array.from(this.#chain);
    copy.#cipher = this.#cipher?.clone();
    return copy;
  }

  /** The hash of all that was mixed, sealed and opened; the same on both sides. */
  get hash(): Uint8Array {
    return this.#hash;
  }

  /** Bytes that {@linkcode seal} adds: none before the first key. */
  get overhead(): number {
    return this.#cipher ? TAG_BYTES : 0;
  }

  mixHash(bytes: Uint8Array): void {
    this.#hash = sha256(this.#hash, bytes);
  }

  mixKey(material: Uint8Array): void {
    const [chain, key] = this.#derive(material, 2);
    this.#setChain(chain);
    this.#setCipher(key);
  }

  mixKeyAndHash(material: Uint8Array): void {
    const [chain, hash, key] = this.#derive(material, 3);
    this.#setChain(chain);
    this.mixHash(hash);
    this.#setCipher(key);
  }

  /** EncryptAndHash: plain before the first key. */
  seal(plain: Uint8Array): Uint8Array {
    let sealed = plain;
    if (this.#cipher) {
      sealed = new Uint8Array(plain.length + TAG_BYTES);
      this.#cipher.seal([plain], sealed, this.#hash);
    }
    this.mixHash(sealed);
    return sealed;
  }

  /** DecryptAndHash. @throws {Error} if the other side did not seal this at this point. */
  open(sealed: Uint8Array): Uint8Array {
    const plain = this.#cipher ? this.#cipher.open(sealed, this.#hash) : Uint8Array.from(sealed);
    this.mixHash(sealed);
    return plain;
  }

  /**
   * Whether, from here, mixing `key` into hash and key and sealing nothing makes this tag. This state stays as
   * it is. The tag is made and compared: the system's cipher takes three times as long to say that one is wrong.
   */
  wouldSeal(key: Uint8Array, tag: Uint8Array): boolean {
    const [chain, cipherKey] = this.#derive(key, 2);
    chain.fill(0);
    const cipher = new CipherState(cipherKey);
    const made = new Uint8Array(TAG_BYTES);
    cipher.seal([], made, sha256(this.#hash, key));
    cipher.wipe();
    return tag.length === TAG_BYTES && timingSafeEqual(made, tag);
  }

  /** The keys of the initiator's and of the responder's direction; zeroes this state's own. */
  split(): [CipherState, CipherState] {
    const [one, two] = this.#derive(EMPTY, 2);
    this.wipe();
    return [new CipherState(one), new CipherState(two)];
  }

  /** Zeroes the keys. */
  wipe(): void {
    this.#chain.fill(0);
    this.#cipher?.wipe();
  }

  #setChain(chain: Uint8Array): void {
    this.#chain.fill(0);
    this.#chain = chain;
  }

  #setCipher(key: Uint8Array): void {
    this.#cipher?.wipe();
    this.#cipher = new CipherState(key);
  }

  /** HKDF of Noise, §4.3: that of RFC 5869 with the chaining key as salt and no info. */
  #derive(material: Uint8Array, outputs: 2): [Uint8Array, Uint8Array];
  #derive(material: Uint8Array, outputs: 3): [Uint8Array, Uint8Array, Uint8Array];
  #derive(material: Uint8Array, outputs: number): Uint8Array[] {
    const bytes = hkdfSync("sha256", material, this.#chain, EMPTY, outputs * HASH_BYTES);
    return Array.from(
      { length: outputs },
      (_, at) => new Uint8Array(bytes, at * HASH_BYTES, HASH_BYTES),
    );
  }
}

function sha256(first: Uint8Array, second: Uint8Array): Uint8Array {
  return createHash("sha256").update(first).update(second).digest();
}
