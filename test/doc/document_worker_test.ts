import assert from "node:assert/strict";
import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { MAX_CHANGE_ROWS } from "../../core/base/limits.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { openDocuments, WORKER_LIMITS, WORKER_OPTIONS } from "../../core/doc/document_worker.ts";
import {
  ALL_CHANGES,
  DocumentFault,
  type Loaded,
  type SetAside,
} from "../../core/doc/documents.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { bombChange } from "../fakes/bomb.ts";
import { FakeClock } from "../fakes/clock.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const MAP = docKey(SPACE, SPACE_DOC);
const SEGMENT = docKey(SPACE, segmentDoc("0123456789abcdef" as never, 0));
const NOTE = docKey(SPACE, noteDoc(parseNoteId("0e".repeat(16))));
const ACTOR = "aa".repeat(16) as ActorId;

/** Each is as big as a change may be; together they take Automerge minutes. No gate lets them into a store today. */
function manyBombs(): Uint8Array[] {
  return Array.from({ length: 400 }, (_, i) => {
    const actor = (i + 1).toString(16).padStart(32, "0") as ActorId;
    return bombChange(actor, MAX_CHANGE_ROWS - 1);
  });
}

/** A store of changes by document. */
class Store {
  readonly loads: DocKey[] = [];
  readonly #changes = new Map<DocKey, Uint8Array[]>();

  readonly load = (key: DocKey): Loaded => {
    this.loads.push(key);
    return { actor: ACTOR, base: null, changes: this.#changes.get(key) ?? [] };
  };

  keep(key: DocKey, ...changes: readonly Uint8Array[]): void {
    this.#changes.set(key, [...this.#changes.get(key) ?? [], ...changes]);
  }
}

/** A clock of which the process computes all the time. */
const computing = (clock: FakeClock) => ({ clock, computedMs: () => clock.now() });

Deno.test("document worker: it may do nothing that needs a permission", async () => {
  const probe = new Worker(
    new URL("../fakes/permission_probe.ts", import.meta.url),
    WORKER_OPTIONS,
  );
  const could = Promise.withResolvers<string[]>();
  probe.onmessage = ({ data }) => could.resolve(data);
  probe.onerror = (event) => could.reject(new Error(event.message));
  assert.deepEqual(await could.promise, []);
  probe.terminate();
});

Deno.test("document worker: every call goes there and back", async () => {
  const store = new Store();
  const documents = await openDocuments({ load: store.load });
  const made = await documents.put(MAP, [{ key: "k", value: "é😀" }], 5, "id");
  assert.deepEqual(made.entries, [{ key: "k", value: "é😀", op: { counter: 1, actor: ACTOR } }]);
  assert.equal(readChangeHeader(made.change).hash, made.hash);
  assert.deepEqual(await documents.apply(MAP, [made.change, new Uint8Array(3)]), {
    results: [{ type: "applied", entries: made.entries }, {
      type: "refused",
      reason: "malformed",
      text: "Cannot read the change: cut short",
    }],
    heads: made.heads,
  });
  assert.deepEqual(await documents.heads(MAP), made.heads);
  const { heads } = await documents.noteText(NOTE);
  const edit = await documents.noteEdit(NOTE, heads, [{ at: 0, remove: 0, insert: "abc" }], 5, "t");
  const cursors = await documents.anchor(NOTE, edit.heads, [1, 3]);
  assert.deepEqual((await documents.resolve(NOTE, cursors)).positions, [1, 3]);
  assert.deepEqual((await documents.noteMerge(NOTE, heads)).splices, [
    { at: 0, remove: 0, insert: "abc" },
  ]);
  await assert.rejects(documents.noteMerge(NOTE, ["ab".repeat(32)]), RangeError);
  assert.equal((await documents.noteText(NOTE)).text, "abc");
  await documents.close();
  await documents.close();
  await assert.rejects(documents.heads(MAP), DocumentFault);
});

Deno.test("document worker: a document that kills it fails alone, and then opens without what does", async () => {
  const store = new Store();
  const logged: unknown[] = [];
  const told: (readonly [DocKey, readonly SetAside[]])[] = [];
  const documents = await openDocuments({
    load: store.load,
    limits: { taskMs: 1000 },
    log: (level, text, facts) => logged.push([level, text, facts?.["reason"]]),
    onSetAside: (key, changes) => told.push([key, changes]),
  });
  const first = await documents.put(MAP, [{ key: "a", value: "1" }], 5);
  store.keep(MAP, first.change);
  const bombs = manyBombs();
  store.keep(
    SEGMENT,
    ...bombs,
    (await documents.put(SEGMENT, [{ key: "b", value: "2" }], 5)).change,
  );
  documents.drop(SEGMENT);
  for (let death = 1; death <= 2; death++) {
    const blown = documents.apply(SEGMENT, []);
    const waiting = documents.put(MAP, [{ key: "a", value: `${death + 1}` }], 5);
    await assert.rejects(blown, (error) => {
      assert.ok(error instanceof DocumentFault);
      assert.equal(error.key, SEGMENT);
      return true;
    });
    const made = await waiting;
    store.keep(MAP, made.change);
    assert.equal(readChangeHeader(made.change).seq, death + 1, "it goes on from the store");
    assert.equal(logged.length, death);
    assert.match(
      String(logged.at(-1)),
      /^error,the document worker is replaced,silent for \d+ ms$/,
    );
  }
  const made = await documents.put(SEGMENT, [{ key: "c", value: "3" }], 5);
  assert.equal(readChangeHeader(made.change).seq, 2, "what is sound of it is there");
  assert.deepEqual(told.map(([key, changes]) => [key, changes.length]), [[SEGMENT, 400]]);
  assert.deepEqual([...new Set(told[0]?.[1].map(({ reason }) => reason))], ["rejected"]);
  assert.equal(told[0]?.[1][0]?.hash, readChangeHeader(bombs[0]!).hash);
  await documents.close();
});

Deno.test("document worker: chat waits neither for a long note nor for what comes with its document", async () => {
  const store = new Store();
  const bombs = manyBombs();
  store.keep(NOTE, ...bombs);
  const documents = await openDocuments({
    load: store.load,
    limits: { taskMs: 3_600_000 },
    isLong: (key) => key === NOTE,
  });
  let over = 0;
  const slow = [
    documents.noteText(NOTE),
    documents.compact(SEGMENT, { base: null, changes: bombs }),
  ].map((call) => call.then(() => over++, () => over++));
  for (let seq = 1; seq <= 10; seq++) {
    const made = await documents.put(MAP, [{ key: `k${seq}`, value: "v" }], 5);
    store.keep(MAP, made.change);
  }
  assert.equal(over, 0);
  await documents.close();
  await Promise.all(slow);
});

Deno.test("document worker: one for long notes ends when it has nothing to do, and they open again", async () => {
  const store = new Store();
  const clock = new FakeClock();
  const documents = await openDocuments({ load: store.load, clock, isLong: () => true });
  const { heads } = await documents.noteText(NOTE);
  const edit = await documents.noteEdit(NOTE, heads, [{ at: 0, remove: 0, insert: "a" }], 5, "t");
  for (const change of edit.made) store.keep(NOTE, change);
  assert.deepEqual(store.loads, [NOTE]);
  assert.equal(clock.untilNext(), WORKER_LIMITS.idleMs);
  clock.advance(WORKER_LIMITS.idleMs);
  assert.equal(clock.waiting, 0);
  assert.equal((await documents.noteText(NOTE)).text, "a");
  assert.deepEqual(await documents.heads(NOTE), edit.heads);
  assert.deepEqual(store.loads, [NOTE, NOTE]);
  const { bytes } = await documents.compact(NOTE, { base: null, changes: edit.made });
  const { changes } = await documents.read(NOTE, bytes, {
    maxChanges: 1,
    wanted: ALL_CHANGES,
  });
  assert.deepEqual(changes.map(({ change }) => change), edit.made);
  assert.equal(clock.waiting, 2, "both wait for something to do");
  await documents.close();
  assert.equal(clock.waiting, 0);
});

Deno.test("document worker: a deadline is longer for more bytes, and no timer is left behind", async () => {
  const store = new Store();
  const clock = new FakeClock();
  const documents = await openDocuments({ load: store.load, ...computing(clock) });
  assert.equal(clock.waiting, 0);
  const heads = documents.heads(MAP);
  assert.equal(clock.untilNext(), 2000);
  await heads;
  assert.equal(clock.waiting, 0);
  store.keep(SEGMENT, new Uint8Array(3_000_000));
  const long = documents.apply(SEGMENT, [new Uint8Array(2_000_000)]);
  assert.equal(clock.untilNext(), 7000);
  clock.advance(6999);
  assert.equal((await long).results[0]?.type, "refused");
  const text = await documents.noteText(NOTE);
  const insert = "x".repeat(10_000);
  const edit = documents.noteEdit(NOTE, text.heads, [{ at: 0, remove: 0, insert }], 5, "");
  assert.equal(clock.untilNext(), 2200);
  const inserted = await edit;
  for (const change of inserted.made) store.keep(NOTE, change);
  const cut = [{ at: 0, remove: insert.length, insert: "" }];
  const removal = documents.noteEdit(NOTE, inserted.heads, cut, 5, "");
  assert.equal(clock.untilNext(), 2200);
  // The few bytes that remove it all are given as long when the note is opened again.
  const [removed] = (await removal).made;
  assert.ok(removed && removed.length < 200);
  store.keep(NOTE, removed);
  documents.drop(NOTE);
  const opened = documents.noteText(NOTE);
  assert.equal(clock.untilNext(), 2410);
  assert.equal((await opened).text, "");
  await documents.close();
  assert.equal(clock.waiting, 0);
});

Deno.test("document worker: too slow a call is never repeated, even when its worker was only slow", async () => {
  const store = new Store();
  const clock = new FakeClock();
  const documents = await openDocuments({ load: store.load, ...computing(clock) });
  const slow = assert.rejects(documents.put(MAP, [{ key: "a", value: "1" }], 5), DocumentFault);
  clock.advance(2000);
  await slow;
  const next = await documents.put(MAP, [{ key: "b", value: "2" }], 5);
  assert.deepEqual(next.entries.map(({ key }) => key), ["b"]);
  assert.equal(readChangeHeader(next.change).seq, 1);
  await documents.close();
});

Deno.test("document worker: where its process has no turn it is waited for, but not for ever", async () => {
  const store = new Store();
  const clock = new FakeClock();
  const computed = { ms: 0 };
  const documents = await openDocuments({ load: store.load, clock, computedMs: () => computed.ms });
  const slow = assert.rejects(
    documents.put(MAP, [{ key: "a", value: "1" }], 5),
    /silent for 6000 ms/,
  );
  for (const ms of [999, 999]) {
    computed.ms += ms;
    clock.advance(2000);
    assert.equal(clock.waiting, 1);
  }
  computed.ms += 1000;
  clock.advance(2000);
  await slow;
  await documents.heads(MAP);
  const silent = assert.rejects(documents.put(MAP, [{ key: "a", value: "1" }], 5), /for 20000 ms/);
  for (let i = 0; i < 10; i++) clock.advance(2000);
  await silent;
  await documents.close();
});

Deno.test("document worker: beyond its memory it is replaced, and the documents go on", async () => {
  const store = new Store();
  const documents = await openDocuments({ load: store.load, limits: { memoryBytes: 1 } });
  for (let seq = 1; seq <= 3; seq++) {
    const made = await documents.put(MAP, [{ key: `k${seq}`, value: "v" }], 5);
    store.keep(MAP, made.change);
    assert.equal(readChangeHeader(made.change).seq, seq);
  }
  assert.deepEqual(store.loads, [MAP, MAP, MAP]);
  await documents.close();
});

Deno.test("document worker: what a peer sent is given up when it takes all memory", async () => {
  const store = new Store();
  const made = await openDocuments({ load: store.load });
  const { change } = await made.put(MAP, [{ key: "k", value: "v" }], 5);
  await made.close();
  const documents = await openDocuments({ load: store.load, limits: { memoryBytes: 1 } });
  await assert.rejects(documents.apply(MAP, [change]), DocumentFault);
  const own = await documents.put(MAP, [{ key: "own", value: "v" }], 5);
  assert.equal(readChangeHeader(own.change).seq, 1);
  await documents.close();
});

Deno.test("document worker: one that does not come up in time is an error; closing ends a running call", async () => {
  const clock = new FakeClock();
  const opening = assert.rejects(
    openDocuments({ load: new Store().load, ...computing(clock) }),
    /not|silent/,
  );
  clock.advance(WORKER_LIMITS.startMs);
  await opening;
  const documents = await openDocuments({ load: new Store().load });
  const running = assert.rejects(documents.heads(MAP), DocumentFault);
  await documents.close();
  await running;
});
