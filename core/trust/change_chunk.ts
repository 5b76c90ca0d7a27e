import { Buffer } from "node:buffer";
import * as crypto from "node:crypto";
import type { ChangeHash } from "../base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_INFLATED_BYTES } from "../base/limits.ts";
import { ByteReader } from "./byte_reader.ts";
import { HASHED_FROM, inflate, openChunk } from "./chunk.ts";

const TYPE_CHANGE = 1;
const TYPE_DEFLATED_CHANGE = 2;

/** A change chunk whose checksum was verified. */
export interface ChangeChunk {
  readonly hash: ChangeHash;
  /** Its plain body. */
  readonly body: Uint8Array;
  /** All of it, as one plain chunk, whether it came deflated or not. */
  readonly plain: Uint8Array;
}

/**
 * Reads a change chunk (the binary document format of Automerge, section "Change Chunks") and verifies its
 * checksum, which Automerge's `applyChanges` does not do.
 *
 * @throws {SyntaxError} if it is not exactly one change, plain or deflated, within the limits.
 */
export function readChunk(change: Uint8Array): ChangeChunk {
  const { checksum, body } = unpack(change);
  const plain = plainFrom(change, body);
  const hash = hashOf(plain);
  if (!hash.startsWith(checksum.toHex())) throw badChange("damaged, its checksum does not match");
  return { hash, body, plain };
}

/** Gives the hash of a change, as one plain chunk. */
export function hashOf(plain: Uint8Array): ChangeHash {
  // What is hashed is what follows the checksum.
  return crypto.hash("sha256", plain.subarray(HASHED_FROM), "hex") as ChangeHash;
}

/** Gives a change that was verified before, or made here, as one plain chunk. @throws {SyntaxError} as {@linkcode unpack}. */
export function plainOf(change: Uint8Array): Uint8Array {
  const isShort = change.length <= MAX_CHANGE_BYTES;
  return isShort && isPlain(change) ? change : plainFrom(change, unpack(change).body);
}

/** Opens a plain chunk of a change that was verified before, at its body. @throws {SyntaxError} if it is none. */
export function openBody(plain: Uint8Array): ByteReader {
  const reader = new ByteReader(plain, badChange);
  reader.skip(HASHED_FROM);
  if (reader.u8() !== TYPE_CHANGE || reader.uleb() !== reader.left) throw badChange("not plain");
  return reader;
}

/** Takes apart chunks that lie one after another, as views. @throws {SyntaxError} if the last is cut short. */
export function splitChunks(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const reader = new ByteReader(bytes, badChange);
  while (reader.left > 0) {
    const from = reader.at;
    reader.skip(HASHED_FROM + 1);
    reader.skip(reader.uleb());
    chunks.push(bytes.subarray(from, reader.at));
  }
  return chunks;
}

/** The error of whatever is no change that can be read. */
export function badChange(state: string, options?: ErrorOptions): SyntaxError {
  return new SyntaxError(`Cannot read the change: ${state}`, options);
}

/**
 * Takes a change chunk apart and inflates its body if need be; its checksum is not verified.
 *
 * @throws {SyntaxError} if it is not exactly one change, plain or deflated, within the limits.
 */
export function unpack(
  change: Uint8Array,
): Pick<ChangeChunk, "body"> & { readonly checksum: Uint8Array } {
  if (change.length > MAX_CHANGE_BYTES) throw badChange(`${change.length} bytes long`);
  const { checksum, type, body } = openChunk(change, badChange);
  if (type === TYPE_CHANGE) return { checksum, body };
  if (type !== TYPE_DEFLATED_CHANGE) throw badChange(`of type ${type}`);
  return { checksum, body: inflate(body, MAX_INFLATED_BYTES, badChange) };
}

function isPlain(change: Uint8Array): boolean {
  return change[HASHED_FROM] === TYPE_CHANGE;
}

/** The whole plain chunk of a change whose plain body this is. */
function plainFrom(change: Uint8Array, body: Uint8Array): Uint8Array {
  if (isPlain(change)) return change;
  const start = change.subarray(0, HASHED_FROM);
  return new Uint8Array(Buffer.concat([start, plainHead(body.length), body]));
}

/** What a plain chunk has before a body of so many bytes: that it is a change, and the length. */
function plainHead(length: number): Uint8Array {
  const bytes = [TYPE_CHANGE];
  let value = length;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 + 0x80);
  return Uint8Array.from([...bytes, value]);
}
