import type { ChangeHash } from "../base/ids.ts";
import { type Handle, isDeath, isPanic } from "./automerge.ts";
import { orderChanges } from "./change_order.ts";
import type { Applied, Refused } from "./documents.ts";
import { entriesOf, type Gate, type ReadChange, readChange } from "./gate.ts";

/** What a document may be asked and told while changes are applied to it. */
export interface Target {
  readonly isNote: boolean;
  readonly gate: Gate;
  /**
   * Runs `work`, which adds so many operations, on a copy, which takes the document's place unless `work`
   * throws or it does not load again as the same. That is seen to when it is due, or `isDoubted`.
   */
  write(work: (copy: Handle) => void, rows: number, isDoubted: boolean): void;
  /** Makes changes again as their authors typed them; whether that could be done. See `retype`. */
  retype(reads: readonly ReadChange[], rows: number): boolean;
}

interface Incoming {
  readonly place: number;
  readonly read: ReadChange;
  readonly hash: ChangeHash;
  readonly deps: readonly ChangeHash[];
}

type Results = (Applied | Refused)[];

const MISSING: Refused = {
  type: "refused",
  reason: "missing",
  text: "it rests on changes that are not here",
};

/**
 * Applies changes in any order as one batch, those that pass the gate; when that fails, by halves, so that
 * those at fault are found at a small cost and only they are refused. Gives one result for each, in the
 * order given. `isDoubted`: whether the document is loaded again after each step.
 */
export function applyChanges(
  target: Target,
  changes: readonly Uint8Array[],
  isDoubted = false,
): Results {
  const results: Results = [];
  const incoming: Incoming[] = [];
  for (const [place, change] of changes.entries()) {
    try {
      const read = readChange(change, target.isNote);
      incoming.push({ place, read, hash: read.header.hash, deps: read.header.deps });
    } catch (error) {
      results[place] = refusal(error);
    }
  }
  applyBatch(target, incoming, results, isDoubted);
  return results;
}

function applyBatch(
  target: Target,
  batch: readonly Incoming[],
  results: Results,
  isDoubted: boolean,
): void {
  const { gate } = target;
  const before = gate.size;
  const { ready, missing } = orderChanges(batch, (hash) => gate.has(hash));
  for (const { place } of missing) results[place] = MISSING;
  const passed = ready.filter((change) => pass(gate, change, results));
  const refused = tryApply(target, passed, isDoubted);
  if (!refused) return;
  gate.back(before);
  if (passed.length === 1) {
    for (const { place } of passed) results[place] = refused;
    return;
  }
  const middle = passed.length >> 1;
  applyBatch(target, passed.slice(0, middle), results, true);
  applyBatch(target, passed.slice(middle), results, true);
}

/** Whether a change is to be applied; if so it counts as applied from then on. */
function pass(gate: Gate, { place, read, hash, deps }: Incoming, results: Results): boolean {
  const isHere = gate.has(hash);
  // What it rests on may have been refused a moment ago.
  if (!isHere && !deps.every((dep) => gate.has(dep))) {
    results[place] = MISSING;
    return false;
  }
  try {
    if (!isHere) gate.pass(read);
    results[place] = { type: "applied", entries: entriesOf(read) };
    return !isHere;
  } catch (error) {
    results[place] = refusal(error);
    return false;
  }
}

/** Applies all or nothing; gives why not. */
function tryApply(
  target: Target,
  batch: readonly Incoming[],
  isDoubted: boolean,
): Refused | undefined {
  if (batch.length === 0) return undefined;
  const rows = batch.reduce((sum, { read }) => sum + read.header.rows, 0);
  try {
    if (!isDoubted && target.retype(batch.map(({ read }) => read), rows)) return undefined;
    target.write(
      (copy) => {
        copy.applyChanges(batch.map(({ read }) => read.change));
        if (copy.getMissingDeps(batch.map(({ hash }) => hash)).length > 0) {
          throw new RangeError("Automerge did not take it up");
        }
      },
      rows,
      isDoubted,
    );
    return undefined;
  } catch (error) {
    return refusal(error);
  }
}

function refusal(error: unknown): Refused {
  // Nothing can go on, and it is not known which change is at fault: the watchdog's affair.
  if (isDeath(error) || !(error instanceof Error)) throw error;
  const reason = isPanic(error)
    ? "panic"
    : error instanceof SyntaxError
    ? "malformed"
    : error instanceof RangeError
    ? "rejected"
    : undefined;
  if (reason === undefined) throw error;
  return { type: "refused", reason, text: error.message.slice(0, 200) };
}
