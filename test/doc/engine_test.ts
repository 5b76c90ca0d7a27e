import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import * as Automerge from "@automerge/automerge";
import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_DEPS, MAX_NOTE_UNITS } from "../../core/base/limits.ts";
import { newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import type { Refused } from "../../core/doc/documents.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { GENESIS, GENESIS_ACTOR, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { mendChecksum } from "../fakes/changes.ts";
import { seededUnit } from "../fakes/random.ts";

await startAutomerge();

const SPACE = parseSpaceId("0c".repeat(16));
const NOTE = docKey(SPACE, noteDoc(parseNoteId("0e".repeat(16))));
const MAP = docKey(SPACE, SPACE_DOC);
const ANN = "aa".repeat(16) as ActorId;
const BEN = "bb".repeat(16) as ActorId;
const CAT = "cc".repeat(16) as ActorId;

function engineWith(key: typeof MAP, actor: ActorId, changes: readonly Uint8Array[] = []) {
  const engine = new DocumentEngine();
  engine.open(key, actor, changes);
  assert.deepEqual(engine.takeSetAside(key), []);
  return engine;
}

function put(engine: DocumentEngine, key: string, value: string): Uint8Array {
  return engine.put(MAP, [{ key, value }], 5).change;
}

Deno.test("DOC-3: the genesis of a note is these bytes, as Automerge makes them (vector)", () => {
  assert.equal(
    Buffer.from(GENESIS).toString("hex"),
    "856f4a83d7776c7c012f001000000000000000000000000000000000010100000005150634014202560270027f" +
      "0474657874017f047f007f00",
  );
  const made = Automerge.encodeChange({
    actor: GENESIS_ACTOR,
    author: null,
    seq: 1,
    startOp: 1,
    time: 0,
    message: null,
    deps: [],
    ops: [{ action: "makeText", obj: "_root", key: "text", pred: [] }],
  });
  assert.deepEqual(made, GENESIS);
  const { heads, text } = engineWith(NOTE, ANN).noteText(NOTE);
  assert.deepEqual(heads, ["d7776c7c30d635c598d653f66d70e450be4ef3cee792255b58e8a7e4cc0fe88f"]);
  assert.equal(text, "");
});

Deno.test("DOC-3: the genesis actor is never admitted", () => {
  const engine = engineWith(NOTE, ANN);
  const forged = newHandle(GENESIS_ACTOR);
  forged.applyChanges([GENESIS]);
  forged.splice(TEXT_OBJECT, 0, 0, "forged");
  forged.commit(null, 0);
  const change = forged.getLastLocalChange();
  assert.ok(change);
  for (const hostile of [GENESIS, change]) {
    const [result] = engine.apply(NOTE, [hostile]).results;
    assert.equal((result as Refused).reason, "rejected");
  }
  assert.equal(engine.noteText(NOTE).text, "");
});

Deno.test("engine: entries of one change are written at once, and read back by others", () => {
  const ann = engineWith(MAP, ANN);
  const made = ann.put(MAP, [{ key: "a", value: "1" }, { key: "b", value: "é😀" }], 1234, "cmd");
  assert.deepEqual(made.entries, [
    { key: "a", value: "1", op: { counter: 1, actor: ANN } },
    { key: "b", value: "é😀", op: { counter: 2, actor: ANN } },
  ]);
  const header = readChangeHeader(made.change);
  assert.deepEqual([header.hash, header.time, header.messageText], [made.hash, 1234, "cmd"]);
  assert.deepEqual(made.heads, [made.hash]);
  const ben = engineWith(MAP, BEN);
  const applied = ben.apply(MAP, [made.change]);
  assert.deepEqual(applied, {
    results: [{ type: "applied", entries: made.entries }],
    heads: made.heads,
  });
  assert.deepEqual(ben.apply(MAP, [made.change]), applied, "again, nothing changes");
  assert.equal(ben.put(MAP, [{ key: "a", value: "2" }], 5).entries[0]?.op.counter, 3);
});

Deno.test("engine: what cannot be written throws and leaves the document as it was", () => {
  const engine = engineWith(MAP, ANN);
  put(engine, "a", "1");
  const before = engine.heads(MAP);
  const long = Array.from({ length: MAX_CHANGE_BYTES }, (_, i) => (i * 7919 % 36).toString(36));
  const wrong: [string, string][] = [["a", "1"], ["long", long.join("")]];
  assert.throws(() => engine.put(MAP, [], 5), RangeError);
  for (const [key, value] of wrong) {
    assert.throws(() => engine.put(MAP, [{ key, value }], 5), RangeError, key);
  }
  assert.throws(() => engine.put(MAP, [{ key: "b", value: "2" }], 5, "x".repeat(65)), RangeError);
  assert.deepEqual(engine.heads(MAP), before);
  const next = readChangeHeader(put(engine, "b", "2"));
  assert.equal(next.seq, 2, "what failed took no place in the log");
  assert.throws(() => engine.noteText(MAP), RangeError);
});

Deno.test("DOC-4: a batch comes in any order; what rests on a missing change is refused and may come again", () => {
  const ann = engineWith(MAP, ANN);
  const changes = Array.from({ length: 6 }, (_, i) => put(ann, `k${i}`, "v"));
  const [a, b, c, d, e, f] = changes as [Uint8Array, ...Uint8Array[]];
  const ben = engineWith(MAP, BEN);
  const first = ben.apply(MAP, [f!, e!, b!, a]);
  assert.deepEqual(
    first.results.map((result) => result.type === "applied" ? "applied" : result.reason),
    ["missing", "missing", "applied", "applied"],
  );
  // Nothing waits inside: the change that was refused is not there when its gap is closed.
  assert.deepEqual(ben.apply(MAP, [c!, d!]).heads, [readChangeHeader(d!).hash]);
  const last = ben.apply(MAP, [f!, e!]);
  assert.ok(last.results.every(({ type }) => type === "applied"));
  assert.deepEqual(last.heads, ann.heads(MAP));
});

Deno.test("DOC-4: in a batch only what is at fault, and what rests on it, is refused", () => {
  const ann = engineWith(MAP, ANN);
  const good = Array.from({ length: 40 }, (_, i) => put(ann, `k${i}`, "v"));
  const cat = engineWith(MAP, CAT);
  const one = put(cat, "one", "1");
  const twin = put(engineWith(MAP, CAT), "twin", "1");
  const dave = engineWith(MAP, "dd".repeat(16) as ActorId, [twin]);
  const onTwin = put(dave, "on twin", "1");
  const ben = engineWith(MAP, BEN, [one]);
  const batch = [...good.slice(0, 17), twin, onTwin, new Uint8Array(9), ...good.slice(17)];
  const { results, heads } = ben.apply(MAP, batch);
  const refused = results.map((result, i) => [i, result.type === "refused" && result.reason])
    .filter(([, reason]) => reason);
  assert.deepEqual(refused, [[17, "rejected"], [18, "missing"], [19, "malformed"]]);
  const expected = engineWith(MAP, CAT, [one, ...good]);
  assert.deepEqual(heads, expected.heads(MAP));
});

Deno.test("DOC-4: hostile changes with right checksums harm neither the document nor its neighbours", () => {
  const ann = engineWith(MAP, ANN);
  const changes = Array.from({ length: 30 }, (_, i) => put(ann, `k${i}`, `value ${i} `.repeat(9)));
  const engine = engineWith(MAP, BEN, changes.slice(0, 20));
  engine.open(NOTE, BEN, []);
  engine.noteEdit(NOTE, engine.heads(NOTE), [{ at: 0, remove: 0, insert: "safe" }], 0, "");
  const unit = seededUnit(7);
  const reasons = new Map<string, number>();
  for (let i = 0; i < 1500; i++) {
    const hostile = changes[20 + i % 10]!.slice();
    for (let flips = 1 + unit() * 3; flips > 0; flips--) {
      const at = 11 + Math.floor(unit() * (hostile.length - 11));
      hostile[at]! ^= 1 << Math.floor(unit() * 8);
    }
    const copy = new DocumentEngine();
    copy.open(MAP, BEN, changes.slice(0, 20));
    const [result] = copy.apply(MAP, [mendChecksum(hostile)]).results;
    const reason = result?.type === "refused" ? result.reason : "applied";
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    if (reason !== "applied") {
      assert.deepEqual(copy.heads(MAP), engine.heads(MAP), `${i}: refused, but the heads moved`);
      assert.ok(copy.apply(MAP, changes).results.every(({ type }) => type === "applied"), `${i}`);
      assert.deepEqual(copy.heads(MAP), ann.heads(MAP), `${i}`);
    }
    copy.drop(MAP);
  }
  for (const reason of ["malformed", "rejected", "missing"]) {
    assert.ok(reasons.has(reason), reason);
  }
  assert.ok(!reasons.has("panic"), "nothing gets so far that Automerge fails over it");
  assert.equal(engine.noteText(NOTE).text, "safe");
});

Deno.test("engine: opening takes changes in any order, tells what does not open, and replaces", () => {
  const ann = engineWith(MAP, ANN);
  const changes = Array.from({ length: 10 }, (_, i) => put(ann, `k${i}`, "v"));
  assert.deepEqual(engineWith(MAP, BEN, changes.toReversed()).heads(MAP), ann.heads(MAP));
  const torn = new DocumentEngine();
  torn.open(MAP, BEN, changes.filter((_, i) => i !== 7));
  const setAside = torn.takeSetAside(MAP);
  assert.deepEqual(setAside.map(({ hash, reason }) => [hash, reason]), [
    [readChangeHeader(changes[8]!).hash, "missing"],
    [readChangeHeader(changes[9]!).hash, "missing"],
  ]);
  assert.deepEqual(torn.takeSetAside(MAP), []);
  assert.deepEqual(torn.heads(MAP), [readChangeHeader(changes[6]!).hash]);
  torn.open(MAP, BEN, []);
  assert.deepEqual(torn.heads(MAP), []);
  torn.drop(MAP);
  torn.drop(MAP);
  assert.throws(() => torn.heads(MAP), /open it first/);
});

Deno.test("engine: one's own log goes on after the store's, also on a branch", () => {
  const first = engineWith(NOTE, ANN);
  const genesis = first.heads(NOTE);
  const made: Uint8Array[] = [];
  const edit = (engine: DocumentEngine, heads: readonly string[], insert: string) => {
    const edited = engine.noteEdit(NOTE, heads, [{ at: 0, remove: 0, insert }], 0, "");
    made.push(...edited.made);
    return edited;
  };
  edit(first, genesis, "a");
  const branch = edit(first, genesis, "b");
  const second = engineWith(NOTE, ANN, made);
  edit(second, branch.heads, "c");
  edit(second, genesis, "d");
  const logs = made.map((change) => readChangeHeader(change))
    .map(({ actor, seq }) => `${actor.slice(0, -32)}:${seq}`);
  assert.deepEqual(logs, [":1", "13b2230901:1", "13b2230901:2", "13b2230902:1"]);
});

Deno.test("engine: a branch beyond level 127 is refused, and nothing is written", () => {
  const engine = engineWith(NOTE, ANN);
  const genesis = engine.heads(NOTE);
  const splices = [{ at: 0, remove: 0, insert: "x" }];
  for (let level = 0; level <= 127; level++) engine.noteEdit(NOTE, genesis, splices, 0, "");
  const before = engine.noteText(NOTE);
  assert.equal(engine.heads(NOTE).length, 128);
  assert.equal(before.text.length, MAX_DEPS, "so many heads are shown at once");
  assert.throws(() => engine.noteEdit(NOTE, genesis, splices, 0, ""), /branch/);
  assert.deepEqual(engine.noteText(NOTE), before);
  engine.noteEdit(NOTE, before.heads, splices, 0, "");
});

Deno.test("engine: a long insert becomes several changes, each within the bound, and whole text", () => {
  const unit = seededUnit(3);
  const codes = Array.from({ length: 100_000 }, () => 0x4e00 + Math.floor(unit() * 20_000));
  const text = codes.map((code) => String.fromCodePoint(code)).join("") + "😀".repeat(40_000);
  const ann = engineWith(NOTE, ANN);
  const edited = ann.noteEdit(NOTE, ann.heads(NOTE), [{ at: 0, remove: 0, insert: text }], 0, "id");
  assert.ok(edited.made.length > 5);
  for (const change of edited.made) {
    assert.ok(change.length <= MAX_CHANGE_BYTES);
    assert.equal(readChangeHeader(change).messageText, "id");
  }
  const ben = engineWith(NOTE, BEN);
  ben.apply(NOTE, edited.made);
  assert.equal(ben.noteText(NOTE).text, text);
  assert.deepEqual(edited.merged, { heads: ben.heads(NOTE), splices: [] });
  const half = text.length / 2;
  const cut = ben.noteEdit(NOTE, ben.heads(NOTE), [{ at: 0, remove: half, insert: "" }], 0, "id");
  for (const change of cut.made) assert.ok(change.length <= MAX_CHANGE_BYTES);
  ann.apply(NOTE, cut.made);
  assert.equal(ann.noteText(NOTE).text, text.slice(half));
});

Deno.test("engine: removing a text that many typed by turns is cut until its changes fit", () => {
  const unit = seededUnit(9);
  const actors = Array.from({ length: 40 }, (_, i) => (16 + i).toString(16).repeat(16) as ActorId);
  const engines = actors.map((actor) => engineWith(NOTE, actor));
  const all: Uint8Array[] = [];
  const [ann] = engines;
  assert.ok(ann);
  for (const engine of engines) {
    engine.apply(NOTE, all);
    const length = engine.noteText(NOTE).text.length;
    const splices = Array.from({ length: 500 }, (_, i) => {
      return { at: Math.floor(unit() * (length + i)), remove: 0, insert: "x" };
    });
    all.push(...engine.noteEdit(NOTE, engine.heads(NOTE), splices, 0, "").made);
  }
  ann.apply(NOTE, all);
  const remove = ann.noteText(NOTE).text.length;
  assert.equal(remove, 20_000);
  const { made } = ann.noteEdit(NOTE, ann.heads(NOTE), [{ at: 0, remove, insert: "" }], 0, "");
  assert.ok(made.length > 2, "random places do not pack well");
  for (const change of made) assert.ok(change.length <= MAX_CHANGE_BYTES);
  assert.equal(ann.noteText(NOTE).text, "");
});

Deno.test("engine: edits at unknown heads, out of the text or too long change nothing", () => {
  const engine = engineWith(NOTE, ANN);
  const start = engine.noteEdit(
    NOTE,
    engine.heads(NOTE),
    [{ at: 0, remove: 0, insert: "a😀b" }],
    0,
    "",
  );
  const before = engine.noteText(NOTE);
  const edit = (heads: readonly string[], at: number, remove: number, insert: string) =>
    assert.throws(
      () => engine.noteEdit(NOTE, heads, [{ at, remove, insert }], 0, ""),
      RangeError,
      `${at} ${remove}`,
    );
  for (const heads of [[], ["ab".repeat(32)], ["x"], [...start.heads, "ab".repeat(32)]]) {
    edit(heads, 0, 0, "x");
    assert.throws(() => engine.noteMerge(NOTE, heads), RangeError);
    assert.throws(() => engine.anchor(NOTE, heads, [0]), RangeError);
  }
  edit(start.heads, 5, 0, "x");
  edit(start.heads, 0, 5, "x");
  edit(start.heads, 2, 0, "x");
  edit(start.heads, 0, 0, "\ud800");
  edit(start.heads, 0, 0, "x".repeat(MAX_NOTE_UNITS));
  assert.deepEqual(engine.noteText(NOTE), before);
  const nothing = engine.noteEdit(NOTE, start.heads, [], 0, "");
  assert.deepEqual(nothing, {
    made: [],
    heads: start.heads,
    merged: { heads: start.heads, splices: [] },
  });
});

Deno.test("engine: the text is right though the store has blocks in it or an object over it", () => {
  const hostile = newHandle(BEN);
  hostile.applyChanges([GENESIS]);
  const engine = engineWith(NOTE, ANN);
  const start = engine.noteEdit(
    NOTE,
    engine.heads(NOTE),
    [{ at: 0, remove: 0, insert: "abc" }],
    0,
    "",
  );
  hostile.applyChanges([...start.made]);
  hostile.mark(TEXT_OBJECT, { start: 0, end: 2 }, "bold", true);
  hostile.commit(null, 0);
  hostile.splice(TEXT_OBJECT, 3, 0, "def");
  hostile.commit(null, 0);
  hostile.splitBlock(TEXT_OBJECT, 1, { type: "p" });
  hostile.commit(null, 0);
  hostile.put("_root", "noise", "x", "str");
  hostile.commit(null, 0);
  hostile.putObject("_root", "text", "another");
  hostile.commit(null, 0);
  hostile.splice(TEXT_OBJECT, 0, 1, "");
  hostile.commit(null, 0);
  let text = "abc";
  let heads = start.heads;
  const stored = [...start.made];
  for (const change of hostile.getChanges([...start.heads])) {
    stored.push(change);
    engine.open(NOTE, ANN, stored);
    const merge = engine.noteMerge(NOTE, heads);
    for (const { at, remove, insert } of merge.splices) {
      text = text.slice(0, at) + insert + text.slice(at + remove);
    }
    heads = [...merge.heads];
    assert.equal(text, engine.noteText(NOTE).text);
  }
  assert.match(text, /bcdef$/);
});

Deno.test("engine: cursors stay with the character they stand at, and at the end with the one before", () => {
  const ann = engineWith(NOTE, ANN);
  const start = ann.noteEdit(NOTE, ann.heads(NOTE), [{ at: 0, remove: 0, insert: "one😀" }], 0, "");
  const empty = engineWith(NOTE, CAT);
  assert.deepEqual(empty.resolve(NOTE, empty.anchor(NOTE, empty.heads(NOTE), [0])).positions, [0]);
  const cursors = ann.anchor(NOTE, start.heads, [0, 2, 3, 5]);
  const resolve = () => ann.resolve(NOTE, cursors).positions;
  assert.deepEqual(resolve(), [0, 2, 3, 5]);
  ann.noteEdit(NOTE, start.heads, [{ at: 0, remove: 0, insert: ">>" }], 0, "");
  assert.deepEqual(resolve(), [2, 4, 5, 7]);
  const end = ann.noteText(NOTE);
  ann.noteEdit(NOTE, end.heads, [{ at: end.text.length, remove: 0, insert: " two" }], 0, "");
  assert.deepEqual(resolve(), [2, 4, 5, 7], "what others append does not carry the cursor along");
  ann.noteEdit(NOTE, ann.heads(NOTE), [{ at: 4, remove: 3, insert: "" }], 0, "");
  assert.deepEqual(resolve(), [2, 4, 4, 4]);
  const old = ann.anchor(NOTE, start.heads, [1]);
  assert.deepEqual(ann.resolve(NOTE, old).positions, [3], "anchored in the text of older heads");
});

Deno.test("engine: what is no cursor of the note resolves to nothing", () => {
  const engine = engineWith(NOTE, ANN);
  const { heads } = engine.noteEdit(
    NOTE,
    engine.heads(NOTE),
    [{ at: 0, remove: 0, insert: "a" }],
    0,
    "",
  );
  const wrong = [
    "",
    "e",
    "-",
    ">",
    ">>2@" + ANN,
    "zz",
    "1@",
    "1@ff",
    `-2@${ANN}`,
    `99@${ANN}`,
    `2@${BEN}`,
    `${"9".repeat(15)}@${ANN}`,
    `${"9".repeat(40)}@${ANN}`,
    `1@${GENESIS_ACTOR}`,
    "\u0000".repeat(50),
  ];
  assert.deepEqual(engine.resolve(NOTE, wrong).positions, wrong.map(() => null));
  assert.throws(() => engine.resolve(NOTE, Array(257).fill("s")), RangeError);
  for (const position of [-1, 2, 0.5, NaN]) {
    assert.throws(() => engine.anchor(NOTE, heads, [position]), RangeError);
  }
});

Deno.test("engine: documents of a segment and of a space are apart", () => {
  const engine = engineWith(MAP, ANN);
  const other = docKey(SPACE, segmentDoc("0123456789abcdef" as never, 0));
  engine.open(other, ANN, []);
  put(engine, "a", "1");
  assert.equal(engine.heads(MAP).length, 1);
  assert.equal(engine.heads(other).length, 0);
});
