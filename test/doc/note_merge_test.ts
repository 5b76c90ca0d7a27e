import assert from "node:assert/strict";
import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { applySplices } from "../../core/doc/note_splices.ts";
import type { Splice } from "../../core/view/view.ts";
import { seededUnit } from "../fakes/random.ts";
import { randomSplices } from "../fakes/splices.ts";

await startAutomerge();

const NOTE = docKey(parseSpaceId("0c".repeat(16)), noteDoc(parseNoteId("0e".repeat(16))));
const LONG = "The quick brown fox jumps over the lazy dog, été 😀. ".repeat(800);

/** Two nodes with the same long note, open in a tab at the first. */
function both() {
  const [ann, ben] = ["aa", "bb"].map((byte) => {
    const engine = new DocumentEngine();
    engine.open(NOTE, byte.repeat(16) as ActorId, []);
    return engine;
  }) as [DocumentEngine, DocumentEngine];
  const { made } = write(ben, [{ at: 0, remove: 0, insert: LONG }]);
  ann.apply(NOTE, made);
  return { ann, ben };
}

function write(engine: DocumentEngine, splices: readonly Splice[]) {
  return engine.noteEdit(NOTE, engine.heads(NOTE), splices, 5, "t");
}

Deno.test("engine: what others write in a long note comes as splices of what is shown", () => {
  const unit = seededUnit(1);
  const { ann, ben } = both();
  let shown = ann.noteText(NOTE);
  for (let i = 0; i < 40; i++) {
    const { text } = ben.noteText(NOTE);
    ann.apply(NOTE, write(ben, randomSplices(unit, text, 1 + i % 3, 4)).made);
    if (i % 5 === 4) {
      const own = ann.noteEdit(NOTE, shown.heads, randomSplices(unit, shown.text, 1, 3), i, "t");
      ben.apply(NOTE, own.made);
    }
    const { heads, splices } = ann.noteMerge(NOTE, shown.heads);
    shown = { heads, text: applySplices(shown.text, splices) };
    assert.deepEqual(ann.noteText(NOTE), shown, `step ${i}`);
  }
  assert.deepEqual(ben.noteText(NOTE), shown);
});

Deno.test("engine: what is written in two places of a long note leaves what is between alone", () => {
  const { ann, ben } = both();
  const { heads } = ann.noteText(NOTE);
  const [first, last] = [{ at: 10, remove: 0, insert: "x" }, { at: 30_000, remove: 3, insert: "" }];
  ann.apply(NOTE, write(ben, [first]).made);
  const one = ann.noteMerge(NOTE, heads);
  assert.deepEqual(one.splices, [first]);
  ann.apply(NOTE, write(ben, [last, { at: 20, remove: 0, insert: "y" }]).made);
  const { splices } = ann.noteMerge(NOTE, one.heads);
  assert.ok(splices.every(({ remove, insert }) => remove + insert.length <= 3));
  assert.equal(splices.length, 2);
});
