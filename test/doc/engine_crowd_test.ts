/** Documents on which a great many write at once, or someone numbers far ahead: one may go on writing. */
import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge";
import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { MAX_DEPS } from "../../core/base/limits.ts";
import { MAX_OPS_AHEAD } from "../../core/doc/ancestry.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { applySplices } from "../../core/doc/note_splices.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";

await startAutomerge();

const SPACE = parseSpaceId("0c".repeat(16));
const NOTE = docKey(SPACE, noteDoc(parseNoteId("0e".repeat(16))));
const MAP = docKey(SPACE, SPACE_DOC);
const ANN = "aa".repeat(16) as ActorId;
const CROWD = 150;

function engineAt(key: typeof MAP, actor = ANN): DocumentEngine {
  const engine = new DocumentEngine();
  engine.open(key, actor, []);
  return engine;
}

/** The first change of an actor, with one operation. */
function first(n: number, startOp: number, deps: readonly string[], op: object): Uint8Array {
  const actor = (n + 1).toString(16).padStart(32, "0");
  const header = { actor, author: null, seq: 1, startOp, time: 0, message: null };
  return Automerge.encodeChange(
    { ...header, deps: [...deps], ops: [{ ...op, pred: [] }] } as never,
  );
}

const letter = { action: "set", obj: TEXT_OBJECT, elemId: "_head", insert: true, value: "x" };

Deno.test("CHG-1: an entry can be written however many wrote at once, and others take it", () => {
  const engine = engineAt(MAP);
  const own = engine.put(MAP, [{ key: "own", value: "v" }], 0).change;
  const put = (n: number) => ({ action: "set", obj: "_root", key: "k", value: `${n}` });
  const crowd = Array.from({ length: CROWD }, (_, n) => first(n, 1, [], put(n)));
  engine.apply(MAP, crowd);
  const made: Uint8Array[] = [];
  while (engine.heads(MAP).length > 1) {
    const { change } = engine.put(MAP, [{ key: "k", value: `own ${made.length}` }], 0);
    assert.ok(readChangeHeader(change).deps.length <= MAX_DEPS);
    made.push(change);
  }
  assert.equal(made.length, 3);
  const other = engineAt(MAP, "bb".repeat(16) as ActorId);
  const { results, heads } = other.apply(MAP, [...made, own, ...crowd]);
  assert.ok(results.every(({ type }) => type === "applied"));
  assert.deepEqual(heads, engine.heads(MAP));
});

Deno.test("CHG-1: a note can be edited however many wrote at once, and becomes one text", () => {
  const engine = engineAt(NOTE);
  const start = engine.heads(NOTE);
  const crowd = Array.from({ length: CROWD }, (_, n) => first(n, 2, start, letter));
  engine.apply(NOTE, crowd);
  let { heads, text } = engine.noteText(NOTE);
  for (let i = 0; engine.heads(NOTE).length > 1; i++) {
    assert.ok(i < 5 && heads.length <= MAX_DEPS);
    const splices = [{ at: 0, remove: 0, insert: "own" }];
    const edited = engine.noteEdit(NOTE, heads, splices, 0, "");
    text = applySplices(applySplices(text, splices), edited.merged.splices);
    heads = edited.merged.heads;
  }
  assert.equal(text, engine.noteText(NOTE).text);
  assert.equal(text.replaceAll("own", ""), "x".repeat(CROWD));
});

Deno.test("ADM-5: a branch is written on though another numbered as far ahead as one may", () => {
  const engine = engineAt(NOTE);
  const start = engine.heads(NOTE);
  const edit = (heads: readonly string[], insert: string) =>
    engine.noteEdit(NOTE, heads, [{ at: 0, remove: 0, insert }], 0, "");
  const own = edit(start, "abc");
  const far = first(1, 2 + MAX_OPS_AHEAD, start, letter);
  assert.equal(engine.apply(NOTE, [far]).results[0]?.type, "applied");
  const made = [
    own,
    edit(own.heads, "on what is one's own "),
    edit(start, "on another branch "),
    edit(engine.heads(NOTE), "on all "),
  ];
  const logs = made.map(({ made: [change] }) => readChangeHeader(change!))
    .map(({ actor, seq }) => `${actor.slice(0, -32)}:${seq}`);
  assert.deepEqual(logs, [":1", ":2", "13b2230901:1", ":3"]);
  const { text } = engine.noteText(NOTE);
  const parts = ["abc", "on what is one's own ", "on another branch ", "on all "];
  for (const part of parts) assert.ok(text.includes(part), text);
  const other = engineAt(NOTE, "bb".repeat(16) as ActorId);
  const { results } = other.apply(NOTE, [...made.flatMap(({ made }) => made), far].reverse());
  assert.ok(results.every(({ type }) => type === "applied"));
  assert.equal(other.noteText(NOTE).text, text);
});
