import type { DocId } from "../base/ids.ts";
import type { SavedLog } from "../doc/documents.ts";
import type { LogEntry } from "./logs.ts";
import type { Source } from "./projector.ts";

/**
 * What the rows of a log of a saved document come from.
 *
 * @param held The place up to which its rows are not wanted.
 */
export function* savedSources(
  doc: DocId,
  log: LogEntry,
  { top: { actor, seq }, newestAt: time, entries }: SavedLog,
  receivedAt: number,
  held = 0,
): Generator<Source> {
  yield { doc, log, receivedAt, header: { actor, seq, startOp: 0, time } };
  for (const [i, startOp] of entries.counters.entries()) {
    const header = { actor, seq: entries.seqs[i] ?? seq, startOp, time };
    if (header.seq > held) yield { doc, log, receivedAt, header };
  }
}
