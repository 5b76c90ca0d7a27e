import { countFirst } from "../base/count_first.ts";
import type { ActorId } from "../base/ids.ts";
import { Column } from "../trust/column.ts";
import {
  type DocumentChunk,
  type DocumentColumn,
  MAX_SEALED_ROWS,
} from "../trust/document_chunk.ts";
import { ACTION } from "./change_ops.ts";

// The binary document format of Automerge, section "Document Chunks".
const CHANGE = { actor: 0x01, seq: 0x03, maxOp: 0x13, depCount: 0x40, dep: 0x43 } as const;
const OP = { actor: 0x21, counter: 0x23, action: 0x42 } as const;
/** The operations that removed what the others wrote; they have no rows of their own. */
const REMOVED = { count: 0x80, actor: 0x81, counter: 0x83 } as const;
/** `makeText`, with which every note begins. */
const MAKE_TEXT = 4;

/** The changes of one actor in a saved note, each at `seq - 1`. */
export interface SavedLog {
  readonly actor: ActorId;
  /** Their places among all changes. */
  readonly changes: Int32Array;
  /** The numbers of their last operations; they grow. */
  readonly maxOps: Int32Array;
  /** How many operations of the actor come before each; one more, for all of them. */
  readonly rowsBefore: Int32Array;
  /** Of each operation of the actor, whether it inserts a character. */
  readonly inserts: Uint8Array;
}

/** The changes of a saved note, each after those it rests on. */
export interface SavedColumns {
  readonly logs: readonly SavedLog[];
  /** Of each change, the place of its log among the logs, and its own in its log, from 1 on. */
  readonly logOf: Int32Array;
  readonly seqs: Int32Array;
  /** The dependencies of change `i` are `deps` from `depsFrom[i]` up to `depsFrom[i + 1]`. */
  readonly depsFrom: Int32Array;
  readonly deps: Int32Array;
}

/** The ids of operations: places of logs, and counters. */
interface Ids {
  readonly logOf: Int32Array;
  readonly counters: Int32Array;
}

/**
 * Reads a saved note.
 *
 * @throws {SyntaxError} if it is none of this program's.
 */
export function readSavedNote({ actors, changes, ops }: DocumentChunk): SavedColumns {
  const logOf = numbers(changes, CHANGE.actor);
  const size = logOf.length;
  const seqs = numbers(changes, CHANGE.seq, size);
  const maxOps = numbers(changes, CHANGE.maxOp, size);
  const places: number[][] = actors.map(() => []);
  for (let i = 0; i < size; i++) {
    if (places[logOf[i] ?? -1]?.push(i) !== seqs[i]) throw odd("changes out of order");
  }
  const changesOf = places.map((places) => Int32Array.from(places));
  const maxOpsOf = changesOf.map((changes) => changes.map((i) => maxOps[i] ?? 0));
  const rows = sortOps(maxOpsOf, ops);
  const logs = actors.map((actor, i): SavedLog => ({
    actor: actor as ActorId,
    changes: changesOf[i] ?? new Int32Array(),
    maxOps: maxOpsOf[i] ?? new Int32Array(),
    rowsBefore: rows.before[i] ?? new Int32Array(),
    inserts: rows.inserts[i] ?? new Uint8Array(),
  }));
  const depsFrom = sumsBefore(numbers(changes, CHANGE.depCount, size));
  const deps = numbers(changes, CHANGE.dep, depsFrom[size]);
  for (let i = 0; i < size; i++) {
    const end = depsFrom[i + 1] ?? 0;
    for (let at = depsFrom[i] ?? 0; at < end; at++) {
      const dep = deps[at] ?? -1;
      if (dep < 0 || dep >= i) throw odd("changes out of order");
    }
  }
  return { logs, logOf, seqs, depsFrom, deps };
}

/** The place of the first of growing numbers that is not below another. */
export function firstFrom(numbers: Int32Array, least: number): number {
  return countFirst(numbers, (number) => number < least);
}

/** Tells, for each log, how many operations come before each change, and which operations insert. */
function sortOps(
  maxOpsOf: readonly Int32Array[],
  ops: readonly DocumentColumn[],
): { before: Int32Array[]; inserts: Uint8Array[] } {
  const actions = numbers(ops, OP.action);
  if (!actions.every((action) => action === ACTION.set || action === MAKE_TEXT)) {
    throw odd("operations of other kinds");
  }
  const written = ids(ops, OP, actions.length);
  const removed = ids(ops, REMOVED, sumsBefore(numbers(ops, REMOVED.count, actions.length)).at(-1));
  const counts = maxOpsOf.map((maxOps) => new Int32Array(maxOps.length));
  const changeOf = ({ logOf, counters }: Ids) =>
    logOf.map((log, i) => {
      const change = firstFrom(maxOpsOf[log] ?? new Int32Array(), counters[i] ?? 0);
      const count = counts[log];
      if (!count || change >= count.length) throw odd("operations that are in no change");
      count[change] = (count[change] ?? 0) + 1;
      return change;
    });
  const writtenIn = changeOf(written);
  // They have no rows, but count.
  changeOf(removed);
  const before = counts.map(sumsBefore);
  const inserts = before.map((sums) => new Uint8Array(sums.at(-1) ?? 0));
  for (const [i, change] of writtenIn.entries()) {
    const log = written.logOf[i] ?? 0;
    // The operations of a change are numbered without a gap, up to its last.
    const fromEnd = (maxOpsOf[log]?.[change] ?? 0) - (written.counters[i] ?? 0);
    const at = (before[log]?.[change + 1] ?? 0) - 1 - fromEnd;
    if (at < (before[log]?.[change] ?? 0)) throw odd("operations that are not numbered in a row");
    const flags = inserts[log];
    if (flags && actions[i] === ACTION.set) flags[at] = 1;
  }
  return { before, inserts };
}

function ids(
  columns: readonly DocumentColumn[],
  { actor, counter }: { readonly actor: number; readonly counter: number },
  rows = 0,
): Ids {
  return { logOf: numbers(columns, actor, rows), counters: numbers(columns, counter, rows) };
}

/** The sum of all numbers before each; one more, for all of them. */
function sumsBefore(counts: Int32Array): Int32Array {
  const sums = new Int32Array(counts.length + 1);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sums[i + 1] = sum += counts[i] ?? 0;
  return sums;
}

/** A column of numbers, of so many rows or of as many as there are; none where there is no column. */
function numbers(columns: readonly DocumentColumn[], wanted: number, rows?: number): Int32Array {
  const found = columns.find(({ spec }) => spec === wanted);
  if (!found) {
    if (rows) throw odd(`no column ${wanted}`);
    return new Int32Array();
  }
  const column = () => new Column(wanted, found.bytes, MAX_SEALED_ROWS, odd);
  const length = column().end();
  if (rows !== undefined && length !== rows) throw odd("columns of unequal length");
  return new Int32Array(column().numbers(length));
}

function odd(state: string): SyntaxError {
  return new SyntaxError(`Cannot read the saved note: ${state}`);
}
