import { RunningNode } from "../e2e/running_node.ts";
import { Tab } from "../e2e/tab.ts";
import { Echo } from "./echo_process.ts";
import { pause, quantile, report } from "./stats.ts";

const MESSAGES = 500;
/** Mean of the exponentially distributed time between two messages, in milliseconds. */
const GAP_MS = 30;
const ECHO_BYTES = 250;

/**
 * Tab to tab over two nodes, and a TCP echo in turn with it, so that both see the same machine.
 * Gives the median, in milliseconds.
 */
export async function benchLatency(
  a: RunningNode,
  b: RunningNode,
  name = "message, tab to tab",
): Promise<number> {
  using from = await Tab.open(a.ready.url);
  using to = await Tab.open(b.ready.url);
  const { space, channels } = await from.ask({ type: "snapshot" });
  const channel = channels[0];
  if (!space || !channel) throw new Error("Cannot measure: the node has no channel");

  await using echo = await Echo.start(ECHO_BYTES);
  const [messages, saved, echoes]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < MESSAGES; n++) {
    await pause(GAP_MS);
    const text = `message ${n} ${"x".repeat(80)}`;
    const seen = new Promise<void>((resolve) => {
      to.onEvent = (event) => {
        if (event.type === "message" && event.message.text === text) resolve();
      };
    });
    const start = performance.now();
    const sent = from.ask({
      type: "message.send",
      space: space.id,
      channel: channel.id,
      text,
    })
      .then(() => saved.push(performance.now() - start));
    await seen;
    messages.push(performance.now() - start);
    await sent;
    echoes.push(await echo.roundTrip());
  }
  const round = (value: number) => Math.round(value * 100) / 100;
  const row = (values: number[]) => ({
    p50: round(quantile(values, 0.5)),
    p99: round(quantile(values, 0.99)),
  });
  const p50 = quantile(messages, 0.5);
  report(name, {
    unit: "ms",
    messages: MESSAGES,
    ...row(messages),
    saved: row(saved),
    tcpEcho: row(echoes),
    ratioP50: round(p50 / quantile(echoes, 0.5)),
  });
  return p50;
}

/** The same while a third node sends messages as fast as its own node takes them. */
export async function benchFlood(
  a: RunningNode,
  b: RunningNode,
  flooder: RunningNode,
  calm: number,
): Promise<void> {
  await using flood = flooder.flood("flood");
  const lines = flood.lines.getReader();
  let count = 0;
  const counting = (async () => {
    while (!(await lines.read()).done) count++;
  })();
  const start = performance.now();
  const p50 = await benchLatency(a, b, "message, tab to tab, during a flood");
  const seconds = (performance.now() - start) / 1000;
  report("flood", {
    unit: "messages/s",
    value: Math.round(count / seconds),
    ratioP50: Math.round(p50 / calm * 100) / 100,
  });
  await flooder.stop();
  await counting;
}
