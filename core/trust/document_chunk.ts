import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { MAX_SEALED_BYTES } from "../base/limits.ts";
import { ByteReader } from "./byte_reader.ts";
import { HASHED_FROM, inflate, openChunk } from "./chunk.ts";

/** Operations of a sealed document, and what replaced or removed them; loading takes 3 µs for each. */
export const MAX_SEALED_ROWS = 2_000_000;
/** All columns of a sealed document after inflation, in bytes. */
export const MAX_SEALED_INFLATED_BYTES = 32 * 1024 * 1024;
/** Changes that a document may have whatever its length. */
const FREE_CHANGES = 1000;
/** Changes for each further byte: of a long note two, as people type. What has more rests as single envelopes. */
const CHANGES_PER_BYTE = 8;
/** Operations that a change may have without a byte of its own in the document. */
const FREE_ROWS = 8;

// The binary document format of Automerge: https://automerge.org/automerge-binary-format-spec/
const TYPE_DOCUMENT = 0;
const HASH_BYTES = 32;
/** The lowest bits of a column's number say what is in it. */
const TYPE_MASK = 7;
const GROUP = 0;
const DELTA = 3;
const BOOLEAN = 4;
const TEXT = 5;
const VALUE = 7;
/** Whether its bytes are deflated. */
const DEFLATED = 8;
/** What is above these bits is the same for the columns of one group. */
const ID_SHIFT = 4;
/** The columns of changes and of operations, as Automerge writes them for documents of this program, in order. */
const CHANGE_COLUMNS = [0x01, 0x03, 0x13, 0x23, 0x35, 0x40, 0x43, 0x56, 0x57];
const OP_COLUMNS = [
  ...[0x01, 0x02, 0x11, 0x13, 0x15, 0x21, 0x23, 0x34],
  ...[0x42, 0x56, 0x57, 0x80, 0x81, 0x83],
];

/** A column, inflated; its number is without the mark that it was deflated. */
export interface DocumentColumn {
  readonly spec: number;
  readonly bytes: Uint8Array;
}

/** What a document as Automerge saves it lies in. */
export interface DocumentChunk {
  /** In hex; columns name them by their places. */
  readonly actors: readonly string[];
  /** A row for each change, each after those it rests on. */
  readonly changes: readonly DocumentColumn[];
  /** A row for each operation but for those that remove: these are named where they removed something. */
  readonly ops: readonly DocumentColumn[];
}

/**
 * Takes a document as Automerge saves it apart and makes sure that it is one sound chunk, and not a bomb: 192
 * bytes can say that they are five million operations, which take gigabytes. Its runs are added up without being
 * expanded.
 *
 * @param maxChanges The changes that it may have.
 * @throws {SyntaxError} if it is none, or of more changes, operations or bytes than it may have.
 */
export function checkDocumentChunk(bytes: Uint8Array, maxChanges: number): DocumentChunk {
  const chunk = readDocumentChunk(bytes);
  const { changes, ops } = chunk;
  const made = count(changes);
  if (made.rows > maxChanges) throw bad(`of more than ${maxChanges} changes`);
  if (made.rows > FREE_CHANGES + CHANGES_PER_BYTE * bytes.length) {
    throw bad("of too many changes for its bytes");
  }
  const written = count(ops);
  const inflated = [...changes, ...ops].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const most = Math.min(MAX_SEALED_ROWS, FREE_ROWS * made.rows + inflated);
  if (written.rows > most || written.members > MAX_SEALED_ROWS || made.members > MAX_SEALED_ROWS) {
    throw bad("of too many operations for its bytes");
  }
  return chunk;
}

/**
 * Takes a document as Automerge saves it apart, its columns bounded in bytes and not looked into.
 *
 * @throws {SyntaxError} if it is not one sound chunk.
 */
export function readDocumentChunk(bytes: Uint8Array): DocumentChunk {
  if (bytes.length > MAX_SEALED_BYTES) throw bad(`${bytes.length} bytes long`);
  const body = openDocument(bytes);
  const actors: string[] = [];
  for (let left = body.uleb(); left > 0; left--) {
    actors.push(body.take(body.uleb()).toHex());
  }
  const heads = body.uleb();
  body.take(heads * HASH_BYTES);
  const [ofChanges, ofOps] = [readHeads(body, CHANGE_COLUMNS), readHeads(body, OP_COLUMNS)];
  const room = { left: MAX_SEALED_INFLATED_BYTES };
  const changes = takeColumns(ofChanges, body, room);
  const ops = takeColumns(ofOps, body, room);
  // The places of the heads among the changes.
  for (let i = 0; i < heads; i++) body.uleb();
  if (body.left > 0) throw bad("with bytes behind its end");
  return { actors, changes, ops };
}

/** Verifies the checksum, which stands for all that follows it. */
function openDocument(bytes: Uint8Array): ByteReader {
  const { checksum, type, body } = openChunk(bytes, bad);
  if (type !== TYPE_DOCUMENT) throw bad("no document");
  const hash = createHash("sha256").update(bytes.subarray(HASHED_FROM)).digest();
  if (Buffer.compare(hash.subarray(0, checksum.length), checksum) !== 0) {
    throw bad("damaged, its checksum does not match");
  }
  return new ByteReader(body, bad);
}

interface ColumnHead {
  readonly spec: number;
  readonly length: number;
}

/** What is not asked of its columns could be anything: as much as they can hold, for peers to keep and pass on. */
function readHeads(body: ByteReader, known: readonly number[]): ColumnHead[] {
  const count = body.uleb();
  if (count > known.length) throw bad(`of ${count} columns`);
  let before = -1;
  return Array.from({ length: count }, () => {
    const spec = body.uleb();
    const at = known.indexOf(spec % (2 * DEFLATED) < DEFLATED ? spec : spec - DEFLATED);
    if (at < 0) throw bad(`with a column ${spec}`);
    if (at <= before) throw bad("with columns out of order");
    before = at;
    return { spec, length: body.uleb() };
  });
}

function takeColumns(
  heads: readonly ColumnHead[],
  body: ByteReader,
  room: { left: number },
): DocumentColumn[] {
  return heads.map(({ spec, length }) => {
    const taken = body.take(length);
    const isDeflated = (spec & DEFLATED) !== 0;
    const bytes = isDeflated ? inflate(taken, room.left, bad) : taken;
    room.left -= bytes.length;
    if (room.left < 0) throw bad("of too many bytes");
    return { spec: isDeflated ? spec - DEFLATED : spec, bytes };
  });
}

/**
 * Gives how many rows the longest of some columns has, and how many members the groups: what a row rests on or
 * was replaced by. The columns of a group have a row for each member.
 */
function count(columns: readonly DocumentColumn[]): { rows: number; members: number } {
  let [rows, members] = [0, 0];
  const groups = new Set(
    columns.filter(({ spec }) => (spec & TYPE_MASK) === GROUP).map(({ spec }) => spec >> ID_SHIFT),
  );
  for (const { spec, bytes } of columns) {
    const type = spec & TYPE_MASK;
    if (type === VALUE) continue;
    const runs = addUp(new ByteReader(bytes, bad), type);
    if (type === GROUP) members = Math.max(members, runs.sum);
    if (type === GROUP || !groups.has(spec >> ID_SHIFT)) rows = Math.max(rows, runs.rows);
    else members = Math.max(members, runs.rows);
  }
  return { rows, members };
}

/** Gives how many rows the runs of a column are, and the sum of their numbers. */
function addUp(bytes: ByteReader, type: number): { rows: number; sum: number } {
  let [rows, sum] = [0, 0];
  const value = (): number => {
    if (type === DELTA) return bytes.sleb();
    const number = bytes.uleb();
    if (type === TEXT) bytes.take(number);
    return number;
  };
  while (bytes.left > 0) {
    const run = type === BOOLEAN ? 0 : bytes.sleb();
    const times = run === 0 ? bytes.uleb() : Math.abs(run);
    rows += times;
    if (run > 0) sum += value() * times;
    else if (run < 0) { for (let i = 0; i < times; i++) sum += value(); }
  }
  return { rows, sum };
}

function bad(state: string, options?: ErrorOptions): SyntaxError {
  return new SyntaxError(`Cannot read the document: ${state}`, options);
}
