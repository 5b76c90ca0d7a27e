import { MAX_NAME_POINTS, MAX_TEXT_BYTES } from "../base/limits.ts";

// C0 and C1 controls, except tab and line feed.
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// Marks that change the direction of the text around them, invisible separators and byte order marks.
const OVERRIDES = /[\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/;
const MAX_COMBINING = 4;

function stackedMarks(text: string): boolean {
  return new RegExp(`\\p{M}{${MAX_COMBINING + 1},}`, "u").test(text);
}

/**
 * Gives a person's, channel's or note's name as it is kept: NFC, spaces joined and trimmed.
 *
 * @throws {RangeError} if it is empty, longer than {@linkcode MAX_NAME_POINTS}, or has controls,
 * direction overrides, line breaks or stacked combining marks; the message says which.
 */
export function cleanName(text: string): string {
  const name = text.slice(0, 16 * MAX_NAME_POINTS).toWellFormed().normalize("NFC").replace(
    /[ \u00a0]+/g,
    " ",
  )
    .trim();
  if (name === "") throw new RangeError("The name is empty: type at least one character");
  if (CONTROLS.test(name) || OVERRIDES.test(name) || /[\t\n]/.test(name)) {
    throw new RangeError("The name has control characters: use letters, digits and signs");
  }
  if (stackedMarks(name)) throw new RangeError("The name has too many accents on one letter");
  if ([...name].length > MAX_NAME_POINTS || text.length > 16 * MAX_NAME_POINTS) {
    throw new RangeError(`The name is too long: at most ${MAX_NAME_POINTS} characters`);
  }
  return name;
}

/**
 * Gives a message's text as it is kept: line ends as `\n`, no blank lines around it.
 *
 * @throws {RangeError} if it is blank, longer than {@linkcode MAX_TEXT_BYTES} in UTF-8, or has control
 * characters; the message says which. Direction overrides are kept: the view isolates each text.
 */
export function cleanText(text: string): string {
  if (text.length > 2 * MAX_TEXT_BYTES) throw tooLong();
  const clean = withoutBlankLines(text.toWellFormed().replace(/\r\n?/g, "\n"));
  if (clean === "") throw new RangeError("The message is empty: type something first");
  if (CONTROLS.test(clean)) {
    throw new RangeError("The message has control characters: paste it as plain text");
  }
  // In UTF-8 a unit of UTF-16 is three bytes at most.
  if (
    3 * clean.length > MAX_TEXT_BYTES && new TextEncoder().encode(clean).length > MAX_TEXT_BYTES
  ) {
    throw tooLong();
  }
  return clean;
}

/** Linear in the text, whatever it is: a peer's texts come here too. */
function withoutBlankLines(text: string): string {
  const indent = text.length - text.trimStart().length;
  return text.slice(text.lastIndexOf("\n", indent - 1) + 1).trimEnd();
}

function tooLong(): RangeError {
  return new RangeError(
    `The message is too long: at most ${MAX_TEXT_BYTES / 1024} KiB; put longer text into a note`,
  );
}

/** Gives a channel's name as it is kept: a clean name in lower case without `#`, spaces as `-`. */
export function cleanChannelName(text: string): string {
  const name = cleanName(text.replace(/^[#\s]+/, ""));
  // Lower case may be longer, or not be normal.
  return cleanName(name.toLowerCase()).replaceAll(" ", "-");
}
