import type { DocumentChunk } from "../trust/document_chunk.ts";
import { ACTION } from "./change_ops.ts";
import { ids, numbers, odd, sumsBefore } from "./document_columns.ts";
import { type GraphLog, readGraph, type SavedGraph } from "./saved_graph.ts";
import { sortOps } from "./saved_ops.ts";

// The binary document format of Automerge, section "Document Chunks".
const OP = { actor: 0x21, counter: 0x23, action: 0x42 } as const;
/** The operations that removed what the others wrote; they have no rows of their own. */
const REMOVED = { count: 0x80, actor: 0x81, counter: 0x83 } as const;
/** `makeText`, with which every note begins. */
const MAKE_TEXT = 4;

/** The changes of one actor in a saved note. */
export interface NoteLog extends GraphLog {
  /** How many operations of the actor come before each; one more, for all of them. */
  readonly rowsBefore: Int32Array;
  /** Of each operation of the actor, whether it inserts a character. */
  readonly inserts: Uint8Array;
}

/** The changes of a saved note, each after those it rests on. */
export interface SavedColumns extends SavedGraph {
  readonly logs: readonly NoteLog[];
}

/**
 * Reads a saved note.
 *
 * @throws {SyntaxError} if it is none of this program's.
 */
export function readSavedNote(chunk: DocumentChunk): SavedColumns {
  const { ops } = chunk;
  const graph = readGraph(chunk);
  const actions = numbers(ops, OP.action);
  if (!actions.every((action) => action === ACTION.set || action === MAKE_TEXT)) {
    throw odd("operations of other kinds");
  }
  const written = ids(ops, OP, actions.length);
  const removed = ids(ops, REMOVED, sumsBefore(numbers(ops, REMOVED.count, actions.length)).at(-1));
  const { before, places } = sortOps(graph.logs, written, removed);
  const logs = graph.logs.map((log, i): NoteLog => {
    const rowsBefore = before[i] ?? new Int32Array();
    return { ...log, rowsBefore, inserts: new Uint8Array(rowsBefore.at(-1) ?? 0) };
  });
  for (const [i, place] of places.entries()) {
    const log = logs[written.logOf[i] ?? 0];
    if (log && actions[i] === ACTION.set) log.inserts[place] = 1;
  }
  return { ...graph, logs };
}
