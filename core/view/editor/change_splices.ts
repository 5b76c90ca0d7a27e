import { ChangeSet } from "@codemirror/state";
import type { Splice } from "../view.ts";

/** What CodeMirror changed, as splices of which each applies to what the one before it left. */
export function splicesOf(changes: ChangeSet): Splice[] {
  const splices: Splice[] = [];
  changes.iterChanges((fromA, toA, fromB, _toB, inserted) => {
    splices.push({ at: fromB, remove: toA - fromA, insert: inserted.sliceString(0) });
  });
  return splices;
}

/**
 * Splices of a text of `length` units as one change of CodeMirror's.
 *
 * @throws {RangeError} if one reaches beyond the text.
 */
export function changesOf(splices: readonly Splice[], length: number): ChangeSet {
  if (splices.length === 0) return ChangeSet.empty(length);
  const [first, ...more] = splices;
  if (more.length === 0 && first) {
    const { at, remove, insert } = first;
    return ChangeSet.of({ from: at, to: at + remove, insert }, length, "\n");
  }
  // By halves: putting changes together costs their length, so one after another would be quadratic.
  const middle = splices.length >> 1;
  const before = changesOf(splices.slice(0, middle), length);
  return before.compose(changesOf(splices.slice(middle), before.newLength));
}
