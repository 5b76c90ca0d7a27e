import { ALL_CHANGES, NO_CHANGES } from "../../core/doc/documents.ts";
import assert from "node:assert/strict";
import { type ActorId, parseNoteId } from "../../core/base/ids.ts";
import { newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import { TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { changesOf, compact, newDocument, readSaved } from "../../core/doc/saved_document.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { LONG_NOTE_WRITERS, longNote } from "../fakes/long_note.ts";

await startAutomerge();

const NOTE = noteDoc(parseNoteId("0e".repeat(16)));
const SEGMENT = segmentDoc("0123456789abcdef" as never, 0);
const [ANN, BEN] = LONG_NOTE_WRITERS;

Deno.test("documents: of a saved note only its logs are told, and its changes when they are asked for", () => {
  const bytes = longNote(1200);
  const told = readSaved(NOTE, { bytes, maxChanges: 1200, wanted: NO_CHANGES });
  assert.deepEqual(told.changes, []);
  const whole = readSaved(NOTE, {
    bytes,
    maxChanges: 1200,
    wanted: ALL_CHANGES,
  });
  assert.equal(whole.changes.length, 1200);
  assert.deepEqual(whole.logs, told.logs);
  const { logs } = compact(NOTE, { base: bytes, changes: [] });
  for (const actor of [ANN, BEN]) {
    const own = whole.changes.filter((change) => change.actor === actor);
    const log = told.logs.get(actor);
    assert.deepEqual(log?.top, own.at(-1));
    assert.equal(log?.heads.toHex(), own.map(({ hash }) => hash.slice(0, 32)).join(""));
    assert.equal(log?.bytes, own.slice(0, -1).reduce((sum, { change }) => sum + change.length, 0));
    assert.deepEqual(logs.get(actor), { heads: log?.heads, bytes: log?.bytes });
  }
  assert.throws(
    () => readSaved(NOTE, { bytes, maxChanges: 1199, wanted: NO_CHANGES }),
    RangeError,
  );
});

Deno.test("documents: a log's newest time is that of any of its changes, whatever its clock did", () => {
  const handle = newDocument(ANN, true);
  for (const time of [5, 9, 7]) {
    handle.splice(TEXT_OBJECT, 0, 0, "x");
    handle.commit("t", time);
  }
  const bytes = handle.save();
  const { logs } = readSaved(NOTE, { bytes, maxChanges: 3, wanted: NO_CHANGES });
  const top = readChangeHeader(logs.get(ANN)!.top.change);
  assert.deepEqual([logs.get(ANN)?.newestAt, top.time], [9, 7]);
});

Deno.test("documents: of a saved segment it is told what each change writes", () => {
  const handle = newHandle(BEN as ActorId);
  for (const key of ["a", "b"]) {
    handle.put("_root", key, `of ${key}`, "str");
    handle.commit("t", 1);
  }
  const firstOps = changesOf(handle).map((change) => readChangeHeader(change).startOp);
  const bytes = handle.save();
  const { changes, logs } = readSaved(SEGMENT, { bytes, maxChanges: 2, wanted: NO_CHANGES });
  assert.deepEqual(changes, []);
  assert.deepEqual(logs.get(BEN)?.entries, {
    keys: ["a", "b"],
    values: ["of a", "of b"],
    counters: Int32Array.from(firstOps),
    seqs: Int32Array.of(1, 2),
  });
});
