import assert from "node:assert/strict";
import {
  difference,
  firstOf,
  joined,
  spliced,
  wholeSplice,
} from "../../../core/view/tab/note_splices.ts";
import type { Splice } from "../../../core/view/view.ts";
import { seededUnit } from "../../fakes/random.ts";

Deno.test("splices: joined ones do the same as one by one, and a word is one splice", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const unit = seededUnit(seed);
    const below = (end: number) => Math.floor(unit() * end);
    const start = "abcdefgh";
    let [text, list]: [string, readonly Splice[]] = [start, []];
    for (let count = 0; count < 12; count++) {
      const at = below(text.length + 1);
      const remove = below(Math.min(4, text.length - at + 1));
      const next = { at, remove, insert: "xyz".slice(below(4)) };
      text = spliced(text, [next]);
      list = joined(list, next);
      assert.equal(spliced(start, list), text, `seed ${seed}`);
    }
  }
  let word: readonly Splice[] = [];
  for (const [index, letter] of [..."word"].entries()) {
    word = joined(word, { at: 5 + index, remove: 0, insert: letter });
  }
  word = joined(word, { at: 8, remove: 1, insert: "" });
  assert.deepEqual(word, [{ at: 5, remove: 0, insert: "wor" }]);
  assert.deepEqual(joined(word, { at: 5, remove: 3, insert: "" }), []);
});

Deno.test("splices: the first of a list and the rest do the same as all", () => {
  const list = [
    { at: 0, remove: 1, insert: "a😀b" },
    { at: 2, remove: 0, insert: "cd" },
    { at: 1, remove: 1, insert: "" },
  ].map((splice) => wholeSplice("0123456789", splice));
  for (const [splices, units] of [[1, 9], [9, 1], [9, 2], [9, 3], [2, 5], [9, 99]] as const) {
    let [text, rest]: [string, readonly Splice[]] = ["0123456789", list];
    for (let rounds = 0; rest.length > 0; rounds++) {
      assert.ok(rounds < 20, "it goes on for ever");
      const part = firstOf(rest, splices, units);
      assert.ok(part.first.length <= splices);
      assert.ok(part.first.every(({ insert }) => insert.isWellFormed()));
      text = spliced(text, part.first);
      rest = part.rest;
    }
    assert.equal(text, spliced("0123456789", list));
  }
});

Deno.test("splices: characters stay whole", () => {
  assert.deepEqual(wholeSplice("a😀b", { at: 2, remove: 1, insert: "\ude01" }), {
    at: 1,
    remove: 2,
    insert: "😁",
  });
  assert.deepEqual(wholeSplice("a😀b", { at: 2, remove: 0, insert: "x" }), {
    at: 1,
    remove: 2,
    insert: "\ufffdx\ufffd",
  });
  assert.deepEqual(wholeSplice("ab", { at: 1, remove: 1, insert: "\ud83d" }), {
    at: 1,
    remove: 1,
    insert: "\ufffd",
  });
});

Deno.test("splices: a difference is one splice over what differs, of whole characters", () => {
  assert.deepEqual(difference("same", "same"), []);
  for (
    const [from, to] of [
      ["", "a"],
      ["a", ""],
      ["aaa", "aa"],
      ["one two", "one three"],
      ["x😀y", "x😁y"],
      ["😀", "😀😀"],
      ["\u{1f600}", "\u{2f600}"],
    ] as const
  ) {
    const [splice] = difference(from, to);
    assert.equal(spliced(from, [splice!]), to);
    assert.ok(splice!.insert.isWellFormed());
    assert.deepEqual(wholeSplice(from, splice!), splice);
  }
});

Deno.test("splices: one beyond the text is refused", () => {
  assert.throws(() => spliced("abc", [{ at: 2, remove: 2, insert: "" }]), RangeError);
  assert.throws(() => spliced("abc", [{ at: -1, remove: 0, insert: "" }]), RangeError);
});
