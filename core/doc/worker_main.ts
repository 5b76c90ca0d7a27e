/// <reference lib="deno.worker" />
import { automergeMemoryBytes, startAutomerge } from "./automerge.ts";
import { DocumentEngine } from "./engine.ts";
import type { EngineAnswer, EngineTask } from "./engine_task.ts";
import { doTask } from "./engine_task.ts";
import { parseActorId, parseSpaceId } from "../base/ids.ts";
import { docKey } from "./doc_key.ts";
import { SPACE_DOC } from "./doc_id.ts";

/** What the worker says: that it is up (first and once), or what became of a task. */
export type WorkerMessage =
  | { readonly type: "up" }
  | { readonly type: "answer"; readonly answer: EngineAnswer; readonly memoryBytes: number };

/** The first change of all costs 20 to 30 ms; it is made here, where nobody waits for it. */
function warmUp(): void {
  const key = docKey(parseSpaceId("00".repeat(16)), SPACE_DOC);
  const warm = new DocumentEngine();
  warm.open(key, parseActorId("01".repeat(16)), []);
  const { change } = warm.put(key, [{ key: "warm", value: "up" }], 0);
  warm.open(key, parseActorId("02".repeat(16)), []);
  warm.apply(key, [change]);
  warm.drop(key);
}

function tell(message: WorkerMessage): void {
  self.postMessage(message);
}

await startAutomerge();
warmUp();
const engine = new DocumentEngine();
self.onmessage = ({ data }: MessageEvent<EngineTask>) => {
  const answer = doTask(engine, data);
  tell({ type: "answer", answer, memoryBytes: automergeMemoryBytes() });
};
tell({ type: "up" });
