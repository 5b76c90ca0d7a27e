import { createHash, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";
import type { Clock } from "./base/clock.ts";
import type { RandomBytes } from "./base/random.ts";
import { fromBase64Url, toBase64Url } from "./view/base64url.ts";
import {
  BROWSER_KEY_BYTES,
  BROWSER_SIGNATURE_BYTES,
  type BrowserProof,
  proofBytes,
} from "./view/browser_proof.ts";

/** How long a browser may take to sign a challenge. */
export const CHALLENGE_MS = 60_000;
/** Challenges that wait at once; the oldest makes room. */
export const MAX_CHALLENGES = 256;
/** Sessions at once; the one not used for longest makes room and its tab proves itself again. */
export const MAX_SESSIONS = 1024;

const TOKEN_BYTES = 32;
const MAX_TOKEN_CHARS = 128;

/** Where the public keys of browsers that were let in are kept. */
export interface BrowserKeys {
  /** Keeps `key` under `id`, over an older one. `at` is milliseconds since 1970. */
  add(id: string, key: Uint8Array, at: number): void;
  get(id: string): Uint8Array | undefined;
}

function sha256(text: string | Uint8Array): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/** Gives the token of a request's bearer header or of its WebSocket subprotocol `t.TOKEN`. */
function tokenOf(request: Request): string | undefined {
  const bearer = request.headers.get("authorization")?.match(/^Bearer ([A-Za-z0-9_-]+)$/i)?.[1];
  const protocols = request.headers.get("sec-websocket-protocol")?.split(",") ?? [];
  const token = bearer ?? protocols.map((name) => name.trim()).find((name) => /^t\./.test(name))
    ?.slice(2);
  return token && token.length <= MAX_TOKEN_CHARS ? token : undefined;
}

/**
 * Who may use the local API: the holder of this start's link, and browsers that such a link once let in.
 * The id of a browser is a hash of its host and key, so a key counts only at the host and port where it
 * was let in. Callers have checked the Host header.
 */
export class Access {
  /** This start's 256-bit secret: in the link, and in the token file for the command line. */
  readonly linkToken: string;
  readonly #keys: BrowserKeys;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  /** Challenge → when it ends. In order of making. */
  readonly #challenges = new Map<string, number>();
  /** Hashes of session tokens, the one used last at the end. */
  readonly #sessions = new Set<string>();

  constructor(parts: { keys: BrowserKeys; clock: Clock; random: RandomBytes }) {
    this.#keys = parts.keys;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.linkToken = this.#newToken();
  }

  /** Whether a request carries this start's link token or the token of a session. */
  authorize(request: Request): boolean {
    const token = tokenOf(request);
    return token !== undefined && (this.#isLink(token) || this.#useSession(token));
  }

  /** Whether a request carries this start's link token: only that lets a new browser in. */
  hasLink(request: Request): boolean {
    const token = tokenOf(request);
    return token !== undefined && this.#isLink(token);
  }

  /**
   * Lets a browser in at `host` and gives its id; the same key again gets the same id.
   *
   * @throws {TypeError} if `key` is not an uncompressed point of P-256.
   */
  addBrowser(host: string, key: Uint8Array): string {
    publicKey(key);
    const id = browserId(host, key);
    this.#keys.add(id, key, this.#clock.now());
    return id;
  }

  /** Makes a challenge that counts once, for {@linkcode CHALLENGE_MS}. */
  challenge(): string {
    const now = this.#clock.now();
    for (const [challenge, end] of this.#challenges) {
      if (end > now && this.#challenges.size < MAX_CHALLENGES) break;
      this.#challenges.delete(challenge);
    }
    const challenge = this.#newToken();
    this.#challenges.set(challenge, now + CHALLENGE_MS);
    return challenge;
  }

  /** Gives a session token to a browser that proves itself at `host`, and nothing to any other. */
  openSession(host: string, proof: BrowserProof): string | undefined {
    const end = this.#challenges.get(proof.challenge);
    this.#challenges.delete(proof.challenge);
    if (end === undefined || end <= this.#clock.now()) return undefined;
    const key = this.#keys.get(proof.browser);
    if (!key || browserId(host, key) !== proof.browser) return undefined;
    const signature = readSignature(proof.signature);
    if (!signature) return undefined;
    const signed = verify(
      "sha256",
      proofBytes(host, proof.challenge),
      { key: publicKey(key), dsaEncoding: "ieee-p1363" },
      signature,
    );
    if (!signed) return undefined;
    const token = this.#newToken();
    this.#sessions.add(hashName(token));
    for (const oldest of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS) break;
      this.#sessions.delete(oldest);
    }
    return token;
  }

  #newToken(): string {
    return toBase64Url(this.#random(TOKEN_BYTES));
  }

  #isLink(token: string): boolean {
    return timingSafeEqual(sha256(token), sha256(this.linkToken));
  }

  // Looked up by hash, so that the time taken tells nothing about a token.
  #useSession(token: string): boolean {
    const name = hashName(token);
    if (!this.#sessions.delete(name)) return false;
    this.#sessions.add(name);
    return true;
  }
}

function hashName(token: string): string {
  return toBase64Url(sha256(token));
}

/** The id of a browser's key at `host`. */
function browserId(host: string, key: Uint8Array): string {
  const prefix = new TextEncoder().encode(`earshot/browser-id/1\n${host}\n`);
  return toBase64Url(sha256(new Uint8Array([...prefix, ...key])));
}

// Through JWK, because WebCrypto in Deno 2.9.6 takes points that are not on the curve.
function publicKey(key: Uint8Array): KeyObject {
  const fault = "Cannot let the browser in: its key is not a point of P-256";
  if (key.length !== BROWSER_KEY_BYTES || key[0] !== 4) throw new TypeError(fault);
  const [x, y] = [toBase64Url(key.subarray(1, 33)), toBase64Url(key.subarray(33))];
  try {
    return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  } catch (error) {
    throw new TypeError(fault, { cause: error });
  }
}

function readSignature(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const signature = fromBase64Url(text);
    return signature.length === BROWSER_SIGNATURE_BYTES ? signature : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
