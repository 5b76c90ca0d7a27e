import type { RandomBytes } from "../base/random.ts";

/** Digits of a code. */
export const CODE_DIGITS = 8;
/** How long a code holds, in milliseconds. */
export const CODE_MS = 5 * 60 * 1000;

const CODES = 10 ** CODE_DIGITS;
/** Numbers of four bytes from here on are thrown again, so that no code is likelier than another. */
const FAIR = Math.floor(2 ** 32 / CODES) * CODES;

/** A code of eight digits, each as likely as any other. */
export function newCode(random: RandomBytes): string {
  for (;;) {
    const number = new DataView(random(4).buffer).getUint32(0);
    if (number < FAIR) return String(number % CODES).padStart(CODE_DIGITS, "0");
  }
}

/**
 * Gives a code as it is used: eight digits, without the spaces and dashes that people put between them.
 * @throws {RangeError} if it is none; the message is for who typed it.
 */
export function cleanCode(text: string): string {
  const code = text.slice(0, 100).replace(/[\s\p{Pd}]/gu, "");
  if (!/^\d+$/.test(code)) {
    throw new RangeError(`A code has ${CODE_DIGITS} digits and nothing else`);
  }
  if (code.length !== CODE_DIGITS) {
    throw new RangeError(`A code has ${CODE_DIGITS} digits: this one has ${code.length}`);
  }
  return code;
}
