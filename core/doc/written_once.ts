import { type ActorId, type ChangeHash, HEAD_BYTES } from "../base/ids.ts";
import { MAX_CHANGE_ROWS, MAX_DEPS } from "../base/limits.ts";
import { ACTOR_BYTES, MAX_CHANGE_MESSAGE_BYTES, MAX_OP_COUNTER } from "../trust/change_header.ts";
import type { DocumentChunk, DocumentColumn } from "../trust/document_chunk.ts";
import { MAX_OPS_AHEAD } from "./ancestry.ts";
import { ACTION } from "./change_ops.ts";
import { columnOf, ids, numbers, odd } from "./document_columns.ts";
import type { SavedEntries, SavedLog } from "./documents.ts";
import { GENESIS_ACTOR } from "./genesis.ts";
import { MadeChanges } from "./made_changes.ts";
import { maxEntries } from "./row_limit.ts";
import { type GraphLog, readGraph, type SavedGraph } from "./saved_graph.ts";
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
const NO_ENTRIES: SavedEntries = {
  keys: [],
  values: [],
  counters: new Int32Array(),
  seqs: new Int32Array(),
};
/** What is remembered of pasts: numbers, one for each change and log. */
const MAX_PAST_NUMBERS = 4_000_000;

/**
 * Reads a saved document in which each key was written once, which nearly every full segment is, as a whole: in
 * half the time that its changes take one by one. What is read here passes the gate too, change by change.
 *
 * @param made The changes of the document, as Automerge gives them after it loaded it.
 * @returns its logs, and the length of all changes, plain.
 * @throws {SyntaxError} if it is not such a document, or one that only its changes can tell about.
 * @throws {RangeError} likewise.
 */
export function readWrittenOnce(
  chunk: DocumentChunk,
  made: readonly Uint8Array[],
): { readonly logs: Map<ActorId, SavedLog>; readonly bytes: number } {
  const { changes, ops } = chunk;
  requireOnly(changes, KNOWN_OF_CHANGES);
  requireOnly(ops, KNOWN_OF_OPS);
  const graph = readGraph(chunk);
  requireActors(graph.logs);
  const size = graph.logOf.length;
  requireShortMessages(changes, size);
  const times = readTimes(changes, size);
  const written = readWrites(ops);
  const { before, places } = sortOps(graph.logs, written.ids);
  requireSound(graph, before);
  const named = new MadeChanges(graph, made);
  const entries = sortEntries(before, places, written);
  const logs = new Map<ActorId, SavedLog>();
  let all = 0;
  for (const [i, { actor, changes }] of graph.logs.entries()) {
    const [own = NO_ENTRIES, rowsBefore = new Int32Array()] = [entries[i], before[i]];
    const heads = new Uint8Array(HEAD_BYTES * changes.length);
    let [bytes, newestAt] = [0, -Infinity];
    let top: SavedLog["top"] | undefined;
    for (const [at, place] of changes.entries()) {
      const change = named.plain(place);
      const hash = named.hash(place);
      const rows = (rowsBefore[at + 1] ?? 0) - (rowsBefore[at] ?? 0);
      if (rows > maxEntries(change.length)) throw odd("a change of many operations");
      heads.set(hash.subarray(0, HEAD_BYTES), HEAD_BYTES * at);
      newestAt = Math.max(newestAt, times[place] ?? 0);
      all += change.length;
      if (at + 1 < changes.length) bytes += change.length;
      // All of the memory that a view is of would cross to another thread.
      else top = { hash: hash.toHex() as ChangeHash, actor, seq: at + 1, change: change.slice() };
    }
    if (top) logs.set(actor, { heads, bytes, newestAt, top, entries: own });
  }
  return { logs, bytes: all };
}

function requireActors(logs: readonly GraphLog[]): void {
  if (new Set(logs.map(({ actor }) => actor)).size < logs.length) throw odd("an actor twice");
  for (const { actor } of logs) {
    const isOurs = ACTOR_BYTES.includes(actor.length / 2) && !actor.endsWith(GENESIS_ACTOR);
    if (!isOurs) throw odd("an actor of another program's");
  }
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

function readWrites(columns: readonly DocumentColumn[]) {
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

/** Puts what was written in the order in which each actor wrote it. */
function sortEntries(
  before: readonly Int32Array[],
  places: Int32Array,
  { keys, values, ids: { logOf, counters } }: ReturnType<typeof readWrites>,
): SavedEntries[] {
  const entries = before.map((rowsBefore) => {
    const count = rowsBefore.at(-1) ?? 0;
    const seqs = new Int32Array(count);
    for (let seq = 1; seq < rowsBefore.length; seq++) {
      seqs.fill(seq, rowsBefore[seq - 1], rowsBefore[seq]);
    }
    const texts = () => new Array<string>(count).fill("");
    return { keys: texts(), values: texts(), counters: new Int32Array(count), seqs };
  });
  for (const [i, place] of places.entries()) {
    const own = entries[logOf[i] ?? 0];
    // No key is empty: what has one was written before.
    if (!own || own.keys[place] !== "") throw odd("two operations of one number");
    own.keys[place] = keys[i] ?? "";
    own.values[place] = values[i] ?? "";
    own.counters[place] = counters[i] ?? 0;
  }
  return entries;
}

/**
 * Makes sure of each change of what `Ancestry.judge` does: that it rests on the one before it in its log, on none
 * in two ways, and has operations, numbered above all that it rests on and not far ahead.
 */
function requireSound(
  { logs, logOf, seqs, depsFrom, deps }: SavedGraph,
  before: readonly Int32Array[],
): void {
  const width = logs.length;
  if (logOf.length * width > MAX_PAST_NUMBERS) throw odd("of too many actors");
  /** For each change and log, how many of its changes are in the past of the change. */
  const pasts = new Int32Array(logOf.length * width);
  for (let i = 0; i < logOf.length; i++) {
    const [own, seq = 0] = [logOf[i] ?? 0, seqs[i]];
    const past = pasts.subarray(i * width, (i + 1) * width);
    const restsOn = deps.subarray(depsFrom[i], depsFrom[i + 1]);
    if (restsOn.length > MAX_DEPS) throw odd("a change with too many dependencies");
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
    const count = (before[own]?.[seq] ?? 0) - (before[own]?.[seq - 1] ?? 0);
    const maxOp = logs[own]?.maxOps[seq - 1] ?? 0;
    const startOp = maxOp - count + 1;
    if (count === 0 || count > MAX_CHANGE_ROWS) throw odd("a change of no operations, or of many");
    if (maxOp > MAX_OP_COUNTER || startOp <= highest) throw odd("operations numbered too low");
    if (startOp - 1 > Math.max(highest, MAX_OPS_AHEAD)) throw odd("operations numbered far ahead");
  }
}
