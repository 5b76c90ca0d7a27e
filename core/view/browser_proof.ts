/**
 * How a browser that was once let in proves itself: a non-extractable ECDSA P-256 key signs a challenge
 * of the node. Whatever answers on the port while the node is away can neither carry the key away nor use
 * a signature elsewhere, as each names the host and port and one challenge.
 */

/** Key and signature algorithm, for WebCrypto. */
export const BROWSER_KEY = { name: "ECDSA", namedCurve: "P-256" } as const;
/** Signing, for WebCrypto; signatures are 64 bytes, r and s. */
export const BROWSER_SIGN = { name: "ECDSA", hash: "SHA-256" } as const;
/** A public key: uncompressed point, in bytes. */
export const BROWSER_KEY_BYTES = 65;
/** A signature, in bytes. */
export const BROWSER_SIGNATURE_BYTES = 64;

/** What a browser asks to be let in with, to `/api/session`. */
export interface BrowserProof {
  /** The id that `/api/browser` gave. */
  readonly browser: string;
  readonly challenge: string;
  /** base64url. */
  readonly signature: string;
}

/** The bytes that a browser at `host` (with port, as in the Host header) signs. */
export function proofBytes(host: string, challenge: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`earshot/browser/1\n${host}\n${challenge}`);
}
