/** Words that begin with fewer letters than this are too many: a shorter one is found as a whole word only. */
export const MIN_PREFIX_UNITS = 3;
/** What is a word, as the search looks for it. */
export const WORDS = /[\p{L}\p{N}\p{M}]+/gu;
/** Said when not all messages are looked through. */
export const PARTIAL_WORDS = "Much has come just now: not all of it is looked through yet";
/** So much of a message stands before the first word that was found, in UTF-16 units. */
const BEFORE_UNITS = 40;
/** The longest excerpt, in UTF-16 units. */
const MAX_UNITS = 200;

/** A piece of a text; `found`: it is what was looked for. */
export interface Piece {
  readonly text: string;
  readonly found: boolean;
}

/**
 * The part of a text around the first word that begins with one of those looked for, in pieces: those words
 * apart. As the search, it minds neither case nor accents.
 */
export function excerpt(text: string, query: string): readonly Piece[] {
  const wanted = wordsOf(query).map(({ word }) => folded(word));
  const hits = wordsOf(text).filter(({ word }) => {
    const plain = folded(word);
    return wanted.some((one) =>
      one.length < MIN_PREFIX_UNITS ? plain === one : plain.startsWith(one)
    );
  });
  const first = hits[0]?.at ?? 0;
  const from = first <= BEFORE_UNITS ? 0 : wholeFrom(text, first - BEFORE_UNITS);
  const to = Math.min(text.length, from + MAX_UNITS);
  const pieces: Piece[] = [];
  let at = from;
  const add = (end: number, found: boolean) => {
    if (end > at) pieces.push({ text: text.slice(at, end), found });
    at = Math.max(at, end);
  };
  for (const { word, at: start } of hits) {
    if (start >= to) break;
    add(start, false);
    add(start + word.length, true);
  }
  add(to, false);
  if (from > 0) pieces.unshift({ text: "…", found: false });
  if (at < text.length) pieces.push({ text: "…", found: false });
  return pieces;
}

function wordsOf(text: string): { word: string; at: number }[] {
  return [...text.matchAll(WORDS)].map((match) => ({
    word: match[0],
    at: match.index,
  }));
}

function folded(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** The beginning of the word after `at`, so that none is cut in two. */
function wholeFrom(text: string, at: number): number {
  const space = text.slice(at, at + BEFORE_UNITS).search(/\s/);
  return space < 0 ? at + BEFORE_UNITS : at + space + 1;
}
