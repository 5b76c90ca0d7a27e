import type { ActorId, ChangeHash } from "../base/ids.ts";
import { MAX_CHANGE_ROWS } from "../base/limits.ts";
import { hashOf, unpack } from "../trust/change_chunk.ts";
import { MAX_CHANGE_MESSAGE_BYTES, MAX_OP_COUNTER, placeOf } from "../trust/change_header.ts";
import type { DocumentChunk, DocumentColumn } from "../trust/document_chunk.ts";
import { MAX_OPS_AHEAD } from "./ancestry.ts";
import { ACTION } from "./change_ops.ts";
import { columnOf, ids, numbers, odd } from "./document_columns.ts";
import type { SavedEntry, TimedChange } from "./documents.ts";
import { GENESIS_ACTOR } from "./genesis.ts";
import { maxEntries } from "./row_limit.ts";
import { readGraph, type SavedGraph } from "./saved_graph.ts";
import { sortOps } from "./saved_ops.ts";
import { splitText } from "./split_text.ts";

// The binary document format of Automerge, section "Document Chunks".
const CHANGE = { actor: 1, seq: 3, maxOp: 0x13, time: 0x23, message: 0x35 } as const;
const OP = { key: 0x15, actor: 0x21, counter: 0x23, insert: 0x34, action: 0x42 } as const;
const VALUE = { meta: 0x56, bytes: 0x57 } as const;
const SUCCESSORS = 0x80;
const KNOWN_OF_CHANGES: readonly number[] = [...Object.values(CHANGE), 0x40, 0x43, VALUE.meta];
const KNOWN_OF_OPS: readonly number[] = [
  ...Object.values(OP),
  ...Object.values(VALUE),
  SUCCESSORS,
];
const TEXT_VALUE = 6;
/** What is remembered of pasts: numbers, one for each change and log. */
const MAX_PAST_NUMBERS = 4_000_000;

/** What a document tells in which each key was written once. */
export interface WrittenOnce {
  /** Each after those it rests on. */
  readonly changes: readonly TimedChange[];
  /** Of each actor, in the order in which they were written. */
  readonly entries: ReadonlyMap<ActorId, readonly SavedEntry[]>;
}

/**
 * Reads a saved document in which each key was written once, which nearly every full segment is, as a whole: in
 * a third of the time that its changes take one by one. What is read here passes the gate too, change by change.
 *
 * @param made The changes of the document, as Automerge gives them after it loaded it.
 * @throws {SyntaxError} if it is not such a document, or one that only its changes can tell about.
 * @throws {RangeError} likewise.
 */
export function readWrittenOnce(chunk: DocumentChunk, made: readonly Uint8Array[]): WrittenOnce {
  const { changes, ops } = chunk;
  requireOnly(changes, KNOWN_OF_CHANGES);
  requireOnly(ops, KNOWN_OF_OPS);
  const graph = readGraph(chunk);
  const { logs, logOf, seqs } = graph;
  const size = logOf.length;
  if (made.length !== size) throw odd("not as many changes as it says");
  if (logs.some(({ actor }) => actor.endsWith(GENESIS_ACTOR))) throw odd("of no one");
  requireShortMessages(changes, size);
  const times = readTimes(changes, size);
  const written = readEntries(ops);
  const { before, places } = sortOps(logs, written.ids);
  const entries = logs.map((_, i) => new Array<SavedEntry>(before[i]?.at(-1) ?? 0));
  const seqAt = logs.map((_, i) => seqsOf(before[i] ?? new Int32Array()));
  for (const [i, place] of places.entries()) {
    const log = written.ids.logOf[i] ?? 0;
    const own = entries[log];
    if (!own || place in own) throw odd("two operations of one number");
    const { keys, values, ids: { counters } } = written;
    const [key = "", value = ""] = [keys[i], values[i]];
    own[place] = { key, value, counter: counters[i] ?? 0, seq: seqAt[log]?.[place] ?? 0 };
  }
  const rows = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const [own, seq = 0] = [before[logOf[i] ?? 0], seqs[i]];
    rows[i] = (own?.[seq] ?? 0) - (own?.[seq - 1] ?? 0);
  }
  requireSound(graph, rows);
  return {
    changes: nameChanges(graph, { made, times, rows }),
    entries: new Map(logs.map(({ actor }, i) => [actor, entries[i] ?? []])),
  };
}

function requireOnly(columns: readonly DocumentColumn[], known: readonly number[]): void {
  if (columns.some(({ spec }) => !known.includes(spec))) throw odd("not only written keys");
}

function requireShortMessages(columns: readonly DocumentColumn[], size: number): void {
  const column = columnOf(columns, CHANGE.message);
  if (!column) return;
  while (column.next()) {
    // In UTF-8 a unit of UTF-16 is three bytes at most.
    if (3 * (column.text?.length ?? 0) > MAX_CHANGE_MESSAGE_BYTES) throw odd("a long message");
  }
  if (column.rows !== size) throw odd("columns of unequal length");
}

function readTimes(columns: readonly DocumentColumn[], size: number): Float64Array {
  const times = new Float64Array(size);
  const column = columnOf(columns, CHANGE.time);
  let [at, time] = [0, 0];
  while (column?.next()) {
    for (let i = 0; i < column.times; i++) {
      if (column.number === null) throw odd("a change without a time");
      times[at++] = time += column.number;
    }
    if (!Number.isSafeInteger(time)) throw odd("a time out of all bounds");
  }
  if (at !== size) throw odd("columns of unequal length");
  return times;
}

function readEntries(columns: readonly DocumentColumn[]) {
  const actions = numbers(columns, OP.action);
  const rows = actions.length;
  const isOther = actions.some((action) => action !== ACTION.set) ||
    numbers(columns, SUCCESSORS, rows).some((count) => count !== 0);
  const inserts = columnOf(columns, OP.insert)?.booleanRuns();
  if (isOther || inserts?.length !== 1 || inserts[0] !== rows) throw odd("not only written keys");
  const keys = columnOf(columns, OP.key)?.texts() ?? [];
  if (keys.length !== rows || keys.some((key) => !key)) throw odd("an operation without a key");
  if (new Set(keys).size !== rows) throw odd("a key that was written twice");
  const metas = numbers(columns, VALUE.meta, rows);
  if (metas.some((meta) => (meta & 0xf) !== TEXT_VALUE)) throw odd("a value that is no text");
  const bytes = columns.find(({ spec }) => spec === VALUE.bytes)?.bytes ?? new Uint8Array();
  const values = splitText(bytes, metas.map((meta) => meta >> 4));
  return { keys: keys as string[], values, ids: ids(columns, OP, rows) };
}

/** Of each operation of an actor, the place in its log of the change that it is in. */
function seqsOf(before: Int32Array): Int32Array {
  const seqs = new Int32Array(before.at(-1) ?? 0);
  for (let seq = 1; seq < before.length; seq++) seqs.fill(seq, before[seq - 1], before[seq]);
  return seqs;
}

/**
 * Makes sure of each change of what `Ancestry.judge` does: that it rests on the one before it in its log, on none
 * in two ways, and has operations, numbered above all that it rests on and not far ahead.
 */
function requireSound({ logs, logOf, seqs, depsFrom, deps }: SavedGraph, rows: Int32Array): void {
  const width = logs.length;
  if (logOf.length * width > MAX_PAST_NUMBERS) throw odd("of too many actors");
  /** For each change and log, how many of its changes are in the past of the change. */
  const pasts = new Int32Array(logOf.length * width);
  for (let i = 0; i < logOf.length; i++) {
    const [own, seq = 0] = [logOf[i] ?? 0, seqs[i]];
    const past = pasts.subarray(i * width, (i + 1) * width);
    const restsOn = deps.subarray(depsFrom[i], depsFrom[i + 1]);
    for (const dep of restsOn) {
      for (let log = 0; log < width; log++) {
        const count = pasts[dep * width + log] ?? 0;
        if (count > (past[log] ?? 0)) past[log] = count;
      }
    }
    let highest = 0;
    for (const dep of restsOn) {
      const [log, at = 0] = [logOf[dep] ?? 0, seqs[dep]];
      const isBelow = (past[log] ?? 0) >= at;
      if (isBelow && !(log === own && at === seq - 1)) throw odd("a dependency in two ways");
      if (!isBelow) past[log] = at;
      highest = Math.max(highest, logs[log]?.maxOps[at - 1] ?? 0);
    }
    if (past[own] !== seq - 1) throw odd("a change that does not rest on the one before it");
    const count = rows[i] ?? 0;
    const maxOp = logs[own]?.maxOps[seq - 1] ?? 0;
    const startOp = maxOp - count + 1;
    if (count === 0 || count > MAX_CHANGE_ROWS) throw odd("a change of no operations, or of many");
    if (maxOp > MAX_OP_COUNTER || startOp <= highest) throw odd("operations numbered too low");
    if (startOp - 1 > Math.max(highest, MAX_OPS_AHEAD)) throw odd("operations numbered far ahead");
  }
}

/** Gives the changes, each with its hash: a change names what it rests on by hash, so few need be hashed. */
function nameChanges(
  { logs, logOf, seqs, depsFrom, deps }: SavedGraph,
  { made, times, rows }: {
    readonly made: readonly Uint8Array[];
    readonly times: Float64Array;
    readonly rows: Int32Array;
  },
): TimedChange[] {
  const hashes = new Array<ChangeHash | undefined>(made.length).fill(undefined);
  const plains = made.map((change, i) => {
    const { body, plain } = unpack(change);
    const place = placeOf(body);
    const restsOn = deps.subarray(depsFrom[i], depsFrom[i + 1]);
    const isSame = place.actor === logs[logOf[i] ?? 0]?.actor && place.seq === seqs[i] &&
      place.deps.length === restsOn.length;
    if (!isSame) throw odd("changes in another order than Automerge's");
    if ((rows[i] ?? 0) > maxEntries(plain.length)) throw odd("a change of many operations");
    if (restsOn.length === 1) hashes[restsOn[0] ?? 0] = place.deps[0];
    return plain;
  });
  return plains.map((change, i) => ({
    hash: hashes[i] ?? hashOf(change),
    actor: logs[logOf[i] ?? 0]?.actor ?? GENESIS_ACTOR,
    seq: seqs[i] ?? 0,
    time: times[i] ?? 0,
    change,
  }));
}
