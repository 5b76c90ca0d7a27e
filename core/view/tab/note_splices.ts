import type { Splice } from "../view.ts";

/**
 * Gives the text after splices, each applied to what the one before it left.
 *
 * @throws {RangeError} if a splice reaches beyond the text.
 */
export function spliced(text: string, splices: readonly Splice[]): string {
  for (const { at, remove, insert } of splices) {
    if (at < 0 || remove < 0 || at + remove > text.length) {
      throw new RangeError(
        `Cannot splice ${remove} at ${at}: the text has ${text.length} units; open the note again`,
      );
    }
    text = text.slice(0, at) + insert + text.slice(at + remove);
  }
  return text;
}

/**
 * Adds a splice at the end of a list of them, as part of the last one where it touches what that one
 * put in: a word typed is one splice. What the list does as a whole stays the same.
 */
export function joined(splices: readonly Splice[], next: Splice): readonly Splice[] {
  if (next.remove === 0 && next.insert === "") return splices;
  const last = splices.at(-1);
  if (!last) return [next];
  const from = next.at - last.at;
  // What it takes away before and behind the text that the last one put in.
  const before = Math.max(0, -from);
  const behind = Math.max(0, from + next.remove - last.insert.length);
  const touches = from <= last.insert.length && from + next.remove >= 0;
  if (!touches) return [...splices, next];
  const insert = last.insert.slice(0, Math.max(0, from)) + next.insert +
    last.insert.slice(Math.min(last.insert.length, from + next.remove));
  const one = { at: last.at - before, remove: last.remove + before + behind, insert };
  const rest = splices.slice(0, -1);
  return one.remove === 0 && one.insert === "" ? rest : [...rest, one];
}

/** A splice that cuts no character in halves, and puts none in. */
export function wholeSplice(text: string, { at, remove, insert }: Splice): Splice {
  const end = at + remove;
  const high = isInside(text, at) ? text.charAt(at - 1) : "";
  const low = isInside(text, end) ? text.charAt(end) : "";
  return {
    at: at - high.length,
    remove: remove + high.length + low.length,
    insert: (high + insert + low).toWellFormed(),
  };
}

/** Whether a position is between the two halves of a surrogate pair. */
function isInside(text: string, at: number): boolean {
  return isHigh(text.charCodeAt(at - 1)) && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/**
 * The first splices of a list within bounds, and what is left. One unit more is taken where a character
 * would be cut.
 */
export function firstOf(
  splices: readonly Splice[],
  maxSplices: number,
  maxUnits: number,
): { first: readonly Splice[]; rest: readonly Splice[] } {
  const first: Splice[] = [];
  let units = 0;
  for (const [index, splice] of splices.entries()) {
    const room = maxUnits - units;
    if (first.length === maxSplices || room <= 0) return { first, rest: splices.slice(index) };
    if (splice.insert.length > room) {
      const cut = isHigh(splice.insert.charCodeAt(room - 1)) ? room + 1 : room;
      first.push({ ...splice, insert: splice.insert.slice(0, cut) });
      const left = { at: splice.at + cut, remove: 0, insert: splice.insert.slice(cut) };
      return { first, rest: [left, ...splices.slice(index + 1)] };
    }
    first.push(splice);
    units += splice.insert.length;
  }
  return { first, rest: [] };
}

/** One splice that makes a text into another, over what differs between their starts and ends. */
export function difference(from: string, to: string): readonly Splice[] {
  if (from === to) return [];
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from.charCodeAt(start) === to.charCodeAt(start)) start++;
  if (isHigh(from.charCodeAt(start - 1))) start--;
  let end = 0;
  while (
    end < shorter - start &&
    from.charCodeAt(from.length - 1 - end) === to.charCodeAt(to.length - 1 - end)
  ) end++;
  if ((from.charCodeAt(from.length - end) & 0xfc00) === 0xdc00) end--;
  return [{
    at: start,
    remove: from.length - start - end,
    insert: to.slice(start, to.length - end),
  }];
}
