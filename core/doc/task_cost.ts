import type { EngineTask } from "./engine_task.ts";

/** Bytes that a task is given a millisecond for: one second for each megabyte. */
const BYTES_PER_MS = 1000;
/** Characters to be removed from a note that a task is given a millisecond for; they take 7 µs each. */
const REMOVED_UNITS_PER_MS = 100;

/** How many milliseconds a task may take because of its size, besides those that each has. */
export function taskCostMs({ open, call }: EngineTask): number {
  let bytes = sum(open?.changes ?? [], (change) => change.length);
  let removed = 0;
  if (call.type === "apply") bytes += sum(call.changes, (change) => change.length);
  if (call.type === "put") bytes += sum(call.entries, ({ value }) => value.length);
  if (call.type === "noteEdit") {
    bytes += sum(call.splices, ({ insert }) => insert.length);
    removed = sum(call.splices, ({ remove }) => remove);
  }
  return Math.floor(bytes / BYTES_PER_MS + removed / REMOVED_UNITS_PER_MS);
}

function sum<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((total, item) => total + size(item), 0);
}
