import { MAX_CHANGE_ROWS } from "../base/limits.ts";
import type { Arrived } from "./pending.ts";

/** Changes applied and committed as one, at most. */
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 1024 * 1024;
/** Few bytes may be many operations: a batch holds up the person's own work for a tenth of a second. */
const MAX_BATCH_ROWS = MAX_CHANGE_ROWS;

/** Cuts envelopes into runs that are applied and committed as one each. */
export function* batches(items: readonly Arrived[]): Generator<Arrived[]> {
  let batch: Arrived[] = [];
  let bytes = 0;
  let rows = 0;
  for (const item of items) {
    const { envelope: { change: { length } }, header } = item.verified;
    const isFull = batch.length === MAX_BATCH || bytes + length > MAX_BATCH_BYTES ||
      rows + header.rows > MAX_BATCH_ROWS;
    if (batch.length > 0 && isFull) {
      yield batch;
      batch = [];
      bytes = 0;
      rows = 0;
    }
    batch.push(item);
    bytes += length;
    rows += header.rows;
  }
  if (batch.length > 0) yield batch;
}
