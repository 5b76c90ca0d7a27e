import { rowsOf } from "../trust/change_header.ts";
import { docKind } from "./doc_id.ts";
import { readDocKey } from "./doc_key.ts";
import { type EngineTask, isApart } from "./engine_task.ts";

/** Bytes that a task is given a millisecond for: one second for each megabyte. */
const BYTES_PER_MS = 1000;
/**
 * Operations of a note that a task is given a millisecond for. Few bytes may remove much text; a removed
 * character takes 7 µs on a fast machine, when it is removed as well as whenever the note is opened.
 */
const ROWS_PER_MS = 50;
/** Bytes of a saved document for which there is a millisecond: a change may take half a byte there. */
const SAVED_BYTES_PER_MS = 20;
/** The same where each of its changes is looked at, which takes ten times as long as to load it. */
const READ_BYTES_PER_MS = 5;
/** What operations and a saved document may add at most, in milliseconds: others may wait as long. */
const MAX_OPENING_MS = 10_000;
/** The same for calls that bring their document with them: nobody at this node waits for these. */
const MAX_APART_MS = 60_000;

/** What a rehearsal may take on a slow machine, in milliseconds. */
const REHEARSAL_MS = 30_000;

/** How many milliseconds a task may take because of its size, besides those that each has. */
export function taskCostMs({ key, open, call }: EngineTask): number {
  if (call.type === "rehearse") return REHEARSAL_MS;
  const changes = [...open?.changes ?? [], ..."changes" in call ? call.changes : []];
  const saved = call.type === "read"
    ? call.bytes
    : call.type === "compact" || call.type === "remake"
    ? call.base
    : open?.base;
  let bytes = sum(changes, (change) => change.length);
  let rows = 0;
  if (docKind(readDocKey(key).doc).type === "note") rows = sum(changes, rowsIn);
  if (call.type === "put") bytes += sum(call.entries, ({ value }) => value.length);
  if (call.type === "noteEdit") {
    rows += sum(call.splices, ({ remove, insert }) => remove + insert.length);
  }
  const [bytesPerMs, mostMs] = isApart(call)
    ? [READ_BYTES_PER_MS, MAX_APART_MS]
    : [SAVED_BYTES_PER_MS, MAX_OPENING_MS];
  const savedMs = (saved?.length ?? 0) / bytesPerMs;
  return Math.floor(bytes / BYTES_PER_MS + Math.min(rows / ROWS_PER_MS + savedMs, mostMs));
}

function sum<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((total, item) => total + size(item), 0);
}

/** What is no change is refused without cost. */
function rowsIn(change: Uint8Array): number {
  try {
    return rowsOf(change);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return 0;
  }
}
