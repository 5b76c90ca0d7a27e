import type { ActorId, ChangeHash } from "../base/ids.ts";
import { MAX_CHANGE_ROWS, MAX_DEPS } from "../base/limits.ts";
import { ByteReader } from "./byte_reader.ts";
import { badChange, readChunk, unpack } from "./change_chunk.ts";
import { type ChangeColumns, readColumns } from "./change_columns.ts";

/** What an Automerge change says of itself before its operations, and how many these are. */
export interface ChangeHeader {
  readonly hash: ChangeHash;
  /** The changes it rests on, in ascending order. */
  readonly deps: readonly ChangeHash[];
  readonly actor: ActorId;
  /** Its place in the log of its actor: 1, 2, 3 … */
  readonly seq: number;
  /** The counter of its first operation; that of the last is at most {@linkcode MAX_OP_COUNTER}. */
  readonly startOp: number;
  /** Milliseconds since 1970 by its author's clock. */
  readonly time: number;
  /** The message that the author gave it, or `null`. */
  readonly messageText: string | null;
  /** How many operations it has: one at least. */
  readonly rows: number;
}

/** A change read as far as it can be by itself: its header, the columns of its operations and its plain chunk. */
export interface OpenChange {
  readonly header: ChangeHeader;
  readonly columns: ChangeColumns;
  readonly plain: Uint8Array;
}

/** The message of a change, in bytes of UTF-8. */
export const MAX_CHANGE_MESSAGE_BYTES = 256;
/** The highest counter of an operation: nine digits. Automerge fails beyond 2^32. */
export const MAX_OP_COUNTER = 999_999_999;

const HASH_BYTES = 32;
/** An actor of our own and a branch of one. */
export const ACTOR_BYTES: readonly number[] = [16, 21];

/**
 * Reads the header of an Automerge change chunk. The bytes are a stranger's: nothing is taken or believed
 * before it is bounded. Its operations are counted, not read.
 *
 * @throws {SyntaxError} if it is not exactly one change, plain or deflated, within the limits and in the one
 * form in which Automerge writes it.
 */
export function readChangeHeader(change: Uint8Array): ChangeHeader {
  return openChange(change).header;
}

/** Reads a change as {@linkcode readChangeHeader} does, for who goes on to read its operations. */
export function openChange(change: Uint8Array): OpenChange {
  const { hash, body, plain } = readChunk(change);
  return { ...readBody(hash, new ByteReader(body, badChange)), plain };
}

/**
 * Gives the rows of a change that was read with {@linkcode readChangeHeader} before, at a small part of its
 * cost.
 *
 * @throws {SyntaxError} if it is none.
 */
export function rowsOf(change: Uint8Array): number {
  const body = new ByteReader(unpack(change).body, badChange);
  const deps = body.uleb();
  body.take(deps * HASH_BYTES);
  body.take(body.uleb());
  for (let i = 0; i < 2; i++) body.uleb();
  body.sleb();
  body.take(body.uleb());
  return readColumns(body, MAX_CHANGE_ROWS, badChange).rows;
}

function readBody(
  hash: ChangeHash,
  body: ByteReader,
): { header: ChangeHeader; columns: ChangeColumns } {
  const deps = readDeps(body);
  const actorBytes = body.uleb();
  if (!ACTOR_BYTES.includes(actorBytes)) throw badChange(`by an actor of ${actorBytes} bytes`);
  const actor = hex(body.take(actorBytes)) as ActorId;
  const seq = body.uleb();
  const startOp = body.uleb();
  if (seq < 1 || startOp < 1) throw badChange("numbered from 0");
  const time = body.sleb();
  const messageBytes = body.uleb();
  if (messageBytes > MAX_CHANGE_MESSAGE_BYTES) {
    throw badChange(`with ${messageBytes} bytes of message`);
  }
  const messageText = utf8(body.take(messageBytes));
  const columns = readColumns(body, MAX_CHANGE_ROWS, badChange);
  const { rows, others } = columns;
  if (startOp + rows - 1 > MAX_OP_COUNTER) throw badChange(`of operations from ${startOp} on`);
  if (others.includes(actor)) throw badChange("whose author is among the other actors");
  return { header: { hash, deps, actor, seq, startOp, time, messageText, rows }, columns };
}

function readDeps(body: ByteReader): ChangeHash[] {
  const count = body.uleb();
  if (count > MAX_DEPS) throw badChange(`with ${count} dependencies`);
  const deps: ChangeHash[] = [];
  for (let i = 0; i < count; i++) {
    const dep = hex(body.take(HASH_BYTES)) as ChangeHash;
    const before = deps[i - 1];
    if (before !== undefined && before >= dep) throw badChange("with dependencies out of order");
    deps.push(dep);
  }
  return deps;
}

function utf8(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw badChange("with a message that is not UTF-8", { cause });
  }
}

function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}
