import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { type NamedPeer, nameLikeness, skeleton } from "../../core/view/confusable.ts";

/** Names that a person takes for the first of them at a glance. */
const ALIKE: readonly (readonly [what: string, ...names: string[]])[] = [
  ["another case", "Ana", "ANA", "ana"],
  ["accents", "Ana", "Ána", "A\u0301na", "Anà"],
  ["spaces, seen or not", "Ana Lund", "AnaLund", "Ana  Lund", "Ana\u200bLund", "Ana\u3164 Lund"],
  ["Cyrillic letters", "Ana", "Аnа", "аna"],
  ["a whole name in Cyrillic", "Pacop", "Расор"],
  ["Cyrillic capitals", "HEBA", "НЕВА"],
  ["Greek letters", "Nora", "Νοra", "Noгa"],
  ["Greek small letters", "Ava", "αvα", "ανα"],
  ["I, l and 1", "Bill", "BiIl", "Bi11", "BilІ", "B|ll"],
  ["0 and O", "Bob", "B0b", "Воb"],
  ["5 and S", "Sam", "5am", "Ѕam"],
  ["full-width and mathematical letters", "Ana", "Ａｎａ", "𝐀𝐧𝐚", "𝔸𝕟𝕒"],
  ["letters that make another", "Emma", "Ernma"],
  ["v twice", "Wim", "VVim"],
  ["barred letters", "Lodz", "Łódź"],
  ["ss and ß", "Strauss", "Strauß"],
  ["two kinds of sigma", "Νίκος", "ΝίκοΣ"],
  ["Hebrew points", "יעל", "יָעֵל"],
];

for (const [what, first = "", ...others] of ALIKE) {
  Deno.test(`names are alike in spite of ${what}`, () => {
    for (const name of others) assert.equal(skeleton(name), skeleton(first), name);
  });
}

Deno.test("different names stay different, in any script", () => {
  const names = ["Ana", "Anna", "Ann", "Ben", "Bea", "Tomasz", "小林", "小森", "かな", "がな"]
    .concat(["राम", "रोम", "Иван", "Инна", "Ηλίας", "Νίκος", "יעל", "יעקב", "علي", "عمر"])
    .concat(["김", "킴", "Ana 3", "Ana 4", "Ana-B", "🦊", "🦉"]);
  const seen = new Map(names.map((name) => [skeleton(name), name]));
  assert.deepEqual([...seen.values()], names);
});

Deno.test("a name is bounded work: the longest ones there are", () => {
  assert.equal(skeleton("\ufdfa".repeat(64)).length > 0, true);
  assert.equal(skeleton(""), "");
});

const person = (n: number, name: string, more: Partial<NamedPeer> = {}): NamedPeer => ({
  peer: n.toString(16).padStart(64, "0") as PeerId,
  name,
  verified: false,
  firstAt: n,
  ...more,
});

Deno.test("who comes later under a known name is a new key; who came first is not", () => {
  const [first, later, other] = [person(1, "Ana"), person(2, "Аna"), person(3, "Ben")];
  const found = nameLikeness([later, other, first]);
  assert.deepEqual(found.get(later.peer), { alike: [first.peer], newKey: true });
  assert.deepEqual(found.get(first.peer), { alike: [later.peer], newKey: false });
  assert.deepEqual(found.get(other.peer), { alike: [], newKey: false });
});

Deno.test("a verified person is never a new key, and everyone else of that name is one", () => {
  const early = person(1, "Ana");
  const verified = person(2, "Ana", { verified: true });
  const found = nameLikeness([early, verified]);
  assert.deepEqual(found.get(verified.peer), { alike: [early.peer], newKey: false });
  assert.deepEqual(found.get(early.peer), { alike: [verified.peer], newKey: true });
});

Deno.test("one of whom nothing is known comes later than all who are", () => {
  const known = person(1, "Ana");
  const unknown = person(2, "Ana", { firstAt: undefined });
  const other = person(3, "Ana", { firstAt: undefined });
  const found = nameLikeness([known, unknown]);
  assert.equal(found.get(unknown.peer)?.newKey, true);
  assert.equal(found.get(known.peer)?.newKey, false);
  assert.equal(nameLikeness([unknown, other]).get(unknown.peer)?.newKey, false);
});
