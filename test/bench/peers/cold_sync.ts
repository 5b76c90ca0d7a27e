import { freePorts } from "../../crash/free_ports.ts";
import { loopback } from "../../e2e/place.ts";
import { RunningNode } from "../../e2e/running_node.ts";
import { restDisk } from "../rest_disk.ts";
import { quantile, report } from "../stats.ts";
import { automergeSource, REPO_NAME, repoSource, type Source } from "./automerge_fetch.ts";
import { type Fetched, makeDocuments, SHAPE } from "./cold_documents.ts";
import { fetchWithEarshot } from "./earshot_fetch.ts";

const RUNS = 3;
const EARSHOT = "Earshot";
const AUTOMERGE = "Automerge's sync protocol";

/**
 * One who has nothing gets 100,000 messages from one who has all: with Earshot, automerge-repo and Automerge's own
 * sync protocol, the same documents, in turn. Only Earshot checks signatures, encrypts, and keeps what it
 * has through a power cut; the others have all documents loaded before.
 */
export async function benchColdSync(folder: string): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const path = (name: string) => `${folder}/cold-${name}`;
  const documents = path("documents");
  await Deno.mkdir(documents);
  // Its first start makes the data directory.
  await (await RunningNode.start(loopback, path("from"), ["--name", "Ana"])).stop();
  const { expected, compactBytes } = await makeDocuments(path("from"), documents);
  const [port = 0] = freePorts(1);
  const args = ["--no-discovery", "--sync-port", String(port)];
  const node = opened.use(await RunningNode.start(loopback, path("from"), args));
  const sources = new Map<string, Pick<Source, "fetch">>([
    [EARSHOT, { fetch: (data) => fetchWithEarshot(node, port, data, expected) }],
    [AUTOMERGE, opened.use(await automergeSource(documents))],
  ]);
  const repo = await repoSource(path("repo"), documents);
  if (typeof repo !== "string") sources.set(REPO_NAME, opened.use(repo));

  const fetched = new Map([...sources.keys()].map((name) => [name, [] as Fetched[]]));
  for (let run = 0; run < RUNS; run++) {
    for (const [number, [name, source]] of [...sources].entries()) {
      const data = path(`to-${number}-${run}`);
      await Deno.mkdir(data, { mode: 0o700 });
      await restDisk();
      const one = await source.fetch(data);
      if (one.messages !== SHAPE.messages) {
        throw new Error(`Cannot measure: ${name} got ${one.messages} messages`);
      }
      fetched.get(name)!.push(one);
    }
  }
  await node.stop();
  for (const [name, all] of fetched) report("peers: cold sync", figures(name, all, compactBytes));
  if (typeof repo === "string") report("peers: cold sync", { what: REPO_NAME, missing: repo });
  report("peers: cold sync, Earshot's aims", aims(fetched, compactBytes));
}

function median(all: readonly Fetched[], field: keyof Fetched): number {
  return quantile(all.map((one) => one[field] ?? NaN), 0.5);
}

const round = (value: number) => Math.round(value * 100) / 100;

function figures(
  what: string,
  all: readonly Fetched[],
  compactBytes: number,
): Record<string, unknown> {
  const allMs = all.map(({ allMs }) => Math.round(allMs));
  return {
    what,
    unit: "ms",
    messages: SHAPE.messages,
    runs: all.length,
    all: { min: Math.min(...allMs), p50: quantile(allMs, 0.5), max: Math.max(...allMs) },
    newestScreen: Math.round(median(all, "newestMs")),
    messagesPerSecond: Math.round(SHAPE.messages / (median(all, "allMs") / 1000)),
    bytesIn: median(all, "bytesIn"),
    bytesOut: median(all, "bytesOut"),
    compactBytes,
    bytesToCompact: round(median(all, "bytesIn") / compactBytes),
  };
}

/** Earshot's medians beside what they are to be. */
function aims(
  fetched: ReadonlyMap<string, readonly Fetched[]>,
  compactBytes: number,
): Record<string, unknown> {
  const own = fetched.get(EARSHOT) ?? [];
  const repo = fetched.get(REPO_NAME);
  const beside = (value: number, aim: number) => ({ value: round(value), aim, met: value <= aim });
  return {
    ...(repo
      ? {
        toRepoTime: beside(median(own, "allMs") / median(repo, "allMs"), 1 / 2),
        newestToRepoTime: beside(median(own, "newestMs") / median(repo, "allMs"), 1 / 10),
      }
      : { repo: "missing" }),
    bytesToCompact: beside(median(own, "bytesIn") / compactBytes, 1.3),
  };
}
