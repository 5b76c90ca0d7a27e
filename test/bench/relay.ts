import { Chain } from "../e2e/chain.ts";
import { eventOf } from "../e2e/tab.ts";
import { pause, quantile, report } from "./stats.ts";

const MESSAGES = 100;
/** Mean of the exponentially distributed time between two messages, in milliseconds. */
const GAP_MS = 30;

/** What a message takes from the first node of a chain of four to each of the others, in milliseconds. */
export async function benchRelay(folder: string): Promise<void> {
  await using chain = await Chain.open(folder, ["chain-0", "chain-1", "chain-2", "chain-3"]);
  const [from, ...others] = chain.nodes.map(({ tab }) => tab);
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
