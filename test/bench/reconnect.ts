import { systemClock } from "../../core/base/clock.ts";
import { silentLog } from "../../core/base/log.ts";
import { randomBytes } from "../../core/base/random.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { openLink } from "../../core/net/secure_link.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { sideOf } from "../fakes/sides.ts";
import { SimNode } from "../sim/sim_node.ts";
import { loopbackPair } from "./loopback_pair.ts";
import { MeteredLink } from "./metered_link.ts";
import { quantile, report } from "./stats.ts";

const DOCUMENTS = [1, 100, 10_000];
const RUNS = 5;
const LOOK_MS = 0;
const general = channelIdOf(LOBBY, "general");

/** What one reconnection took. */
interface Figures {
  readonly roundTrips: number;
  readonly messages: number;
  readonly bytes: number;
  readonly ms: number;
}

/**
 * What two nodes that were apart say to each other until they hold the same: with so many documents, when nothing
 * changed and when one document did. Both are in this thread, with stores on disk and a link over loopback.
 */
export async function benchReconnect(folder: string): Promise<void> {
  for (const documents of DOCUMENTS) {
    const directory = `${folder}/reconnect-${documents}`;
    await Deno.mkdir(directory);
    const [a, b] = [1, 2].map((number) => new SimNode(number, directory, systemClock));
    await Promise.all([a!.start(), b!.start()]);
    for (let segment = 0; segment < documents; segment++) {
      await a!.post(general, `in ${segment}`, segment);
    }
    const first = await reconnect(a!, b!);
    const same: Figures[] = [];
    const changed: Figures[] = [];
    for (let run = 0; run < RUNS; run++) {
      same.push(await reconnect(a!, b!));
      await a!.post(general, `again ${run}`, Math.floor(documents / 2));
      changed.push(await reconnect(a!, b!));
    }
    report("reconnect", {
      unit: "ms",
      documents,
      inStep: middle(same),
      oneChanged: middle(changed),
      firstSync: middle([first]),
    });
    await Promise.all([a!.stop(), b!.stop()]);
  }
}

/** Links two nodes until they hold the same and both know it. */
async function reconnect(a: SimNode, b: SimNode): Promise<Figures> {
  const connections = await loopbackPair();
  const links = await Promise.all([a, b].map(({ keys }, index) =>
    openLink(connections[index]!, {
      keys,
      ...sideOf(index === 0),
      clock: systemClock,
      log: silentLog,
      random: randomBytes,
    })
  ));
  const ends = MeteredLink.pair(links[0]!, links[1]!);
  const start = performance.now();
  a.meetings.addLink(ends[0]);
  b.meetings.addLink(ends[1]);
  while (ends.some(({ digests }) => digests === 0) || a.digest !== b.digest) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const ms = performance.now() - start;
  const sum = (of: (end: MeteredLink) => number) => of(ends[0]) + of(ends[1]);
  const figures = {
    roundTrips: Math.max(...ends.map(({ hops }) => hops)) / 2,
    messages: sum(({ messages }) => messages),
    bytes: sum(({ bytes }) => bytes),
    ms,
  };
  ends[0].close("measured");
  await Promise.all(links.map(({ closed }) => closed));
  return figures;
}

/** The median of each figure. */
function middle(runs: readonly Figures[]): Figures {
  const of = (figure: keyof Figures) =>
    Math.round(10 * quantile(runs.map((run) => run[figure]), 0.5)) / 10;
  return {
    roundTrips: of("roundTrips"),
    messages: of("messages"),
    bytes: of("bytes"),
    ms: of("ms"),
  };
}
