import assert from "node:assert/strict";
import { type ActorId, parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { DocumentFault } from "../../core/doc/documents.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { doTask, type EngineAnswer, type EngineTask } from "../../core/doc/engine_task.ts";
import {
  EngineLostError,
  type EnginePort,
  OrderedDocuments,
} from "../../core/doc/ordered_documents.ts";
import type { Reload } from "../../core/doc/reload.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { settle } from "../fakes/settle.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const [A, B] = [0, 1].map((n) => docKey(SPACE, segmentDoc("0123456789abcdef" as never, n))) as [
  DocKey,
  DocKey,
];
const ACTOR = "aa".repeat(16) as ActorId;

/** What a promise came to, in a list that tells the order. */
function note(list: string[], name: string, promise: Promise<unknown>): void {
  promise.then(() => list.push(name), (error: Error) => list.push(`${name}: ${error.name}`));
}

/** A port that dies of a change when a document is opened from it, or it is tried. */
class MortalPort implements EnginePort {
  generation = 1;
  readonly calls: string[] = [];
  deadly: Uint8Array | undefined;
  readonly #reload: Reload | undefined;
  #engine: DocumentEngine;

  constructor(reload?: Reload) {
    this.#reload = reload;
    this.#engine = new DocumentEngine(reload);
  }

  async run(task: EngineTask): Promise<EngineAnswer> {
    await startAutomerge();
    const { open, call } = task;
    this.calls.push(`${open ? "open " : ""}${call.type} ${task.key.slice(-1)}`);
    const changes = [...open?.changes ?? [], ..."changes" in call ? call.changes : []];
    if (this.deadly && changes.includes(this.deadly)) {
      this.generation++;
      this.#engine = new DocumentEngine(this.#reload);
      throw new EngineLostError("died");
    }
    return doTask(this.#engine, task);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

Deno.test("documents: what the engine dies of when it opens a document is found and left out, told once", async () => {
  const port = new MortalPort();
  const stored: Uint8Array[] = [];
  const told: unknown[] = [];
  const logged: unknown[] = [];
  const documents = new OrderedDocuments(
    port,
    (key) => ({ actor: ACTOR, base: null, changes: key === A ? stored : [] }),
    {
      onSetAside: (key, changes) => told.push([key, changes.map(({ reason }) => reason)]),
      log: (_level, text, facts) => logged.push([text, facts?.["document"], facts?.["reason"]]),
    },
  );
  for (let i = 0; i < 9; i++) {
    stored.push((await documents.put(A, [{ key: `k${i}`, value: "v" }], 0)).change);
  }
  documents.drop(A);
  port.deadly = stored[6];
  for (let i = 0; i < 2; i++) await assert.rejects(documents.heads(A), DocumentFault);
  port.calls.length = 0;
  const list: string[] = [];
  note(list, "a", documents.heads(A));
  note(list, "a again", documents.heads(A));
  note(list, "other", documents.heads(B));
  await settle();
  assert.deepEqual(list, ["other", "a", "a again"]);
  assert.ok(port.calls.indexOf("open heads 1") < 4, port.calls.join());
  assert.deepEqual(told, [[A, ["deadly", "missing", "missing"]]]);
  const text = "a stored change is left out of its document";
  assert.deepEqual(logged, ["deadly", "missing", "missing"].map((reason) => [text, A, reason]));
  assert.deepEqual(await documents.heads(A), [readChangeHeader(stored[5]!).hash]);
  documents.drop(A);
  assert.deepEqual(await documents.heads(A), [readChangeHeader(stored[5]!).hash]);
  assert.equal(told.length, 1);
  await documents.close();
});

Deno.test("documents: a call that the engine dies of twice is not mistaken for what is stored", async () => {
  const port = new MortalPort();
  const stored: Uint8Array[] = [];
  const told: unknown[] = [];
  const documents = new OrderedDocuments(
    port,
    () => ({ actor: ACTOR, base: null, changes: stored }),
    {
      onSetAside: () => told.push("aside"),
    },
  );
  stored.push((await documents.put(A, [{ key: "k", value: "v" }], 0)).change);
  documents.drop(A);
  port.deadly = new Uint8Array([1]);
  for (let i = 0; i < 3; i++) {
    await assert.rejects(documents.apply(A, [port.deadly]), DocumentFault);
  }
  assert.deepEqual(await documents.heads(A), [readChangeHeader(stored[0]!).hash]);
  assert.deepEqual(told, []);
  await documents.close();
});

/** A document that does not load again with a certain key in it, as if Automerge failed over that. */
function spoilable() {
  const port = new MortalPort((handle) => {
    if (handle.keys("_root").includes("spoiled")) throw new RangeError("mismatching heads");
  });
  const stored: Uint8Array[] = [];
  const told: (readonly [string | null, string])[] = [];
  const documents = new OrderedDocuments(
    port,
    () => ({ actor: ACTOR, base: null, changes: stored }),
    {
      onSetAside: (_key, changes) =>
        told.push(...changes.map(({ hash, text }) => [hash, text] as const)),
    },
  );
  return { documents, stored, told };
}

/** Changes of another. */
function ofAnother(byte: string, ...keys: string[]): Uint8Array[] {
  const engine = new DocumentEngine();
  engine.open(A, byte.repeat(16) as ActorId, []);
  return keys.map((key) => engine.put(A, [{ key, value: "v" }], 0).change);
}

Deno.test("ADM-8: a change with which a document does not load again is refused alone", async () => {
  await startAutomerge();
  const { documents, told } = spoilable();
  const good = ofAnother("bb", "a", "b", "c");
  const bad = ofAnother("cc", "d", "spoiled", "e");
  const { results } = await documents.apply(A, [...good, ...bad]);
  assert.deepEqual(
    results.map((result) => result.type === "refused" ? `${result.reason} ${result.text}` : "ok"),
    [
      ...["ok", "ok", "ok", "ok", "rejected mismatching heads"],
      "missing it rests on changes that are not here",
    ],
  );
  assert.deepEqual(told, []);
  await documents.close();
});

Deno.test("ADM-8: a change in the store with which a document does not load again is left out", async () => {
  await startAutomerge();
  const { documents, stored, told } = spoilable();
  const bad = ofAnother("cc", "d", "spoiled", "e");
  stored.push(...ofAnother("bb", "a", "b"), ...bad);
  const next = ofAnother("dd", "f");
  const { results } = await documents.apply(A, next);
  assert.deepEqual(results.map(({ type }) => type), ["applied"], "who comes then is not at fault");
  assert.deepEqual(told, [
    [readChangeHeader(bad[1]!).hash, "mismatching heads"],
    [readChangeHeader(bad[2]!).hash, "it rests on changes that are not here"],
  ]);
  stored.push(...next);
  documents.drop(A);
  assert.equal((await documents.heads(A)).length, 3);
  assert.equal(told.length, 2, "it is left out at once the next time");
  await documents.close();
});

Deno.test("documents: all entries can be made again from what is stored, each judged anew", async () => {
  await startAutomerge();
  const { documents, stored } = spoilable();
  const made = await documents.put(A, [{ key: "k", value: "1" }, { key: "l", value: "2" }], 0);
  stored.push(made.change);
  const others = ofAnother("bb", "a", "b");
  const lost = ofAnother("cc", "x", "y").slice(1);
  const results = await documents.entries(A, [others[1]!, made.change, ...lost, others[0]!]);
  assert.deepEqual(
    results.map((result) =>
      result.type === "applied" ? result.entries.map(({ key }) => key) : result.reason
    ),
    [["b"], ["k", "l"], "missing", ["a"]],
  );
  assert.deepEqual(await documents.heads(A), made.heads, "the document itself is as it was");
  await documents.close();
});
