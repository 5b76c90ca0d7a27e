import type { ChannelId, MessageId } from "../../core/base/ids.ts";
import { SEGMENT_MESSAGES } from "../../core/base/limits.ts";
import { docKind } from "../../core/doc/doc_id.ts";
import { Store } from "../../core/store/store.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { freePorts } from "../crash/free_ports.ts";
import { loopback } from "../e2e/place.ts";
import { RunningNode } from "../e2e/running_node.ts";
import { fillStore, savedBytes } from "./fill_store.ts";
import { historyChannels, type HistoryShape } from "./history.ts";
import { fetchWithEarshot } from "./peers/earshot_fetch.ts";
import { restDisk } from "./rest_disk.ts";
import { report, spread } from "./stats.ts";
import { startWatched } from "./watched_node.ts";

const RUNS = 3;
const CHANNELS = 10;
/** Of each channel, at rest; besides these the last screen, which was just written. */
const CLOSED_SEGMENTS = 10;
const SCREEN = 50;
const SHAPE: HistoryShape = {
  seed: 1,
  space: LOBBY,
  channels: CHANNELS,
  messages: CHANNELS * (CLOSED_SEGMENTS * SEGMENT_MESSAGES + SCREEN),
  authors: 20,
  from: Date.UTC(2025, 0),
  until: Date.UTC(2026, 0),
};

/**
 * A new member gets 100,000 messages that rest in 100 closed segments, and the newest of ten channels: how many a
 * second are verified and on disk, when the last screens can be read, what it costs on the wire and on disk, and for
 * how long the node does not come back to its event loop.
 */
export async function benchColdSync(folder: string): Promise<void> {
  const from = `${folder}/cold-from`;
  // Its first start makes the data directory.
  await (await RunningNode.start(loopback, from, ["--name", "Ana"])).stop();
  const expected = new Map(historyChannels(SHAPE).map(({ id }) => [id, [] as MessageId[][]]));
  const compactBytes = await fill(from, expected);
  const [port = 0] = freePorts(1);
  const args = ["--no-discovery", "--sync-port", String(port)];
  const [all, newest, blocks, bytes, disk] = [[], [], [], [], []] as number[][];
  for (let run = 0; run < RUNS; run++) {
    await using node = await RunningNode.start(loopback, from, args);
    const data = `${folder}/cold-to-${run}`;
    await restDisk();
    const { allMs, newestMs, messages, bytesIn } = await fetchInto(data, node, port, expected);
    if (messages !== SHAPE.messages) throw new Error(`Cannot measure: ${messages} arrived`);
    all!.push(allMs);
    newest!.push(newestMs);
    bytes!.push(bytesIn ?? NaN);
    disk!.push((await Deno.stat(`${data}/earshot.db`)).size);
    await node.stop();
  }

  async function fetchInto(
    data: string,
    node: RunningNode,
    port: number,
    expected: ReadonlyMap<ChannelId, MessageId[][]>,
  ) {
    let watched: Awaited<ReturnType<typeof startWatched>> | undefined;
    return await fetchWithEarshot(node, port, data, expected, {
      start: async (data, args) => {
        watched = await startWatched(data, args);
        return watched.node;
      },
      onUp: async () => void await watched!.longestBlock(),
      onAll: async () => void blocks!.push(await watched!.longestBlock()),
    });
  }

  const ratio = (values: readonly number[], to: number) =>
    Math.round(Math.max(...values) / to * 100) / 100;
  report("coldSync", {
    unit: "ms",
    messages: SHAPE.messages,
    all: spread(all!),
    messagesPerSecond: Math.round(SHAPE.messages / (spread(all!)["p50"]! / 1000)),
    newestScreens: spread(newest!),
    longestBlock: spread(blocks!),
    compactBytes,
    bytesToCompact: ratio(bytes!, compactBytes),
    databaseBytesAMessage: ratio(disk!, SHAPE.messages),
  });
}

/** Fills a data directory; gives the bytes of all segments as Automerge saves them. */
async function fill(data: string, expected: Map<ChannelId, MessageId[][]>): Promise<number> {
  let compactBytes = 0;
  using store = Store.open(data);
  await fillStore(store, SHAPE, (made) => {
    const kind = docKind(made.doc);
    if (kind.type !== "segment") return;
    compactBytes += savedBytes(made).length;
    expected.get(kind.channel)!.push([...made.messages]);
  });
  return compactBytes;
}
