import { MAX_NOTE_UNITS, MAX_SPLICES } from "../base/limits.ts";
import type { Splice } from "../view/view.ts";

/**
 * Applies splices to a text, each to what the one before it left.
 *
 * @throws {RangeError} if there are too many, one is out of the text, would cut a surrogate pair or has a
 * lone one, or the text would become longer than {@linkcode MAX_NOTE_UNITS} by it.
 */
export function applySplices(text: string, splices: readonly Splice[]): string {
  if (splices.length > MAX_SPLICES) {
    throw bad(`${splices.length} splices at once, at most ${MAX_SPLICES}`);
  }
  let result = text;
  for (const splice of splices) result = applySplice(result, splice);
  if (result.length > MAX_NOTE_UNITS && result.length > text.length) {
    throw bad(`the text would be longer than ${MAX_NOTE_UNITS} characters; begin another note`);
  }
  return result;
}

function applySplice(text: string, { at, remove, insert }: Splice): string {
  if (!isCount(at) || !isCount(remove) || at + remove > text.length) {
    throw bad(`${at}+${remove} is not in the text of ${text.length}`);
  }
  if (cutsPair(text, at) || cutsPair(text, at + remove)) throw bad("it would cut a character");
  if (!insert.isWellFormed()) throw bad("half a character is not text");
  if (insert.length > MAX_NOTE_UNITS) throw bad("the text would be too long");
  return text.slice(0, at) + insert + text.slice(at + remove);
}

/**
 * Cuts splices of a text into groups that remove and insert at most `units` UTF-16 units each (one more
 * where a surrogate pair would be cut), and that do the same one after another. Each becomes one change.
 */
export function groupSplices(text: string, splices: readonly Splice[], units: number): Splice[][] {
  const groups: Splice[][] = [];
  let group: Splice[] = [];
  let room = units;
  let before = text;
  for (const splice of splices) {
    for (const part of cutSplice(before, splice, units)) {
      const size = part.remove + part.insert.length;
      if (size === 0) continue;
      if (size > room && group.length > 0) {
        groups.push(group);
        group = [];
        room = units;
      }
      group.push(part);
      room -= size;
    }
    before = before.slice(0, splice.at) + splice.insert + before.slice(splice.at + splice.remove);
  }
  if (group.length > 0) groups.push(group);
  return groups;
}

function* cutSplice(
  text: string,
  { at, remove, insert }: Splice,
  units: number,
): Generator<Splice> {
  if (remove + insert.length <= units) return yield { at, remove, insert };
  const removed = text.slice(at, at + remove);
  for (const part of cutText(removed, units)) yield { at, remove: part.length, insert: "" };
  let to = at;
  for (const part of cutText(insert, units)) {
    yield { at: to, remove: 0, insert: part };
    to += part.length;
  }
}

function* cutText(text: string, units: number): Generator<string> {
  for (let from = 0; from < text.length;) {
    const to = Math.min(from + units, text.length);
    const end = cutsPair(text, to) ? to + 1 : to;
    yield text.slice(from, end);
    from = end;
  }
}

/** Gives one splice, or none, that makes `after` of `before`: what they begin and end with alike stays. */
export function plainSplices(before: string, after: string): Splice[] {
  if (before === after) return [];
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  if (cutsPair(before, head) || cutsPair(after, head)) head--;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  if (cutsPair(before, before.length - tail) || cutsPair(after, after.length - tail)) tail--;
  const insert = after.slice(head, after.length - tail);
  return [{ at: head, remove: before.length - tail - head, insert }];
}

/** Whether a position lies between the two halves of one character. */
export function cutsPair(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) &&
    isLow(text.charCodeAt(at));
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function bad(state: string): RangeError {
  return new RangeError(`Cannot edit the note: ${state}`);
}
