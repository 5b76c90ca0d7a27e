/** Documents as peers saved them: they give what their changes give one by one, or are refused. */
import { ALL_CHANGES, NO_CHANGES } from "../../core/doc/documents.ts";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { type Handle, newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { entriesOf, readChange } from "../../core/doc/gate.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { newestText } from "../../core/doc/note_handle.ts";
import { compact, loadSaved, newDocument, readSaved } from "../../core/doc/saved_document.ts";
import { readDocumentChunk } from "../../core/trust/document_chunk.ts";
import { documentChunk, uleb } from "../fakes/document_chunk.ts";
import { seededUnit } from "../fakes/random.ts";
import { randomSplices } from "../fakes/splices.ts";

await startAutomerge();

const SPACE = parseSpaceId("0c".repeat(16));
const SEGMENT = segmentDoc("0123456789abcdef" as never, 3);
const NOTE = noteDoc(parseNoteId("0e".repeat(16)));
const WRITERS = ["a1", "b2", "c3", "d4"].map((byte) => byte.repeat(16) as ActorId);
const [ANN] = WRITERS as [ActorId];
const AT = 1_700_000_000_000;

/** Changes of several writers who hear of one another late, each after those it rests on. */
function story(doc: typeof NOTE, unit: () => number, steps: number): Uint8Array[] {
  const key = docKey(SPACE, doc);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)]!;
  const engines = WRITERS.map((actor) => {
    const engine = new DocumentEngine();
    engine.open(key, actor, []);
    return engine;
  });
  const changes: Uint8Array[] = [];
  for (let step = 0; step < steps; step++) {
    const engine = pick(engines);
    if (unit() < 0.4) engine.apply(key, changes);
    if (doc === NOTE) {
      const { heads, text } = engine.noteText(key);
      const splices = randomSplices(unit, text, 2, 6);
      changes.push(...engine.noteEdit(key, heads, splices, AT + step, "t").made);
      continue;
    }
    const entries = Array.from({ length: 1 + Math.floor(unit() * 3) }, () => ({
      key: `key ${Math.floor(unit() * 12)}`,
      value: `${"été 😀 ".repeat(Math.floor(unit() * 40))}${step}`,
    }));
    changes.push(engine.put(key, entries, AT + step, unit() < 0.3 ? "t" : undefined).change);
  }
  return changes;
}

for (const [name, doc] of [["segment", SEGMENT], ["space", SPACE_DOC], ["note", NOTE]] as const) {
  for (const seed of [1, 2, 3, 4, 5]) {
    Deno.test(`SEAL: a saved document gives what its changes give one by one (${name}, ${seed})`, () => {
      const unit = seededUnit(seed);
      const changes = story(doc, unit, 1 + Math.floor(unit() * 120));
      const { bytes, logs } = compact(doc, { base: null, changes });
      const options = {
        bytes,
        maxChanges: changes.length,
        wanted: ALL_CHANGES,
      };
      const saved = readSaved(doc, options);
      const single = new Map(changes.map((change) => {
        const read = readChange(change, doc === NOTE);
        return [read.header.hash, { read, change: read.change }];
      }));
      assert.equal(saved.changes.length, single.size);
      const seqs = new Map<ActorId, number>();
      const written = new Map<ActorId, unknown[]>();
      for (const { hash, actor, seq, change } of saved.changes) {
        const { read, change: alone } = single.get(hash)!;
        assert.deepEqual([actor, seq], [read.header.actor, read.header.seq]);
        assert.equal(Buffer.compare(change, alone), 0);
        assert.equal(seq, (seqs.get(actor) ?? 0) + 1, "each after the one before it in its log");
        seqs.set(actor, seq);
        const entries = entriesOf(read).map(({ key, value, op }) => {
          return { key, value, counter: op.counter, seq };
        });
        written.set(actor, [...written.get(actor) ?? [], ...entries]);
        const heads = logs.get(actor)!.heads;
        assert.equal(heads.subarray(16 * (seq - 1), 16 * seq).toHex(), hash.slice(0, 32));
      }
      const alone = readSaved(doc, { ...options, wanted: NO_CHANGES });
      const handle = loadSaved(bytes, ANN);
      const noteText = doc === NOTE ? newestText(handle) : null;
      assert.deepEqual(alone, { ...saved, changes: [], noteText });
      assert.equal(saved.noteText, null);
      assert.deepEqual(new Set(alone.logs.keys()), new Set(seqs.keys()));
      const times = new Map<ActorId, number>();
      for (const { read: { header: { actor, time } } } of single.values()) {
        times.set(actor, Math.max(time, times.get(actor) ?? 0));
      }
      for (const [actor, { heads, bytes, newestAt, top, entries }] of alone.logs) {
        assert.deepEqual({ heads, bytes }, logs.get(actor));
        assert.equal(newestAt, times.get(actor));
        assert.deepEqual(top, saved.changes.findLast((change) => change.actor === actor));
        const { keys, values, counters, seqs } = entries;
        const rows = keys.map((key, i) => {
          return { key, value: values[i], counter: counters[i], seq: seqs[i] };
        });
        assert.deepEqual(rows, written.get(actor) ?? []);
      }
      assert.deepEqual(saved.heads, handle.getHeads().sort());
      handle.free();
      assert.throws(
        () => readSaved(doc, { ...options, maxChanges: changes.length - 2 }),
        RangeError,
      );
      // A base and what lies on top of it are the same document.
      const cut = Math.floor(unit() * changes.length);
      const base = compact(doc, { base: null, changes: changes.slice(0, cut) }).bytes;
      const again = compact(doc, { base, changes: changes.slice(cut) });
      assert.deepEqual(again.logs, logs);
    });
  }
}

/** Saves a document in which a stranger did something. */
function savedWith(
  isNote: boolean,
  act: (handle: Handle) => void,
  actor: ActorId = ANN,
): Uint8Array {
  const handle = newDocument(actor, isNote);
  act(handle);
  handle.commit(null, AT);
  const bytes = handle.save();
  handle.free();
  return bytes;
}

const refuses = (doc: typeof NOTE, bytes: Uint8Array, why: RegExp) =>
  assert.throws(
    () => readSaved(doc, { bytes, maxChanges: 100, wanted: NO_CHANGES }),
    (error) => {
      assert.ok(error instanceof RangeError, String(error));
      assert.match(error.message, why);
      return true;
    },
  );

Deno.test("SEAL: a document with one change that the gate refuses is refused", () => {
  const acts: ((handle: Handle) => unknown)[] = [
    (handle) => handle.put("_root", "key", 7, "int"),
    (handle) => handle.put("_root", "", "value", "str"),
    (handle) => handle.putObject("_root", "key", []),
    (handle) => handle.putObject("_root", "key", "text"),
    (handle) => {
      handle.put("_root", "key", "value", "str");
      handle.commit(null, AT);
      handle.delete("_root", "key");
    },
  ];
  for (const act of acts) {
    const bytes = savedWith(false, (handle) => {
      handle.put("_root", "sound", "value", "str");
      handle.commit(null, AT);
      act(handle);
    });
    for (const doc of [SEGMENT, SPACE_DOC]) refuses(doc, bytes, /^Cannot (accept|read) the change/);
  }
  refuses(NOTE, savedWith(true, (handle) => handle.put("_root", "key", "value", "str")), /key/);
  refuses(NOTE, savedWith(true, (handle) => handle.insert(TEXT_OBJECT, 0, 7, "int")), /./);
});

Deno.test("SEAL: a note without its beginning, and a document with it that is no note, are refused", () => {
  const bytes = savedWith(false, (handle) => handle.putObject("_root", "text", ""));
  refuses(NOTE, bytes, /^Cannot accept the change/);
  const note = savedWith(true, (handle) => handle.splice(TEXT_OBJECT, 0, 0, "text"));
  readSaved(NOTE, { bytes: note, maxChanges: 1, wanted: NO_CHANGES });
  refuses(SEGMENT, note, /^Cannot accept the change/);
  // The beginning alone is nothing that anybody wrote.
  const handle = newHandle(ANN);
  handle.applyChanges([GENESIS]);
  const bare = readSaved(NOTE, { bytes: handle.save(), maxChanges: 0, wanted: NO_CHANGES });
  assert.deepEqual(bare.changes, []);
});

Deno.test("SEAL: an actor that is not of this program's length is refused", () => {
  const put = (handle: Handle) => handle.put("_root", "key", "value", "str");
  refuses(SEGMENT, savedWith(false, put, "ab".repeat(8) as ActorId), /by an actor of 8 bytes/);
});

Deno.test("SEAL: a document that Automerge does not load is refused", () => {
  const bytes = savedWith(false, (handle) => handle.put("_root", "key", "value", "str"));
  const { actors, changes, ops } = readDocumentChunk(bytes);
  const made = (heads: readonly Uint8Array[]) =>
    documentChunk({
      actors: actors.map((actor) => Uint8Array.fromHex(actor)),
      heads,
      changes: changes.map(({ spec, bytes }) => [spec, bytes] as const),
      ops: ops.map(({ spec, bytes }) => [spec, bytes] as const),
      rest: new Uint8Array(heads.length),
    });
  refuses(SEGMENT, made([new Uint8Array(32)]), /mismatching heads/);
  refuses(SEGMENT, made([]), /./);
  refuses(SEGMENT, documentChunk({}), /./);
});

Deno.test("SEAL: a document is not longer than its changes: what it holds is what is counted", () => {
  const handle = newHandle(ANN);
  for (let i = 0; i < 10; i++) {
    handle.put("_root", `key ${i}`, "value ".repeat(200), "str");
    handle.commit(null, AT);
  }
  const honest = handle.save();
  const heads = handle.getHeads().map((head) => Uint8Array.fromHex(head));
  handle.free();
  readSaved(SEGMENT, { bytes: honest, maxChanges: 10, wanted: NO_CHANGES });
  const { actors, changes, ops } = readDocumentChunk(honest);
  // Empty blocks that inflate to nothing come before the one that inflates to the column.
  const padding = Buffer.from("000000ffff".repeat(20_000), "hex");
  const stored = (bytes: Uint8Array) => {
    const length = Buffer.alloc(5, 1);
    length.writeUInt16LE(bytes.length, 1);
    length.writeUInt16LE(0xffff - bytes.length, 3);
    return Buffer.concat([padding, length, bytes]);
  };
  const bytes = documentChunk({
    actors: actors.map((actor) => Uint8Array.fromHex(actor)),
    heads,
    changes: changes.map(({ spec, bytes }) => [spec, bytes] as const),
    ops: ops.map(({ spec, bytes }) => spec === 0x57 ? [spec | 8, stored(bytes)] : [spec, bytes]),
    rest: Uint8Array.from(uleb(9)),
  });
  refuses(SEGMENT, bytes, /longer than its changes/);
});
