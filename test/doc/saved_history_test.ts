import assert from "node:assert/strict";
import * as Automerge from "@automerge/automerge";
import { type ActorId, type ChangeHash, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { Gate, readChange } from "../../core/doc/gate.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { compact, loadSaved } from "../../core/doc/saved_document.ts";
import { SavedHistory } from "../../core/doc/saved_history.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { LONG_NOTE_WRITERS, longNote } from "../fakes/long_note.ts";
import { seededUnit } from "../fakes/random.ts";
import { randomSplices } from "../fakes/splices.ts";

await startAutomerge();

const DOC = noteDoc(parseNoteId("0e".repeat(16)));
const NOTE = docKey(parseSpaceId("0c".repeat(16)), DOC);
const WRITERS = ["a1", "b2", "c3"].map((byte) => byte.repeat(16) as ActorId);
const READER = "dd".repeat(16) as ActorId;

/** Changes of several writers who hear of one another late and go on at old heads, each after those it rests on. */
function story(unit: () => number, steps: number): Uint8Array[] {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)]!;
  const changes: Uint8Array[] = [];
  const writers = WRITERS.map((actor) => {
    const engine = new DocumentEngine();
    engine.open(NOTE, actor, []);
    return { engine, past: [engine.noteText(NOTE)] };
  });
  for (let step = 0; step < steps; step++) {
    const { engine, past } = pick(writers);
    if (unit() < 0.4) engine.apply(NOTE, changes);
    const { heads, text } = unit() < 0.3 ? pick(past) : engine.noteText(NOTE);
    changes.push(
      ...engine.noteEdit(NOTE, heads, randomSplices(unit, text, 2, 4), step, "t").made,
    );
    past.push(engine.noteText(NOTE));
  }
  return changes;
}

/** Gates of the same note: one saw each change, one reads them off the note as it was saved. */
function bothGates(changes: readonly Uint8Array[]): { slow: Gate; quick: Gate } {
  const slow = new Gate(true);
  for (const change of changes) slow.pass(readChange(change, true));
  const { bytes } = compact(DOC, { base: null, changes });
  const handle = loadSaved(bytes, READER);
  const quick = new Gate(
    true,
    new SavedHistory(bytes, (hash) => handle.getChangeMetaByHash(hash)),
  );
  return { slow, quick };
}

/** What a gate says of a change, as text; what passes stays. */
function verdict(gate: Gate, change: Uint8Array): string {
  try {
    gate.pass(readChange(change, true));
    return "passed";
  } catch (error) {
    assert.ok(error instanceof RangeError || error instanceof SyntaxError, String(error));
    return error.message;
  }
}

/** A change that rests on, is numbered as and points at whatever comes up. */
function anyChange(unit: () => number, changes: readonly Uint8Array[]): Uint8Array {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)]!;
  const headers = changes.map(readChangeHeader);
  const deps = new Set(Array.from({ length: 1 + Math.floor(unit() * 3) }, () => pick(headers)));
  const known = pick(headers);
  const isNext = unit() < 0.7;
  const tops = [...deps].map(({ startOp, rows }) => startOp + rows);
  const seq = isNext ? headers.filter(({ actor }) => actor === known.actor).length + 1 : known.seq;
  const op = pick(headers);
  const elemId = `${op.startOp + Math.floor(unit() * (op.rows + 1))}@${op.actor}`;
  return Automerge.encodeChange(
    {
      actor: unit() < 0.5 ? "ee".repeat(16) : known.actor,
      author: null,
      seq: unit() < 0.5 ? 1 : seq,
      startOp: unit() < 0.8 ? Math.max(...tops) : Math.max(1, known.startOp),
      time: 0,
      message: null,
      deps: [...deps].map(({ hash }) => hash).sort(),
      ops: [
        unit() < 0.5
          ? { action: "del", obj: TEXT_OBJECT, elemId, pred: [elemId] }
          : { action: "set", obj: TEXT_OBJECT, elemId, insert: true, value: "x", pred: [] },
      ],
    } as never,
  );
}

Deno.test("ADM: a gate of a saved note judges as one that saw each of its changes", () => {
  const said = new Map<string, number>();
  for (let seed = 0; seed < 12; seed++) {
    const unit = seededUnit(seed);
    const changes = story(unit, 60);
    const saved = 1 + Math.floor(unit() * changes.length);
    const { slow, quick } = bothGates(changes.slice(0, saved));
    const hashes = [GENESIS, ...changes].map((change) => readChangeHeader(change).hash);
    for (const hash of [...hashes, "ab".repeat(32) as ChangeHash]) {
      assert.equal(quick.has(hash), slow.has(hash), `seed ${seed}: ${hash}`);
      if (!slow.has(hash)) continue;
      for (const actor of [...WRITERS, READER]) {
        assert.equal(quick.actorAt(actor, [hash]), slow.actorAt(actor, [hash]), `seed ${seed}`);
      }
    }
    const others = Array.from({ length: 300 }, () => anyChange(unit, changes));
    for (const [i, change] of [...others, ...changes.slice(saved), ...others].entries()) {
      const [one, other] = [verdict(slow, change), verdict(quick, change)];
      assert.equal(other, one, `seed ${seed}, change ${i}`);
      said.set(one, (said.get(one) ?? 0) + 1);
    }
  }
  for (const reason of ["passed", "two ways", "not there", "not numbered above", "its place"]) {
    assert.ok([...said.keys()].some((text) => text.includes(reason)), `none was "${reason}"`);
  }
});

Deno.test("documents: a note opened from what was saved goes on as one opened from its changes", () => {
  for (let seed = 20; seed < 26; seed++) {
    const unit = seededUnit(seed);
    const changes = story(unit, 50);
    const saved = 1 + Math.floor(unit() * changes.length);
    const { bytes: base } = compact(DOC, { base: null, changes: changes.slice(0, saved) });
    const [whole, based] = [new DocumentEngine(), new DocumentEngine()];
    whole.open(NOTE, READER, changes);
    based.open(NOTE, READER, changes.slice(saved), { base });
    for (let edit = 0; edit < 10; edit++) {
      const text = whole.noteText(NOTE);
      assert.deepEqual(based.noteText(NOTE), text, `seed ${seed}`);
      const splices = randomSplices(unit, text.text, 2, 4);
      const made = whole.noteEdit(NOTE, text.heads, splices, edit, "t");
      assert.deepEqual(based.noteEdit(NOTE, text.heads, splices, edit, "t"), made);
    }
    assert.deepEqual(based.takeSetAside(NOTE), []);
  }
});

Deno.test("documents: a note whose saved form cannot be read off is judged change by change", () => {
  const engine = new DocumentEngine();
  const handle = Automerge.getBackend(Automerge.init({ actor: WRITERS[0]! }));
  handle.applyChanges([GENESIS]);
  handle.splice(TEXT_OBJECT, 0, 0, "text");
  handle.commit("t", 1);
  handle.mark(TEXT_OBJECT, { start: 0, end: 2, expand: "none" }, "bold", true);
  handle.commit("t", 2);
  engine.open(NOTE, READER, [], { base: handle.save() });
  const { heads } = engine.noteText(NOTE);
  const at0 = [{ at: 0, remove: 0, insert: "x" }];
  assert.throws(() => engine.noteEdit(NOTE, heads, at0, 5, "t"), RangeError);
  assert.deepEqual(engine.takeSetAside(NOTE).map(({ reason }) => reason), ["malformed"]);
  const now = engine.noteText(NOTE);
  engine.noteEdit(NOTE, now.heads, at0, 5, "t");
  assert.equal(engine.noteText(NOTE).text, "xtext");
});

Deno.test("documents: a saved note of a long history is read off as Automerge has it", () => {
  const [bytes, [ann, ben]] = [longNote(3000), LONG_NOTE_WRITERS];
  const handle = loadSaved(bytes, READER);
  const history = new SavedHistory(bytes, (hash) => handle.getChangeMetaByHash(hash));
  assert.equal(history.size, 3001);
  assert.equal(history.countOf(ann) + history.countOf(ben), 3000);
  for (const meta of handle.getChangesMeta([])) {
    const place = history.find(meta.hash as ChangeHash);
    assert.deepEqual(place?.header, {
      actor: meta.actor,
      seq: meta.seq,
      startOp: meta.startOp,
      rows: meta.maxOp - meta.startOp + 1,
    });
    assert.deepEqual(
      history.findOp({ actor: meta.actor as ActorId, counter: meta.maxOp })?.place,
      place,
    );
  }
  const top = history.find(handle.getHeads()[0] as ChangeHash);
  assert.ok(top);
  assert.deepEqual(history.pastOf(top)?.get(ann), history.countOf(ann));
});
