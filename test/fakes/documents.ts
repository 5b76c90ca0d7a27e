import { startAutomerge } from "../../core/doc/automerge.ts";
import type { Documents, Load } from "../../core/doc/documents.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { doTask, type EngineAnswer, type EngineTask } from "../../core/doc/engine_task.ts";
import { type EnginePort, OrderedDocuments } from "../../core/doc/ordered_documents.ts";

/** An engine in this thread: it answers in a microtask, so `settle` waits for it. */
class DirectPort implements EnginePort {
  readonly generation = 1;
  readonly #engine = new DocumentEngine();

  run(task: EngineTask): Promise<EngineAnswer> {
    return Promise.resolve().then(() => doTask(this.#engine, task));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Documents without a worker, for simulations: the shipped code but for its threads and deadlines. */
export async function directDocuments(load: Load, maxOpen?: number): Promise<Documents> {
  await startAutomerge();
  return new OrderedDocuments(new DirectPort(), load, maxOpen === undefined ? {} : { maxOpen });
}
