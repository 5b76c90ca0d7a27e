import { applySplices, cutsPair } from "../../core/doc/note_splices.ts";
import type { Splice } from "../../core/view/view.ts";

const CHARACTERS = ["a", "b", "\n", " ", "é", "e\u0301", "😀", "👩‍👩‍👧", "漢", "ש", "\u0301", "😀😀"];

/** A text of `length` pieces, among them surrogate pairs, joined emoji and combining marks. */
export function randomText(unit: () => number, length: number): string {
  const count = Math.floor(unit() * (length + 1));
  const piece = () => CHARACTERS[Math.floor(unit() * CHARACTERS.length)] ?? "";
  return Array.from({ length: count }, piece).join("");
}

/** Up to `count` splices of a text that insert up to `size` pieces and remove up to as many units. */
export function randomSplices(
  unit: () => number,
  text: string,
  count: number,
  size: number,
): Splice[] {
  const splices: Splice[] = [];
  let now = text;
  for (let left = 1 + Math.floor(unit() * count); left > 0; left--) {
    let at = Math.floor(unit() * (now.length + 1));
    if (cutsPair(now, at)) at--;
    let end = unit() < 0.4 ? Math.min(now.length, at + Math.floor(unit() * (size + 1))) : at;
    if (cutsPair(now, end)) end++;
    const splice = { at, remove: end - at, insert: unit() < 0.8 ? randomText(unit, size) : "" };
    now = applySplices(now, [splice]);
    splices.push(splice);
  }
  return splices;
}
