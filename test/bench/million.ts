import { LOBBY } from "../../core/trust/lobby.ts";
import { Store } from "../../core/store/store.ts";
import { Tab } from "../e2e/tab.ts";
import { openUnsealed } from "../store/made.ts";
import { fillStore } from "./fill_store.ts";
import { historyChannels } from "./history.ts";
import { memoryMb } from "./memory.ts";
import { pause, report, spread } from "./stats.ts";
import { startWatched } from "./watched_node.ts";

const POSTS = 200;
const GAP_MS = 20;
const OPENINGS = 10;
/** From the most frequent word to one that nobody wrote, by the first letters and by several. */
const WORDS = [
  "abandon",
  "abandon ability",
  "zoo",
  "aba",
  "quick",
  "unheard-of",
  "abandon zoo zone",
];
const SHAPE = { seed: 1, space: LOBBY, channels: 1, authors: 20 };

/** A channel of so many messages: how long it takes to start, to be opened, written into, searched and made anew. */
export async function benchMillion(folder: string, messages: number): Promise<void> {
  const data = `${folder}/million`;
  await Deno.mkdir(data, { mode: 0o700 });
  const start = performance.now();
  {
    using store = Store.open(data);
    await openUnsealed(data, true);
    const until = Date.now();
    await fillStore(store, { ...SHAPE, messages, until, from: until - messages * 60_000 });
  }
  const { size } = await Deno.stat(`${data}/earshot.db`);
  report("channel made", {
    messages,
    seconds: Math.round((performance.now() - start) / 1000),
    bytesAMessage: Math.round(size / messages),
  });
  for (const path of [`${folder}/empty`, data]) {
    const starts: number[] = [];
    for (let run = 0; run < 4; run++) {
      const start = performance.now();
      const { node } = await startWatched(path, ["--name", "Ana"]);
      if (run > 0) starts.push(performance.now() - start);
      await node.stop();
    }
    report("process start to ready", {
      ...{ unit: "ms", messages: path === data ? messages : 0 },
      ...spread(starts),
    });
  }
  const watched = await startWatched(data);
  await using node = watched.node;
  const blocks: Record<string, number> = { start: await watched.longestBlock() };
  const [opened, saved] = [[] as number[], [] as number[]];
  const [channel] = historyChannels(SHAPE);
  if (!channel) throw new Error("Cannot measure: no channel");
  for (let run = 0; run < OPENINGS; run++) {
    const start = performance.now();
    using tab = await Tab.open(node.ready.url);
    await tab.ask({ type: "snapshot" });
    await tab.ask({ type: "message.list", space: LOBBY, channel: channel.id });
    opened.push(performance.now() - start);
  }
  blocks["open"] = await watched.longestBlock();
  using tab = await Tab.open(node.ready.url);
  for (let n = 0; n < POSTS; n++) {
    await pause(GAP_MS);
    const start = performance.now();
    const text = `one more, number ${n}`;
    await tab.ask({ type: "message.send", space: LOBBY, channel: channel.id, text });
    saved.push(performance.now() - start);
  }
  blocks["post"] = await watched.longestBlock();
  const found: Record<string, number> = {};
  for (const text of WORDS) {
    const start = performance.now();
    const { messages } = await tab.ask({ type: "message.search", space: LOBBY, text });
    found[`${text}: ${messages.length}`] = Math.round((performance.now() - start) * 10) / 10;
  }
  blocks["search"] = await watched.longestBlock();
  const rss = await memoryMb(node);
  const rebuildStart = performance.now();
  await tab.ask({ type: "rebuild" });
  const rebuilt = Math.round((performance.now() - rebuildStart) / 1000);
  blocks["rebuild"] = await watched.longestBlock();
  report("channel opened in a tab", { unit: "ms", messages, ...spread(opened) });
  report("posted into it, until saved", { unit: "ms", messages, ...spread(saved) });
  report("searched in it", { unit: "ms", messages, ...found });
  report("longest blocks of the node's event loop", { unit: "ms", messages, ...blocks });
  report("memory after all that", { unit: "MB", messages, rss });
  report("all that is shown made anew", { unit: "s", messages, rebuilt });
}
