import { loopback } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { eventOf, Tab } from "../e2e/tab.ts";
import { pause, quantile, report } from "./stats.ts";

const MESSAGES = 100;
/** Mean of the exponentially distributed time between two messages, in milliseconds. */
const GAP_MS = 30;

/** What a message takes from the first node of a chain of four to each of the others, in milliseconds. */
export async function benchRelay(folder: string): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const nodes: RunningNode[] = [];
  const tabs: Tab[] = [];
  for (let n = 0; n < 4; n++) {
    const before = nodes.at(-1);
    const peer = before ? ["--peer", `127.0.0.1:${before.ready.port}`] : [];
    const node = opened.use(
      await RunningNode.start(loopback, `${folder}/chain-${n}`, ["--no-discovery", ...peer]),
    );
    if (before) await node.linkedTo(before.ready.peer);
    nodes.push(node);
    tabs.push(opened.use(await Tab.open(node.ready.url)));
  }
  const [from, ...others] = tabs;
  const { space, channels } = await from!.ask({ type: "snapshot" });
  const channel = channels[0];
  if (!space || !channel) throw new Error("Cannot measure: the node has no channel");
  const times = others.map((): number[] => []);
  for (let n = 0; n < MESSAGES; n++) {
    await pause(GAP_MS);
    const text = `message ${n}`;
    const start = performance.now();
    const arrived = others.map((tab, i) =>
      eventOf(tab, "message", ({ message }) => message.text === text)
        .then(() => times[i]!.push(performance.now() - start))
    );
    await from!.ask({ type: "message.send", space: space.id, channel: channel.id, text });
    await Promise.all(arrived);
  }
  const round = (value: number) => Math.round(value * 100) / 100;
  report("message along a chain, tab to tab", {
    unit: "ms",
    hops: Object.fromEntries(times.map((values, i) => [
      i + 1,
      { p50: round(quantile(values, 0.5)), p99: round(quantile(values, 0.99)) },
    ])),
  });
}
