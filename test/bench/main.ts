/**
 * `deno task bench`: one line of JSON per figure, from real processes on this machine's loopback. What is
 * compared is measured side by side in the same run.
 *
 * @module
 */
import { loopback } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { benchColdSync } from "./cold_sync.ts";
import { benchEnvelopes } from "./envelope_bench.ts";
import { benchGate } from "./gate_bench.ts";
import { benchFlood, benchLatency } from "./latency.ts";
import { benchLink } from "./link_bench.ts";
import { benchMemory } from "./memory.ts";
import { benchNote } from "./note_bench.ts";
import { benchRelay } from "./relay.ts";
import { benchReconnect } from "./reconnect.ts";
import { benchStart } from "./start.ts";

const folder = await Deno.makeTempDir({ prefix: "earshot-bench-" });
try {
  await using a = await RunningNode.start(loopback, `${folder}/a`, ["--name", "Ana"]);
  await benchStart(a, `${folder}/b`);
  {
    await using b = await RunningNode.start(loopback, `${folder}/b`, ["--name", "Ben"]);
    await b.linkedTo(a.ready.peer);
    await benchMemory(b);
    const calm = await benchLatency(a, b);
    {
      await using c = await RunningNode.start(loopback, `${folder}/c`, ["--name", "Cleo"]);
      await c.linkedTo(a.ready.peer);
      await benchFlood(a, b, c, calm);
    }
    await b.stop();
  }
  await a.stop();
  await benchRelay(folder);
  for (const edits of [10_000, 260_000]) await benchNote(folder, edits);
  await benchReconnect(folder);
  await benchColdSync(folder);
  await benchLink();
  await benchEnvelopes();
  await benchGate();
} finally {
  await Deno.remove(folder, { recursive: true });
}
