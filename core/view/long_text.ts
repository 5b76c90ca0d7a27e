/** A text of more lines or units than this is shown cut until the person wants it all. */
export const MAX_SHOWN_LINES = 32;
const MAX_SHOWN_UNITS = 3_000;

const CUT_LINES = 12;
const CUT_UNITS = 1_200;

/** The beginning of a long text, and how much the whole is. */
export interface CutText {
  readonly text: string;
  readonly lines: number;
}

/** Cuts a text that would fill more than a screen; `null` when it would not. */
export function cutText(text: string): CutText | null {
  let lines = 1;
  let cut = text.length;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (lines === CUT_LINES) cut = at;
    lines++;
  }
  if (lines <= MAX_SHOWN_LINES && text.length <= MAX_SHOWN_UNITS) return null;
  cut = Math.min(lines > MAX_SHOWN_LINES ? cut : text.length, CUT_UNITS);
  // Not in the middle of a surrogate pair.
  return { text: text.slice(0, cut).toWellFormed().replace(/\ufffd$/, ""), lines };
}
