import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { ristretto255, ristretto255_hasher } from "@noble/curves/ed25519.js";
import type { RandomBytes } from "../base/random.ts";

/**
 * CPace-RISTRETTO255-SHA512 of draft-irtf-cfrg-cpace: two who share a password of low entropy agree on a key;
 * who does not know it can try one password for each exchange. Names are the draft's where they are terms.
 */

type Point = InstanceType<typeof ristretto255.Point>;

/** Bytes of a message: an encoded point. */
export const CPACE_MESSAGE_BYTES = 32;

const DSI = Buffer.from("CPaceRistretto255");
const HASH_BLOCK_BYTES = 128;
const SCALAR_BYTES = 32;
/** Twice a scalar: reduced by the order of the group, such a number has no bias that matters. */
const WIDE_SCALAR_BYTES = 64;

/** What both must have in common. */
export interface CpaceInput {
  /** The password. */
  readonly prs: Uint8Array;
  /** Who talks to whom, over what. */
  readonly ci: Uint8Array;
  /** The id of the session, or empty. */
  readonly sid: Uint8Array;
}

/** A message, and data that its sender binds to it. */
export interface CpaceMessage {
  readonly point: Uint8Array;
  readonly data: Uint8Array;
}

/** A length as LEB128, then the bytes. */
export function prependLength(bytes: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let rest = bytes.length; length.length === 0 || rest > 0; rest >>>= 7) {
    length.push(rest < 0x80 ? rest : rest & 0x7f | 0x80);
  }
  return Buffer.concat([Uint8Array.from(length), bytes]);
}

/** The draft's `lv_cat`. */
export function joinWithLengths(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts.map(prependLength));
}

/** The draft's `generator_string`. */
export function generatorString({ prs, ci, sid }: CpaceInput): Uint8Array {
  const taken = 1 + prependLength(prs).length + prependLength(DSI).length;
  const padding = new Uint8Array(Math.max(0, HASH_BLOCK_BYTES - taken));
  return joinWithLengths(DSI, prs, padding, ci, sid);
}

/** The draft's `calculate_generator`. */
export function generator(input: CpaceInput): Point {
  const derive = ristretto255_hasher.deriveToCurve;
  if (!derive) throw new Error("Cannot use CPace: no map to ristretto255");
  return derive(sha512(generatorString(input)));
}

/** The draft's `sample_scalar`: a secret that is never zero. */
export function sampleScalar(random: RandomBytes): bigint {
  const wide = random(WIDE_SCALAR_BYTES);
  const scalar = littleEndian(wide) % ristretto255.Point.Fn.ORDER;
  wide.fill(0);
  return scalar === 0n ? sampleScalar(random) : scalar;
}

/** Reads a scalar of 32 bytes. */
export function readScalar(bytes: Uint8Array): bigint {
  if (bytes.length !== SCALAR_BYTES) throw new RangeError("Cannot read a scalar: not 32 bytes");
  return littleEndian(bytes);
}

/** The draft's `scalar_mult`. */
export function scalarMult(scalar: bigint, point: Point): Uint8Array {
  return point.multiply(scalar).toBytes();
}

/**
 * The draft's `scalar_mult_vfy`.
 * @throws {RangeError} if these are not the canonical bytes of a point, or the product is the identity: whoever
 * sent them would know the key without the password.
 */
export function scalarMultVerify(scalar: bigint, bytes: Uint8Array): Uint8Array {
  const product = readPoint(bytes).multiply(scalar);
  if (product.is0()) throw new RangeError("Cannot accept a point: it is the identity");
  return product.toBytes();
}

function readPoint(bytes: Uint8Array): Point {
  try {
    return ristretto255.Point.fromBytes(bytes);
  } catch (cause) {
    throw new RangeError("Cannot accept a point: not one of ristretto255", { cause });
  }
}

/** The draft's `transcript_ir`: who began comes first. */
export function orderedTranscript(initiator: CpaceMessage, responder: CpaceMessage): Uint8Array {
  return Buffer.concat([messageBytes(initiator), messageBytes(responder)]);
}

/** The draft's `transcript_oc`: the same on both sides, whoever began. */
export function unorderedTranscript(one: CpaceMessage, other: CpaceMessage): Uint8Array {
  const [first, second] = [messageBytes(one), messageBytes(other)].toSorted((a, b) =>
    Buffer.compare(b, a)
  );
  return Buffer.concat([Buffer.from("oc"), first!, second!]);
}

const messageBytes = ({ point, data }: CpaceMessage) => joinWithLengths(point, data);

/** The draft's `ISK`, the key of 64 bytes that both have if they had the same password. */
export function sessionKey(
  sid: Uint8Array,
  shared: Uint8Array,
  transcript: Uint8Array,
): Uint8Array {
  const label = Buffer.concat([DSI, Buffer.from("_ISK")]);
  return sha512(joinWithLengths(label, sid, shared), transcript);
}

/** The draft's `sid_output`, a public name for the session. */
export function sessionName(transcript: Uint8Array): Uint8Array {
  return sha512(Buffer.from("CPaceSidOutput"), transcript);
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${bytes.toReversed().toHex()}`);
}
