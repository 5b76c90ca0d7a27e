import assert from "node:assert/strict";
import { parseSpaceId } from "../../core/base/ids.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { doTask } from "../../core/doc/engine_task.ts";

const MAP = docKey(parseSpaceId("0c".repeat(16)), SPACE_DOC);

/** An engine whose Automerge fails in a given way. */
class FailingEngine extends DocumentEngine {
  readonly forgotten: string[] = [];

  constructor(readonly error: unknown) {
    super();
  }

  override heads(): never {
    throw this.error;
  }

  override forget(key: typeof MAP): void {
    this.forgotten.push(key);
  }
}

function panic(): Error {
  const error = new Error("called unwrap");
  error.name = "PanicError";
  return error;
}

Deno.test("engine task: what fails is told apart: wrong calls, panics, a dead Automerge", () => {
  const cases = [
    [new RangeError("out of it"), "wrong", 0],
    [panic(), "panic", 1],
    [new TypeError("undefined is not a function"), "panic", 1],
    ["a string", "panic", 1],
    [new WebAssembly.RuntimeError("unreachable"), "dead", 0],
    [new Error("Module terminated"), "dead", 0],
    [new RangeError("Maximum call stack size exceeded"), "dead", 0],
  ] as const;
  for (const [error, type, forgotten] of cases) {
    const engine = new FailingEngine(error);
    const task = { key: MAP, drop: [MAP], open: null, call: { type: "heads" } } as const;
    assert.equal(doTask(engine, task).type, type, String(error));
    assert.equal(engine.forgotten.length, forgotten, String(error));
  }
});
