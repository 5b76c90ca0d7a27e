import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import {
  type CpaceInput,
  generator,
  joinWithLengths,
  orderedTranscript,
  sampleScalar,
  scalarMult,
  scalarMultVerify,
  sessionKey,
} from "./cpace.ts";

/** Tries that a code bears in all, whoever makes them. */
export const MAX_CODE_TRIES = 3;
/** Bytes of a tag by which a side shows that it knows the code. */
export const PAIRING_TAG_BYTES = 32;

const NOTHING = new Uint8Array(0);

/** Who pairs with whom, over which link. */
export interface PairingSides {
  /** Who types the code. */
  readonly guest: PeerId;
  /** Who shows it. */
  readonly host: PeerId;
  /** Of the link between them, 32 bytes. */
  readonly binding: Uint8Array;
}

/** The side at which the code is typed. It sends `message`, then what {@linkcode answer} gives. */
export class PairingGuest {
  /** The first message, 32 bytes. */
  readonly message: Uint8Array;
  readonly #secret: bigint;
  #key: Uint8Array | undefined;

  constructor(code: string, sides: PairingSides, random: RandomBytes) {
    this.#secret = sampleScalar(random);
    this.message = scalarMult(this.#secret, generator(inputOf(code, sides)));
  }

  /**
   * Takes the host's message and gives the tag that shows the host that this side knows the code.
   * @throws {RangeError} if the message is none.
   */
  answer(message: Uint8Array): Uint8Array {
    const shared = scalarMultVerify(this.#secret, message);
    this.#key = keyOf(shared, this.message, message);
    return tagOf(this.#key, "guest", NOTHING);
  }

  /** Whether the host knows the code too, and gave this `payload`. */
  accepts(tag: Uint8Array, payload: Uint8Array): boolean {
    return this.#key !== undefined && isTag(tag, tagOf(this.#key, "host", payload));
  }
}

/** One guest's try at a code. */
export interface PairingTry {
  /** What the guest is answered, 32 bytes. */
  readonly message: Uint8Array;
  /**
   * Takes the guest's tag. When it is right the code is used up, and this is the tag that shows the guest
   * that the host knows it too and gives it `payload`; else `null`.
   */
  confirm(tag: Uint8Array, payload: Uint8Array): Uint8Array | null;
}

/** The side that shows a code: it lets in one guest, and bears three tries in all. */
export class PairingHost {
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly #random: RandomBytes;
  #triesLeft = MAX_CODE_TRIES;
  #isUsed = false;

  constructor(code: string, expiresAt: number, random: RandomBytes) {
    this.code = code;
    this.expiresAt = expiresAt;
    this.#random = random;
  }

  /** How many more guests may try. A try that goes on has been counted. */
  get triesLeft(): number {
    return this.#isUsed ? 0 : this.#triesLeft;
  }

  /** Whether someone was let in. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** Whether a try may begin. */
  isOpen(now: number): boolean {
    return this.triesLeft > 0 && now < this.expiresAt;
  }

  /**
   * Takes a guest's first message, which counts as a try whatever becomes of it.
   * @returns `null` if the code is over, or the message is none.
   */
  answer(message: Uint8Array, sides: PairingSides, now: number): PairingTry | null {
    if (!this.isOpen(now)) return null;
    this.#triesLeft--;
    const secret = sampleScalar(this.#random);
    const answer = scalarMult(secret, generator(inputOf(this.code, sides)));
    const key = this.#agree(secret, message, answer);
    if (!key) return null;
    let isOver = false;
    return {
      message: answer,
      confirm: (tag, payload) => {
        const isRight = !isOver && !this.#isUsed && isTag(tag, tagOf(key, "guest", NOTHING));
        isOver = true;
        if (!isRight) return null;
        this.#isUsed = true;
        return tagOf(key, "host", payload);
      },
    };
  }

  #agree(secret: bigint, message: Uint8Array, answer: Uint8Array): Uint8Array | undefined {
    try {
      return keyOf(scalarMultVerify(secret, message), message, answer);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

function inputOf(code: string, { guest, host, binding }: PairingSides): CpaceInput {
  const ci = joinWithLengths(
    Buffer.from("earshot/pair/1"),
    Buffer.from("guest"),
    Buffer.from(guest, "hex"),
    Buffer.from("host"),
    Buffer.from(host, "hex"),
    binding,
  );
  return { prs: Buffer.from(code), ci, sid: NOTHING };
}

function keyOf(shared: Uint8Array, guest: Uint8Array, host: Uint8Array): Uint8Array {
  const transcript = orderedTranscript({ point: guest, data: NOTHING }, {
    point: host,
    data: NOTHING,
  });
  return sessionKey(NOTHING, shared, transcript);
}

function tagOf(key: Uint8Array, side: "guest" | "host", payload: Uint8Array): Uint8Array {
  const tag = createHmac("sha256", key).update(`earshot/pair/${side}/1`).update(payload).digest();
  return new Uint8Array(tag);
}

function isTag(given: Uint8Array, tag: Uint8Array): boolean {
  return given.length === tag.length && timingSafeEqual(given, tag);
}
