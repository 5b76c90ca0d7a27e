import type { Heads, NoteMerge, Splice } from "../view.ts";
import { difference, firstOf, joined, spliced, wholeSplice } from "./note_splices.ts";

/** Splices in one request: well below what the node reads. */
const MAX_SENT_SPLICES = 1_000;
/** Inserted text in one request, in UTF-16 units: six bytes each in JSON at worst. */
const MAX_SENT_UNITS = 256 * 1024;

/** Keys that were sent and are not answered: the same id and splices until they are. */
export interface Sent {
  readonly id: string;
  readonly splices: readonly Splice[];
}

/**
 * A note as one tab has it: a text that the node knows, at its heads, and what was typed here since.
 * `text` is `base` after `sent` and `unsent`, always; no splice is ever moved.
 */
export interface Branch {
  readonly heads: Heads;
  readonly base: string;
  readonly sent: Sent | null;
  readonly unsent: readonly Splice[];
  readonly text: string;
}

/** A branch at a text that the node gave. */
export function branchAt(heads: Heads, text: string): Branch {
  return { heads, base: text, sent: null, unsent: [], text };
}

/** Whether all that was typed is in the node's text at `heads`. */
export function isClean({ sent, unsent }: Branch): boolean {
  return sent === null && unsent.length === 0;
}

/** Whether two heads are the same; both are sorted. */
export function sameHeads(one: Heads, other: Heads): boolean {
  return one.length === other.length && one.every((hash, index) => hash === other[index]);
}

/**
 * Adds what was typed. A character's two halves are never parted, and broken ones become U+FFFD, as
 * they could not be kept; `shown` is what the editor has to put right then.
 *
 * @throws {RangeError} if a splice reaches beyond the text.
 */
export function typed(
  branch: Branch,
  splices: readonly Splice[],
): { branch: Branch; shown: readonly Splice[] } {
  let { text, unsent } = branch;
  let exact = true;
  for (const splice of splices) {
    const whole = wholeSplice(text, splice);
    exact &&= whole.at === splice.at && whole.insert === splice.insert;
    text = spliced(text, [whole]);
    unsent = joined(unsent, whole);
  }
  const shown = exact ? [] : difference(spliced(branch.text, splices), text);
  return { branch: { ...branch, unsent, text }, shown };
}

/** Makes the next request out of what is unsent, as much of it as one may hold. */
export function sending(branch: Branch, id: string): Branch & { sent: Sent } {
  if (branch.sent) throw new TypeError("Cannot send twice at once: wait for the answer");
  const { first, rest } = firstOf(branch.unsent, MAX_SENT_SPLICES, MAX_SENT_UNITS);
  return { ...branch, sent: { id, splices: first }, unsent: rest };
}

/** The node did what was sent: the branch stands on it, at `heads`. */
export function answered(branch: Branch, heads: Heads): Branch {
  const base = spliced(branch.base, branch.sent?.splices ?? []);
  return { ...branch, heads, base, sent: null };
}

/** The node will never do what was sent: it is unsent again, before what was typed since. */
export function takenBack(branch: Branch): Branch {
  const unsent = [...branch.sent?.splices ?? [], ...branch.unsent];
  return { ...branch, sent: null, unsent };
}

/**
 * Takes the common text in.
 *
 * @throws {TypeError} if something is unsent or unanswered.
 * @throws {RangeError} if a splice reaches beyond the text.
 */
export function merged(branch: Branch, merge: NoteMerge): Branch {
  if (!isClean(branch)) throw new TypeError("Cannot merge: keys are on their way");
  return branchAt(merge.heads, spliced(branch.base, merge.splices));
}
