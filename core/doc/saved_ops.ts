import { type Ids, odd, sumsBefore } from "./document_columns.ts";
import { changeWith, type GraphLog } from "./saved_graph.ts";

/** Where the operations of a saved document belong. */
export interface SortedOps {
  /** For each log, how many operations come before each of its changes; one more, for all of them. */
  readonly before: readonly Int32Array[];
  /** The place of each operation that has a row among those of its actor. */
  readonly places: Int32Array;
}

/**
 * Finds the change of each operation.
 *
 * @param written Those that have a row.
 * @param removed Those that removed something: they have no row, but count.
 * @throws {SyntaxError} if one is in no change, or those of a change are not numbered in a row up to its last.
 */
export function sortOps(logs: readonly GraphLog[], written: Ids, removed?: Ids): SortedOps {
  const counts = logs.map(({ maxOps }) => new Int32Array(maxOps.length));
  const changeOf = ({ logOf, counters }: Ids) =>
    logOf.map((log, i) => {
      const at = logs[log];
      const change = at ? changeWith(at, counters[i] ?? 0) : 0;
      const count = counts[log];
      if (!count || change >= count.length) throw odd("operations that are in no change");
      count[change] = (count[change] ?? 0) + 1;
      return change;
    });
  const changes = changeOf(written);
  if (removed) changeOf(removed);
  const before = counts.map(sumsBefore);
  const places = changes.map((change, i) => {
    const log = written.logOf[i] ?? 0;
    const fromEnd = (logs[log]?.maxOps[change] ?? 0) - (written.counters[i] ?? 0);
    const place = (before[log]?.[change + 1] ?? 0) - 1 - fromEnd;
    if (place < (before[log]?.[change] ?? 0)) {
      throw odd("operations that are not numbered in a row");
    }
    return place;
  });
  return { before, places };
}
