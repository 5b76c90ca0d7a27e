import assert from "node:assert/strict";
import { parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentCalls } from "../../core/doc/document_calls.ts";
import { NO_CHANGES } from "../../core/doc/documents.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { doTask, type EngineCall } from "../../core/doc/engine_task.ts";
import { SplitDocuments } from "../../core/doc/split_documents.ts";
import { FakeClock } from "../fakes/clock.ts";

const KEY = docKey(parseSpaceId("0c".repeat(16)), SPACE_DOC);

/** Keeps what it is asked, and answers nothing. */
class Asked extends DocumentCalls {
  readonly types: string[] = [];

  ask(_key: string, { type }: EngineCall): Promise<never> {
    this.types.push(type);
    return new Promise(() => {});
  }

  drop(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function split() {
  const clock = new FakeClock();
  const [quick, long, apart] = [new Asked(), new Asked(), new Asked()];
  const rehearsal = { clock, ms: 1000 };
  const documents = new SplitDocuments({ quick, long, apart, isLong: () => false, rehearsal });
  return { clock, quick, long, apart, documents };
}

Deno.test("split documents: what comes first of a history is rehearsed apart, when there was a quiet moment", async () => {
  const { clock, quick, long, apart, documents } = split();
  void documents.heads(KEY);
  clock.advance(999);
  assert.deepEqual(apart.types, []);
  clock.advance(1);
  assert.deepEqual([quick.types, long.types, apart.types], [["heads"], [], ["rehearse"]]);
  await documents.close();
});

Deno.test("split documents: nothing is rehearsed when it is done already, nor when they are closed", async () => {
  const { clock, apart, documents } = split();
  void documents.read(KEY, new Uint8Array(), { maxChanges: 1, wanted: NO_CHANGES });
  clock.advance(2000);
  assert.deepEqual(apart.types, ["read"]);
  const closed = split();
  await closed.documents.close();
  closed.clock.advance(2000);
  assert.deepEqual([closed.apart.types, closed.clock.waiting, clock.waiting], [[], 0, 0]);
});

Deno.test("rehearsal: it goes well, and leaves nothing open", async () => {
  await startAutomerge();
  const task = { key: KEY, drop: [], open: null, call: { type: "rehearse" } } as const;
  const answer = doTask(new DocumentEngine(), task);
  assert.deepEqual(answer, { type: "done", answer: null, setAside: [] });
});
