import { loopback } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { report, spread } from "./stats.ts";

const RUNS = 20;

/** From starting the process to its ready line, everything being cached; and from ready to linked. */
export async function benchStart(first: RunningNode, data: string): Promise<void> {
  const [ready, linked]: [number[], number[]] = [[], []];
  for (let run = 0; run <= RUNS; run++) {
    const start = performance.now();
    await using node = await RunningNode.start(loopback, data);
    const isReady = performance.now();
    await node.linkedTo(first.ready.peer);
    // The first run fills the caches.
    if (run > 0) {
      ready.push(isReady - start);
      linked.push(performance.now() - isReady);
    }
    await node.stop();
  }
  report("process start to ready, warm", { unit: "ms", ...spread(ready) });
  report("ready to linked, second node", { unit: "ms", ...spread(linked) });
}
