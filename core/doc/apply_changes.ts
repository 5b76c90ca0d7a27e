import { MAX_CHANGE_BYTES } from "../base/limits.ts";
import { type ChangeHeader, readChangeHeader } from "../trust/change_header.ts";
import { type Handle, isDeath, isPanic } from "./automerge.ts";
import { readEntries } from "./change_entries.ts";
import { orderChanges } from "./change_order.ts";
import type { Applied, Refused } from "./documents.ts";
import type { Entry } from "./entry.ts";
import { GENESIS_ACTOR } from "./genesis.ts";

/** What a document may be asked and told while changes are applied to it. */
export interface Target {
  /** Whether it has all these changes. */
  knows(hashes: readonly string[]): boolean;
  /** Runs `work` on a copy, which takes the document's place unless `work` throws. */
  write(work: (copy: Handle) => void): void;
  /** Whether the entries of its changes are wanted. */
  readonly hasEntries: boolean;
}

interface Incoming extends ChangeHeader {
  readonly place: number;
  readonly change: Uint8Array;
  readonly entries: readonly Entry[];
}

const MISSING: Refused = {
  type: "refused",
  reason: "missing",
  text: "it rests on changes that are not here",
};

/**
 * Applies changes in any order as one batch; when that fails, by halves, so that those at fault are found
 * at a small cost and only they are refused. Gives one result for each, in the order given.
 */
export function applyChanges(
  target: Target,
  changes: readonly Uint8Array[],
): (Applied | Refused)[] {
  const results: (Applied | Refused)[] = [];
  const incoming: Incoming[] = [];
  for (const [place, change] of changes.entries()) {
    const read = readIncoming(place, change, target.hasEntries);
    if ("type" in read) results[place] = read;
    else incoming.push(read);
  }
  applyBatch(target, incoming, results);
  return results;
}

function applyBatch(
  target: Target,
  batch: readonly Incoming[],
  results: (Applied | Refused)[],
): void {
  const { ready, missing } = orderChanges(batch, (hash) => target.knows([hash]));
  for (const { place } of missing) results[place] = MISSING;
  const refused = tryApply(target, ready);
  if (refused && ready.length > 1) {
    const middle = ready.length >> 1;
    applyBatch(target, ready.slice(0, middle), results);
    applyBatch(target, ready.slice(middle), results);
    return;
  }
  for (const { place, entries } of ready) results[place] = refused ?? { type: "applied", entries };
}

/** Applies all or nothing; gives why not. */
function tryApply(target: Target, batch: readonly Incoming[]): Refused | undefined {
  if (batch.length === 0) return undefined;
  try {
    target.write((copy) => {
      copy.applyChanges(batch.map(({ change }) => change));
      if (!knows(copy, batch.map(({ hash }) => hash))) throw new RangeError("not taken up");
    });
    return undefined;
  } catch (error) {
    return refusal(error);
  }
}

function readIncoming(place: number, change: Uint8Array, wanted: boolean): Incoming | Refused {
  try {
    const header = readChangeHeader(change);
    if (header.actor.endsWith(GENESIS_ACTOR)) throw new RangeError("it claims to be a genesis");
    return { ...header, place, change, entries: wanted ? readEntries(change) : [] };
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

/** Whether a handle has all these changes. */
export function knows(handle: Handle, hashes: readonly string[]): boolean {
  return hashes.length === 0 || handle.getMissingDeps([...hashes]).length === 0;
}

/** A change made here that does not fit: to be made of several. */
export class TooLongError extends RangeError {}

/**
 * Makes sure that a change made here is one that every peer accepts.
 * @throws {TooLongError} if it is longer than {@linkcode MAX_CHANGE_BYTES}.
 * @throws {RangeError} if it is on a branch too many.
 */
export function checkMade(change: Uint8Array): void {
  if (change.length > MAX_CHANGE_BYTES) {
    throw new TooLongError(`Cannot write ${change.length} bytes: too long for one change`);
  }
  try {
    readChangeHeader(change);
  } catch (cause) {
    throw new RangeError("Cannot write on one more branch: open the note again", { cause });
  }
}
