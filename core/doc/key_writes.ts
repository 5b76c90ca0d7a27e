import { COLUMN } from "../trust/change_columns.ts";
import { ACTION, type ChangeOps, readText, wrong } from "./change_ops.ts";
import { compareOps, type Entry, type OpId } from "./entry.ts";

/** A string that a change writes under a key of the root map, and the writes there that it replaces. */
export interface KeyWrite extends Entry {
  readonly replaced: readonly OpId[];
}

const OF_OTHER_THINGS = [
  COLUMN.objectActor,
  COLUMN.objectCounter,
  COLUMN.keyActor,
  COLUMN.keyCounter,
];

/**
 * Reads a change of a space or segment document, in which this program does nothing but write strings under
 * keys of the root map.
 *
 * @throws {RangeError} if it does anything else.
 */
export function readKeyWrites(ops: ChangeOps): KeyWrite[] {
  if (OF_OTHER_THINGS.some((spec) => ops.has(spec))) {
    throw wrong("it writes elsewhere than at a key");
  }
  if (ops.insertRuns().length > 1) throw wrong("it inserts");
  if (ops.numbers(COLUMN.action).some((action) => action !== ACTION.set)) {
    throw wrong("it does other things than write");
  }
  const keys = ops.texts(COLUMN.keyText);
  const { lengths, bytes } = ops.values();
  const { counts, actors, counters } = ops.preds();
  const writes: KeyWrite[] = [];
  let atByte = 0;
  let atPred = 0;
  for (let row = 0; row < ops.rows; row++) {
    const [key, length = -1, count = 0] = [keys[row], lengths[row], counts[row]];
    if (!key || length < 0) throw wrong("it writes no text, or at no key");
    const replaced: OpId[] = [];
    for (let i = 0; i < count; i++, atPred++) {
      const op = { actor: ops.actor(actors[atPred] ?? -1), counter: counters[atPred] ?? -1 };
      const last = replaced.at(-1);
      if (last && compareOps(last, op) >= 0) throw wrong("what it replaces is out of order");
      replaced.push(op);
    }
    const value = readText(bytes.subarray(atByte, atByte + length));
    writes.push({ key, value, op: ops.idOf(row), replaced });
    atByte += length;
  }
  ops.requireAllUsed();
  return writes;
}
