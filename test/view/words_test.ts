import assert from "node:assert/strict";
import { MAX_NAME_POINTS, MAX_TEXT_BYTES } from "../../core/base/limits.ts";
import { cleanChannelName, cleanName, cleanText } from "../../core/view/words.ts";

const NAMES: readonly (readonly [string, string])[] = [
  ["  Ana   Maria ", "Ana Maria"],
  ["e\u0301", "\u00e9"],
  ["\u05d0\u05d1", "\u05d0\u05d1"],
  ["x".repeat(MAX_NAME_POINTS), "x".repeat(MAX_NAME_POINTS)],
  ["\u{1f600}".repeat(MAX_NAME_POINTS), "\u{1f600}".repeat(MAX_NAME_POINTS)],
  ["<b>&", "<b>&"],
  ["a\ud800", "a\ufffd"],
];
for (const [given, kept] of NAMES) {
  Deno.test(`the name ${JSON.stringify(given.slice(0, 20))} is kept clean, and stays so`, () => {
    assert.equal(cleanName(given), kept);
    assert.equal(cleanName(kept), kept);
  });
}

const WRONG_NAMES: readonly (readonly [string, RegExp])[] = [
  ["", /empty/],
  [" \u00a0 ", /empty/],
  ["x".repeat(MAX_NAME_POINTS + 1), /too long/],
  ["x".repeat(10_000), /too long/],
  [" ".repeat(10_000) + "x", /empty|too long/],
  ["a\u0007b", /control/],
  ["a\nb", /control/],
  ["\u202egnp.exe", /control/],
  ["\u2066x", /control/],
  ["Z" + "\u0335".repeat(50), /accents/],
];
for (const [given, why] of WRONG_NAMES) {
  Deno.test(`the name ${JSON.stringify(given.slice(0, 20))} is refused: ${why.source}`, () => {
    assert.throws(
      () => cleanName(given),
      (error) => error instanceof RangeError && why.test(error.message),
    );
  });
}

Deno.test("a channel's name is what all write alike, and stays so", () => {
  for (const given of ["#General", " general ", "##GENERAL", "# #general"]) {
    assert.equal(cleanChannelName(given), "general");
  }
  assert.equal(cleanChannelName("Field  Kitchen 2"), "field-kitchen-2");
  for (const given of ["\u0130stanbul", "\u1e9eX", "A\u030a"]) {
    const name = cleanChannelName(given);
    assert.equal(cleanChannelName(name), name);
  }
  // In lower case these are two code points each.
  assert.throws(() => cleanChannelName("\u0130".repeat(MAX_NAME_POINTS)), /too long/);
});

const TEXTS: readonly (readonly [string, string])[] = [
  ["hello", "hello"],
  ["\n\n  indented\r\nnext\rlast \n ", "  indented\nnext\nlast"],
  [" \t\n x", " x"],
  ["\u202eabc", "\u202eabc"],
  ["\udc00", "\ufffd"],
  ["x".repeat(MAX_TEXT_BYTES), "x".repeat(MAX_TEXT_BYTES)],
];
for (const [given, kept] of TEXTS) {
  Deno.test(`the text ${JSON.stringify(given.slice(0, 30))} is kept clean, and stays so`, () => {
    assert.equal(cleanText(given), kept);
    assert.equal(cleanText(kept), kept);
  });
}

const WRONG_TEXTS: readonly (readonly [string, RegExp])[] = [
  ["", /empty/],
  [" \n\t\n ", /empty/],
  ["a\u0000b", /control/],
  ["x".repeat(MAX_TEXT_BYTES + 1), /at most 16 KiB/],
  ["\u20ac".repeat(MAX_TEXT_BYTES / 3 + 1), /at most 16 KiB/],
  ["x".repeat(1 << 20), /at most 16 KiB/],
];
for (const [given, why] of WRONG_TEXTS) {
  Deno.test(`the text ${JSON.stringify(given.slice(0, 30))} is refused: ${why.source}`, () => {
    assert.throws(
      () => cleanText(given),
      (error) => error instanceof RangeError && why.test(error.message),
    );
  });
}
