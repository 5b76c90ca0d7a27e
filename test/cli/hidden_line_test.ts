import assert from "node:assert/strict";
import { HiddenLine } from "../../core/cli/hidden_line.ts";

const encoder = new TextEncoder();

/** Types keys, byte by byte; gives what comes of it. */
function type(keys: string): { state: string; text: string } {
  const line = new HiddenLine();
  let state = "more";
  for (const byte of encoder.encode(keys)) {
    if (state === "more") state = line.feed(Uint8Array.of(byte));
  }
  return { state, text: line.text };
}

const TYPED: readonly (readonly [what: string, keys: string, text: string])[] = [
  ["letters", "open sesame\r", "open sesame"],
  ["a line feed", "ok\n", "ok"],
  ["letters of several bytes", "pässwörd 鍵 🗝\r", "pässwörd 鍵 🗝"],
  ["backspace", "ab\x7fc\bd\r", "ad"],
  ["backspace over letters of several bytes", "aé🗝\x7f\x7fb\r", "ab"],
  ["backspace where nothing is", "\x7f\x7fa\r", "a"],
  ["Ctrl-U", "wrong\x15right\r", "right"],
  ["arrows and other keys", "a\x1b[Db\x1b[3~c\x1bOPd\x1b[1;5Ce\r", "abcde"],
  ["what pasting puts around a text", "\x1b[200~pasted\x1b[201~\r", "pasted"],
  ["other control characters", "a\x00\x01\x07b\r", "ab"],
  ["a tab and spaces", " a\tb \r", " a\tb "],
  ["Ctrl-D within a line", "ab\x04c\r", "abc"],
  ["nothing", "\r", ""],
];

for (const [what, keys, text] of TYPED) {
  Deno.test(`a hidden line takes ${what}`, () => {
    assert.deepEqual(type(keys), { state: "done", text });
  });
}

Deno.test("a hidden line is cancelled by Ctrl-C anywhere, by Ctrl-D where nothing is", () => {
  for (const keys of ["\x03", "secret\x03", "a\x1b[\x03", "\x04"]) {
    assert.equal(type(keys).state, "cancelled", JSON.stringify(keys));
  }
  assert.equal(type("half").state, "more");
});
