import assert from "node:assert/strict";
import { MAX_NOTE_UNITS, MAX_SPLICES } from "../../core/base/limits.ts";
import { applySplices, cutsPair, groupSplices, plainSplices } from "../../core/doc/note_splices.ts";
import type { Splice } from "../../core/view/view.ts";
import { seededUnit } from "../fakes/random.ts";
import { randomSplices, randomText } from "../fakes/splices.ts";

function splice(at: number, remove: number, insert: string): Splice {
  return { at, remove, insert };
}

Deno.test("note splices: each applies to what the one before it left", () => {
  assert.equal(
    applySplices("abc", [splice(0, 1, "xyz"), splice(5, 0, "!"), splice(1, 2, "")]),
    "xbc!",
  );
});

Deno.test("note splices: what is out of the text or cuts a character is refused", () => {
  const wrong: Splice[][] = [
    [splice(4, 0, "x")],
    [splice(2, 2, "")],
    [splice(-1, 0, "x")],
    [splice(0, -1, "x")],
    [splice(0.5, 0, "x")],
    [splice(NaN, 0, "x")],
    [splice(0, 3, ""), splice(1, 0, "x")],
    [splice(0, 0, "\ud83d")],
    [splice(0, 0, "\ude00")],
  ];
  for (const splices of wrong) assert.throws(() => applySplices("abc", splices), RangeError);
  for (const [at, remove] of [[1, 0], [0, 1], [1, 1]] as const) {
    assert.throws(() => applySplices("😀", [splice(at, remove, "")]), RangeError);
  }
  assert.equal(applySplices("😀", [splice(0, 2, "e\u0301")]), "e\u0301");
  const many = Array.from({ length: MAX_SPLICES + 1 }, () => splice(0, 0, "x"));
  assert.throws(() => applySplices("", many), RangeError);
  assert.equal(applySplices("", many.slice(1)).length, MAX_SPLICES);
});

Deno.test("note splices: a note grows to its bound and no further, but may shrink from beyond", () => {
  const full = "x".repeat(MAX_NOTE_UNITS);
  assert.throws(() => applySplices(full, [splice(0, 0, "x")]), /longer than/);
  assert.equal(applySplices(full, [splice(0, 1, "y")]).length, MAX_NOTE_UNITS);
  const merged = `${full}${full}`;
  assert.equal(applySplices(merged, [splice(0, 1, "")]).length, 2 * MAX_NOTE_UNITS - 1);
  assert.throws(() => applySplices(merged, [splice(0, 1, "xx")]), /longer than/);
});

Deno.test("note splices: groups do the same, and none is larger than asked", () => {
  for (let seed = 0; seed < 300; seed++) {
    const unit = seededUnit(seed);
    const text = randomText(unit, 80);
    const splices = randomSplices(unit, text, 6, 30);
    const whole = applySplices(text, splices);
    for (const units of [2, 7, 1000]) {
      const groups = groupSplices(text, splices, units);
      let result = text;
      for (const group of groups) {
        result = applySplices(result, group);
        const size = group.reduce((sum, { remove, insert }) => sum + remove + insert.length, 0);
        assert.ok(size > 0 && size <= units + 1, `seed ${seed}: ${size} of ${units}`);
      }
      assert.equal(result, whole, `seed ${seed}`);
    }
    const groups = groupSplices(text, splices, 1000);
    assert.equal(groups.length, whole === text && groups.length === 0 ? 0 : 1, `seed ${seed}`);
  }
});

Deno.test("note splices: a plain difference brings one text to the other and cuts no character", () => {
  for (let seed = 0; seed < 500; seed++) {
    const unit = seededUnit(seed);
    const before = randomText(unit, 12);
    const after = seed % 2
      ? randomText(unit, 12)
      : applySplices(before, randomSplices(unit, before, 2, 4));
    assert.equal(applySplices(before, plainSplices(before, after)), after, `seed ${seed}`);
  }
  // The same high half, then the same low half: not a common beginning or end.
  assert.deepEqual(plainSplices("a😀b", "a😁b"), [splice(1, 2, "😁")]);
  assert.deepEqual(plainSplices("\u{1f600}", "\u{1fa00}"), [splice(0, 2, "\u{1fa00}")]);
});

Deno.test("note splices: a position cuts a character only between its two halves", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map((at) => cutsPair("😀😀", at)), [
    false,
    true,
    false,
    true,
    false,
  ]);
  assert.equal(cutsPair("e\u0301", 1), false);
});
