import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import { Buffer } from "node:buffer";
import type { ActorId, ChangeHash } from "../base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_CHANGE_ROWS, MAX_DEPS, MAX_INFLATED_BYTES } from "../base/limits.ts";
import { ByteReader } from "./byte_reader.ts";
import { countRows } from "./change_columns.ts";

/** What an Automerge change says of itself before its operations, and how many these are. */
export interface ChangeHeader {
  readonly hash: ChangeHash;
  /** The changes it rests on, in ascending order. */
  readonly deps: readonly ChangeHash[];
  readonly actor: ActorId;
  /** Its place in the log of its actor: 1, 2, 3 … */
  readonly seq: number;
  /** The counter of its first operation. */
  readonly startOp: number;
  /** Milliseconds since 1970 by its author's clock. */
  readonly time: number;
  /** The message that the author gave it, or `null`. */
  readonly messageText: string | null;
  /** Rows of the longest column of its operations: it has no more operations than that. */
  readonly rows: number;
}

/** The message of a change, in bytes of UTF-8. */
export const MAX_CHANGE_MESSAGE_BYTES = 256;

const MAGIC = 0x856f4a83;
const CHECKSUM_BYTES = 4;
const HASH_BYTES = 32;
const TYPE_CHANGE = 1;
const TYPE_DEFLATED_CHANGE = 2;
// The byte before the body's length in what is hashed, whether the change came deflated or not.
const HASHED_TYPE = Uint8Array.of(TYPE_CHANGE);
// An actor of our own and a branch of one.
const ACTOR_BYTES = 16;
const BRANCH_ACTOR_BYTES = 21;

/**
 * Reads the header of an Automerge change chunk (the binary document format of Automerge, section
 * "Change Chunks") and verifies its checksum, which Automerge's `applyChanges` does not do. The bytes
 * are a stranger's: nothing is taken or believed before it is bounded. Its operations are counted, not
 * read.
 *
 * @throws {SyntaxError} if it is not exactly one change, plain or deflated, within the limits and
 * with numbers in their shortest form.
 */
export function readChangeHeader(change: Uint8Array): ChangeHeader {
  const { checksum, body } = unpack(change);
  const hash = createHash("sha256").update(HASHED_TYPE).update(uleb(body.length)).update(body)
    .digest("hex") as ChangeHash;
  if (!hash.startsWith(checksum)) throw bad("damaged, its checksum does not match");
  return readBody(hash, new ByteReader(body, bad));
}

/**
 * Gives the rows of a change that was read with {@linkcode readChangeHeader} before, at a small part of its
 * cost.
 *
 * @throws {SyntaxError} if it is none.
 */
export function rowsOf(change: Uint8Array): number {
  const body = new ByteReader(unpack(change).body, bad);
  const deps = body.uleb();
  body.take(deps * HASH_BYTES);
  body.take(body.uleb());
  for (let i = 0; i < 2; i++) body.uleb();
  body.sleb();
  body.take(body.uleb());
  return countRows(body, MAX_CHANGE_ROWS, bad);
}

/**
 * Gives what a change rests on that was read with {@linkcode readChangeHeader} before, at a small part of its
 * cost.
 *
 * @throws {SyntaxError} if it is none.
 */
export function depsOf(change: Uint8Array): ChangeHash[] {
  return readDeps(new ByteReader(unpack(change).body, bad));
}

function unpack(change: Uint8Array): { checksum: string; body: Uint8Array } {
  if (change.length > MAX_CHANGE_BYTES) throw bad(`${change.length} bytes long`);
  const chunk = new ByteReader(change, bad);
  if (chunk.u32() !== MAGIC) throw bad("no chunk of Automerge");
  const checksum = hex(chunk.take(CHECKSUM_BYTES));
  const type = chunk.u8();
  if (type !== TYPE_CHANGE && type !== TYPE_DEFLATED_CHANGE) throw bad(`of type ${type}`);
  const length = chunk.uleb();
  if (length !== chunk.left) throw bad("of another length than it says");
  const packed = chunk.take(length);
  return { checksum, body: type === TYPE_CHANGE ? packed : inflate(packed) };
}

function readBody(hash: ChangeHash, body: ByteReader): ChangeHeader {
  const deps = readDeps(body);
  const actorBytes = body.uleb();
  if (actorBytes !== ACTOR_BYTES && actorBytes !== BRANCH_ACTOR_BYTES) {
    throw bad(`by an actor of ${actorBytes} bytes`);
  }
  const actor = hex(body.take(actorBytes)) as ActorId;
  const seq = body.uleb();
  const startOp = body.uleb();
  if (seq < 1 || startOp < 1) throw bad("numbered from 0");
  const time = body.sleb();
  const messageBytes = body.uleb();
  if (messageBytes > MAX_CHANGE_MESSAGE_BYTES) throw bad(`with ${messageBytes} bytes of message`);
  const messageText = utf8(body.take(messageBytes));
  const rows = countRows(body, MAX_CHANGE_ROWS, bad);
  return { hash, deps, actor, seq, startOp, time, messageText, rows };
}

function readDeps(body: ByteReader): ChangeHash[] {
  const count = body.uleb();
  if (count > MAX_DEPS) throw bad(`with ${count} dependencies`);
  const deps: ChangeHash[] = [];
  for (let i = 0; i < count; i++) {
    const dep = hex(body.take(HASH_BYTES)) as ChangeHash;
    const before = deps[i - 1];
    if (before !== undefined && before >= dep) throw bad("with dependencies out of order");
    deps.push(dep);
  }
  return deps;
}

function inflate(packed: Uint8Array): Uint8Array {
  // Deno's zlib knows this option of Node's too; its types do not.
  const options = { maxOutputLength: MAX_INFLATED_BYTES, rejectGarbageAfterEnd: true };
  try {
    return inflateRawSync(packed, options);
  } catch (cause) {
    throw bad("deflated, but not soundly or to too much", { cause });
  }
}

function utf8(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw bad("with a message that is not UTF-8", { cause });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

function uleb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 + 0x80);
  return Uint8Array.from([...bytes, value]);
}

function bad(state: string, options?: ErrorOptions): SyntaxError {
  return new SyntaxError(`Cannot read the change: ${state}`, options);
}
