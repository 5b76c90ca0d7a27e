/**
 * `deno task churn [--nodes N] [--minutes M] [--seed S] [--rate R] [--pause MS]`: real nodes in network namespaces
 * that come and go, one about every MS, while each is written to, R messages a second together; at the end all have
 * the same. A line every ten blows, and one of JSON with the figures. Needs root on Linux.
 *
 * Two cores bear 30 nodes with the pause that is set, 40 with one of 2000 and a rate of 1.
 *
 * All hosts share one table of neighbours in the kernel, which says no more of 44 of them than that sending failed:
 * for so many raise `net.ipv4.neigh.default.gc_thresh3`, and that of ipv6, to the square of their number.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { netnsMissing } from "../e2e/netns.ts";
import { tempFolder } from "../e2e/temp_folder.ts";
import { runChurn } from "./churn_run.ts";

const MINUTE_MS = 60_000;

const { nodes, minutes, seed, rate, pause } = parseArgs(Deno.args, {
  string: ["nodes", "minutes", "seed", "rate", "pause"],
  default: { nodes: "50", minutes: "10", seed: "41", rate: "5", pause: "1000" },
});

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const missing = await netnsMissing();
if (missing) {
  say(`Cannot run here: ${missing}`);
  Deno.exit(1);
}
await using folder = await tempFolder();
let until: number | undefined;
const figures = await runChurn({
  nodes: Number(nodes),
  seed: Number(seed),
  rate: Number(rate),
  folder: folder.path,
  pauseMs: Number(pause),
  downMs: 4_000,
  enough: () => performance.now() > (until ??= performance.now() + Number(minutes) * MINUTE_MS),
  progress: ({ kills, stops, cuts }, hosts) => {
    if ((kills + stops + cuts) % 10 !== 0) return;
    const acknowledged = hosts.reduce((sum, host) => sum + host.acknowledged.length, 0);
    say(`${kills} kills, ${stops} stops, ${cuts} cuts, ${acknowledged} acknowledged`);
  },
});
say(JSON.stringify({ churn: "ok", seed: Number(seed), ...figures }));
