import assert from "node:assert/strict";
import { type ActorId, parseSpaceId } from "../../core/base/ids.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { DocumentFault, type Documents, type Loaded } from "../../core/doc/documents.ts";
import type { EngineAnswer, EngineTask } from "../../core/doc/engine_task.ts";
import {
  EngineLostError,
  type EnginePort,
  OrderedDocuments,
} from "../../core/doc/ordered_documents.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { directDocuments } from "../fakes/documents.ts";
import { settle } from "../fakes/settle.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const KEYS = [0, 1, 2, 3].map((n) => docKey(SPACE, segmentDoc("0123456789abcdef" as never, n)));
const [A, B, C] = KEYS as [DocKey, DocKey, DocKey, DocKey];
const MAP = docKey(SPACE, SPACE_DOC);
const ACTOR = "aa".repeat(16) as ActorId;

/** A port that answers when the test says so. */
class ScriptedPort implements EnginePort {
  generation = 1;
  readonly tasks: EngineTask[] = [];
  closed = 0;
  #running: PromiseWithResolvers<EngineAnswer> | undefined;

  run(task: EngineTask): Promise<EngineAnswer> {
    assert.equal(this.#running, undefined, "one task at a time");
    this.tasks.push(task);
    this.#running = Promise.withResolvers();
    return this.#running.promise;
  }

  async answer(answer: EngineAnswer): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.resolve(answer);
    await settle();
  }

  async die(reason: string): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.generation++;
    running?.reject(new EngineLostError(reason));
    await settle();
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

function done(answer: unknown): EngineAnswer {
  return { type: "done", answer, setAside: [] };
}

function scripted(maxOpen?: number) {
  const port = new ScriptedPort();
  const loads: DocKey[] = [];
  const load = (key: DocKey): Loaded => {
    loads.push(key);
    return { actor: ACTOR, base: null, changes: [new Uint8Array([loads.length])] };
  };
  const documents = new OrderedDocuments(port, load, maxOpen === undefined ? {} : { maxOpen });
  return { port, loads, documents };
}

/** What a promise came to, in a list that tells the order. */
function note(list: string[], name: string, promise: Promise<unknown>): void {
  promise.then(() => list.push(name), (error: Error) => list.push(`${name}: ${error.name}`));
}

Deno.test("documents: one task at a time, answers in the order of calls, each document opened once", async () => {
  const { port, loads, documents } = scripted();
  const list: string[] = [];
  for (const [i, key] of [A, B, A].entries()) note(list, `${i}`, documents.heads(key));
  assert.equal(port.tasks.length, 1);
  for (let i = 0; i < 3; i++) await port.answer(done([]));
  assert.deepEqual(list, ["0", "1", "2"]);
  assert.deepEqual(loads, [A, B]);
  assert.deepEqual(port.tasks.map(({ open }) => open !== null), [true, true, false]);
});

Deno.test("documents: the engine goes on while an answer is used, but not on the same document", async () => {
  const { port, documents } = scripted();
  const begun: string[][] = [];
  const begunBy = (call: Promise<unknown>) =>
    call.then(() => void begun.push(port.tasks.map(({ key }) => key)));
  const all = [A, B, B, A].map((key) => begunBy(documents.heads(key)));
  for (const _ of all) await port.answer(done([]));
  await Promise.all(all);
  assert.deepEqual(begun, [[A, B], [A, B], [A, B, B, A], [A, B, B, A]]);
});

Deno.test("documents: who sits here does not wait for what peers sent, and they get their turn", async () => {
  const { port, documents } = scripted();
  const list: string[] = [];
  for (let i = 0; i < 3; i++) note(list, `peer ${i}`, documents.apply(A, []));
  for (let i = 0; i < 10; i++) note(list, `own ${i}`, documents.heads(B));
  for (let i = 0; i < 13; i++) await port.answer(done([]));
  const own = Array.from({ length: 10 }, (_, i) => `own ${i}`);
  assert.deepEqual(list, [
    ...["peer 0", ...own.slice(0, 8), "peer 1", ...own.slice(8), "peer 2"],
  ]);
});

Deno.test("documents: a wrong call is a RangeError, a panic a fault that closes its document", async () => {
  const { port, loads, documents } = scripted();
  const wrong = documents.heads(A);
  wrong.catch(() => {});
  await port.answer({ type: "wrong", text: "no such heads" });
  await assert.rejects(wrong, new RangeError("no such heads"));
  const panic = documents.heads(A);
  panic.catch(() => {});
  await port.answer({ type: "panic", text: "unwrap" });
  await assert.rejects(panic, (error) => {
    assert.ok(error instanceof DocumentFault);
    assert.equal(error.key, A);
    assert.match(error.message, /"heads".*unwrap/);
    return true;
  });
  const again = documents.heads(A);
  await port.answer(done([]));
  await again;
  assert.deepEqual(loads, [A, A]);
});

Deno.test("documents: when the engine dies the call it had is at fault, the others are done by the next", async () => {
  const { port, loads, documents } = scripted();
  const list: string[] = [];
  note(list, "before", documents.heads(B));
  await port.answer(done([]));
  note(list, "culprit", documents.apply(A, []));
  note(list, "behind", documents.heads(A));
  note(list, "other", documents.heads(B));
  await port.die("too slow");
  assert.deepEqual(list, ["before", "culprit: DocumentFault"]);
  await port.answer(done([]));
  await port.answer(done([]));
  assert.deepEqual(list.slice(2), ["behind", "other"]);
  assert.deepEqual(loads, [B, A, A, B], "the new engine has nothing open");
  assert.equal(port.tasks.filter(({ call }) => call.type === "apply").length, 1);
});

Deno.test("documents: the longest unused are let go beyond the bound", async () => {
  const { port, loads, documents } = scripted(2);
  for (const key of [A, B, A, C, B]) {
    const heads = documents.heads(key);
    await port.answer(done([]));
    await heads;
  }
  assert.deepEqual(loads, [A, B, C, B]);
  assert.deepEqual(port.tasks.map(({ drop }) => drop), [[], [], [], [B], [A]]);
});

Deno.test("documents: a dropped document is opened from the store again, also under a running call", async () => {
  const { port, loads, documents } = scripted();
  const list: string[] = [];
  note(list, "running", documents.put(A, [{ key: "k", value: "v" }], 1));
  note(list, "waiting", documents.heads(A));
  documents.drop(A);
  await port.answer(done("on what was dropped"));
  assert.deepEqual(list, []);
  assert.deepEqual(port.tasks.map(({ call, drop }) => [call.type, drop]), [["put", []], [
    "put",
    [A],
  ]]);
  await port.answer(done("on the store"));
  await port.answer(done([]));
  assert.deepEqual(list, ["running", "waiting"]);
  assert.deepEqual(loads, [A, A]);
  documents.drop(B);
  note(list, "other", documents.heads(B));
  assert.deepEqual(port.tasks.at(-1)?.drop, [], "what was not open is not let go");
  await port.answer(done([]));
});

Deno.test("documents: a store that cannot be read fails that call only", async () => {
  const port = new ScriptedPort();
  let broken = true;
  const documents = new OrderedDocuments(port, (key) => {
    if (broken && key === A) throw new Error("disk");
    return { actor: ACTOR, base: null, changes: [] };
  });
  const failing = assert.rejects(documents.heads(A), /disk/);
  const other = documents.heads(B);
  await failing;
  await port.answer(done([]));
  await other;
  broken = false;
  const again = documents.heads(A);
  await port.answer(done([]));
  await again;
  assert.notEqual(port.tasks[1]?.open, null);
});

Deno.test("documents: closing rejects what waits and what comes", async () => {
  const { port, documents } = scripted();
  const list: string[] = [];
  note(list, "running", documents.heads(A));
  note(list, "waiting", documents.heads(A));
  await documents.close();
  await documents.close();
  await port.die("closed");
  note(list, "late", documents.heads(A));
  await settle();
  assert.deepEqual(list, [
    "waiting: DocumentFault",
    "running: DocumentFault",
    "late: DocumentFault",
  ]);
  assert.equal(port.tasks.length, 1);
});

Deno.test("documents: a change that was not committed is undone by a drop, and its place taken again", async () => {
  const stored: Uint8Array[] = [];
  const documents: Documents = await directDocuments(() => ({
    actor: ACTOR,
    base: null,
    changes: stored,
  }));
  const put = (value: string) => documents.put(MAP, [{ key: "k", value }], 1);
  stored.push((await put("first")).change);
  const lost = put("lost");
  const behind = put("behind");
  const { change, entries } = await lost.then((made) => {
    documents.drop(MAP);
    return made;
  });
  assert.deepEqual([readChangeHeader(change).seq, entries[0]?.value], [2, "lost"]);
  const made = await behind;
  assert.deepEqual([readChangeHeader(made.change).seq, made.entries[0]?.value], [2, "behind"]);
  await documents.close();
});
