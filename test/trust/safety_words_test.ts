import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { PeerId } from "../../core/base/ids.ts";
import { safetyWords } from "../../core/trust/safety_words.ts";
import { wordlist } from "@scure/bip39/wordlists/english";
import { deviceKeys } from "../fakes/device.ts";

const ANN = "0a".repeat(32) as PeerId;
const BEN = "0b".repeat(32) as PeerId;

Deno.test("WORDS-1: both see the same five words, whoever comes first (vector)", () => {
  assert.deepEqual(safetyWords(ANN, BEN), ["custom", "bring", "allow", "age", "dove"]);
  assert.deepEqual(safetyWords(BEN, ANN), safetyWords(ANN, BEN));
});

Deno.test("WORDS-1: the words are the hash's first 55 bits, eleven to a word", () => {
  const hash = createHash("sha256").update("earshot/words/1").update(ANN, "hex").update(BEN, "hex");
  const bits = [...hash.digest()].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const words = safetyWords(ANN, BEN).map((word) =>
    wordlist.indexOf(word).toString(2).padStart(11, "0")
  );
  assert.equal(words.join(""), bits.slice(0, 55));
  assert.equal(new Set(wordlist).size, 2048);
});

Deno.test("WORDS-1: another key shows other words", () => {
  const all = Array.from({ length: 50 }, (_, i) => safetyWords(ANN, deviceKeys(i).peer).join(" "));
  assert.equal(new Set(all).size, 50);
});
