import { Buffer } from "node:buffer";
import { KEY_BYTES } from "./box.ts";

/** A passphrase, in Unicode code points after NFC. */
export const MIN_PASSPHRASE_POINTS = 8;
/** A passphrase, in Unicode code points after NFC. */
export const MAX_PASSPHRASE_POINTS = 256;
/** What a file may ask for, memory in KiB: whoever can write it must not stop the machine with it. */
export const MAX_KDF_COST: KdfCost = { memory: 256 * 1024, passes: 10, lanes: 4 };
/** What a new passphrase costs to try: 0.3 s and 64 MiB. */
export const KDF_COST: KdfCost = { memory: 64 * 1024, passes: 3, lanes: 1 };

const SALT_BYTES = 16;
/** RFC 9106, 3.1: for each lane. */
const MIN_MEMORY_PER_LANE = 8;

/** What making a key of a passphrase takes. */
export interface KdfCost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** How a key is made of a passphrase, as it stands in the file: Argon2id (RFC 9106). */
export interface Kdf extends KdfCost {
  readonly name: "argon2id";
  /** 16 bytes in hex. */
  readonly salt: string;
}

/**
 * Reads how a key is made.
 *
 * @throws {TypeError} if it is not known here or asks for more than {@linkcode MAX_KDF_COST}.
 */
export function parseKdf(value: unknown): Kdf {
  const { name, memory, passes, lanes, salt } = (value ?? {}) as Record<string, unknown>;
  if (name !== "argon2id" || typeof salt !== "string" || !/^[0-9a-f]{32}$/.test(salt)) {
    throw new TypeError("Cannot read how the keys are sealed: not Argon2id with a salt");
  }
  const bounded = (what: keyof KdfCost, value: unknown, least: number): number => {
    const number = Number.isInteger(value) ? Number(value) : NaN;
    if (number >= least && number <= MAX_KDF_COST[what]) return number;
    throw new TypeError(`Cannot read how the keys are sealed: ${what} out of bounds`);
  };
  const count = bounded("lanes", lanes, 1);
  return {
    name,
    memory: bounded("memory", memory, MIN_MEMORY_PER_LANE * count),
    passes: bounded("passes", passes, 1),
    lanes: count,
    salt,
  };
}

/** How the key of a new passphrase is made. */
export function newKdf(random: (length: number) => Uint8Array, cost: KdfCost = KDF_COST): Kdf {
  const { memory, passes, lanes } = cost;
  const salt = Buffer.from(random(SALT_BYTES)).toString("hex");
  return { name: "argon2id", memory, passes, lanes, salt };
}

/**
 * Gives a new passphrase as it counts: in NFC, so that it is the same from every keyboard.
 *
 * @throws {RangeError} if it is too short or too long; the message says so.
 */
export function cleanPassphrase(text: string): string {
  const passphrase = text.normalize("NFC");
  const points = [...passphrase].length;
  if (points < MIN_PASSPHRASE_POINTS) {
    throw new RangeError(
      `The passphrase is too short: at least ${MIN_PASSPHRASE_POINTS} characters; several words are good`,
    );
  }
  if (points > MAX_PASSPHRASE_POINTS) {
    throw new RangeError(`The passphrase is too long: at most ${MAX_PASSPHRASE_POINTS} characters`);
  }
  return passphrase;
}

/** Makes the key of a passphrase, whatever its length: a wrong one only gives a wrong key. */
export async function passphraseKey(passphrase: string, kdf: Kdf): Promise<Uint8Array> {
  // Most starts need none of it, and it takes 20 ms to load.
  const { argon2id } = await import("hash-wasm");
  return await argon2id({
    // Of no length it would be refused.
    password: passphrase.normalize("NFC") || "\0",
    salt: Buffer.from(kdf.salt, "hex"),
    memorySize: kdf.memory,
    iterations: kdf.passes,
    parallelism: kdf.lanes,
    hashLength: KEY_BYTES,
    outputType: "binary",
  });
}
