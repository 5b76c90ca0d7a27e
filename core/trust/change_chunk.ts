import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { ChangeHash } from "../base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_INFLATED_BYTES } from "../base/limits.ts";
import { HASHED_FROM, inflate, openChunk } from "./chunk.ts";

const TYPE_CHANGE = 1;
const TYPE_DEFLATED_CHANGE = 2;

/** Gives the plain body of a change chunk, inflated if need be. */
export function bodyOf(change: Uint8Array): Uint8Array {
  return unpack(change).body;
}

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
  const { checksum, body, isPlain } = unpack(change);
  // What is hashed is what follows the checksum of a plain chunk.
  const hashed = isPlain ? change.subarray(HASHED_FROM) : Buffer.concat([hashedHead(body), body]);
  const hash = createHash("sha256").update(hashed).digest("hex");
  if (!hash.startsWith(checksum)) throw badChange("damaged, its checksum does not match");
  const plain = isPlain
    ? change
    : new Uint8Array(Buffer.concat([change.subarray(0, HASHED_FROM), hashed]));
  return { hash: hash as ChangeHash, body, plain };
}

/** The error of whatever is no change that can be read. */
export function badChange(state: string, options?: ErrorOptions): SyntaxError {
  return new SyntaxError(`Cannot read the change: ${state}`, options);
}

function unpack(
  change: Uint8Array,
): { checksum: string; body: Uint8Array; isPlain: boolean } {
  if (change.length > MAX_CHANGE_BYTES) throw badChange(`${change.length} bytes long`);
  const { checksum, type, body } = openChunk(change, badChange);
  if (type !== TYPE_CHANGE && type !== TYPE_DEFLATED_CHANGE) throw badChange(`of type ${type}`);
  const isPlain = type === TYPE_CHANGE;
  return {
    checksum: checksum.toHex(),
    body: isPlain ? body : inflate(body, MAX_INFLATED_BYTES, badChange),
    isPlain,
  };
}

/** What is hashed before the body: type 1, whether the change came deflated or not, and its length. */
function hashedHead(body: Uint8Array): Uint8Array {
  const bytes = [TYPE_CHANGE];
  let value = body.length;
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 + 0x80);
  return Uint8Array.from([...bytes, value]);
}
