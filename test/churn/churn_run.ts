/**
 * Many real nodes on one cable, each with a host of its own and somebody who writes there. They are killed,
 * ended and started again, their cables pulled and mended, all the time. In the end all have the same: every
 * message that was acknowledged once, and no other; the same logs; the same lines of the command line.
 */
import assert from "node:assert/strict";
import { LOBBY } from "../../core/trust/lobby.ts";
import { checkDisks } from "../crash/crash_check.ts";
import { within } from "../crash/within.ts";
import { Network } from "../e2e/netns.ts";
import { seededUnit } from "../fakes/random.ts";
import { ChurnHost } from "./churn_host.ts";

/** What a node says of a document worker that had no time on a busy machine. */
const SLOW = /^error: the document worker is replaced \{"reason":"silent for /;
/** So many start at once in the beginning: each, and its hand, take a processor for half a second. */
const STARTING = 2;

/** What is done. */
export interface ChurnPlan {
  readonly nodes: number;
  readonly seed: number;
  /** An empty folder. */
  readonly folder: string;
  /** All together write about so many messages a second. */
  readonly rate: number;
  /** About so long between two blows, and so long a node or cable is down. */
  readonly pauseMs: number;
  readonly downMs: number;
  /** Whether there were enough blows. */
  readonly enough: (blows: number) => boolean;
  /** Hears how far it is. */
  readonly progress?: (blows: Readonly<Blows>, hosts: readonly ChurnHost[]) => void;
}

/** What was done to nodes and cables, how often. */
export interface Blows {
  kills: number;
  stops: number;
  cuts: number;
}

/** What was done. */
export interface ChurnFigures extends Blows {
  readonly nodes: number;
  readonly starts: number;
  readonly acknowledged: number;
  /** Sent again, since a node went before it answered; and since it was too slow for its own deadline. */
  readonly resent: number;
  readonly faults: number;
  /** Times that a node found its document worker too slow, and took another. */
  readonly slow: number;
  /** Memory of a node before the end, in megabytes: the middle one, and the largest. */
  readonly rssMiddle: number;
  readonly rssMost: number;
  /** How long it went on, and how long then until all had all. */
  readonly seconds: number;
  readonly settledSeconds: number;
}

/** Does it. @throws {assert.AssertionError} when anything is missing or wrong. */
export async function runChurn(plan: ChurnPlan): Promise<ChurnFigures> {
  await using stack = new AsyncDisposableStack();
  const network = stack.use(await Network.open(plan.nodes));
  const pauseMs = 1000 * plan.nodes / plan.rate;
  const hosts: ChurnHost[] = [];
  await atOnce(STARTING, [...network.hosts.entries()], async ([i, at]) => {
    const host = new ChurnHost(at, `P${i + 1}`, `${plan.folder}/${i + 1}`, pauseMs);
    hosts.push(stack.use(host));
    await host.start();
  });
  const began = performance.now();
  const blows = await Promise.race([churn(hosts, plan), ...hosts.map(({ failed }) => failed)]);
  const ended = performance.now();
  const met = await within("all was acknowledged", Promise.all(hosts.map((host) => host.finish())));
  const wanted = hosts.flatMap(({ acknowledged }) => acknowledged).sort();
  await atOnce(hosts.length, hosts, async (host) => {
    const texts = await within(`${host.name} has all`, host.shown(wanted.length));
    assert.deepEqual(texts.toSorted(), wanted, "each message once, and no other");
  });
  const settled = performance.now();
  const rss = hosts.map((host) => Math.round(host.rss / 1e6)).sort((a, b) => a - b);
  const lines: unknown[][] = [];
  await atOnce(STARTING, hosts, async (host) => void lines.push(await host.read()));
  for (const other of lines) assert.deepEqual(other, lines[0], "the command line prints the same");
  await atOnce(STARTING, hosts, (host) => host.end("stop"));
  checkDisks(hosts.map(({ data }) => data), [LOBBY]);
  const said = hosts.flatMap(({ errors }) => errors.flatMap((err) => err.split("\n")));
  const others = said.filter((line) => !/^(info: .*)?$/.test(line) && !SLOW.test(line));
  assert.deepEqual(others, [], "nothing else went wrong");
  return {
    nodes: plan.nodes,
    ...blows,
    starts: hosts.reduce((sum, { starts }) => sum + starts, 0),
    acknowledged: wanted.length,
    resent: met.reduce((sum, { resent }) => sum + resent, 0),
    faults: met.reduce((sum, { faults }) => sum + faults, 0),
    slow: said.filter((line) => SLOW.test(line)).length,
    rssMiddle: rss[rss.length >> 1] ?? 0,
    rssMost: rss.at(-1) ?? 0,
    seconds: Math.round((ended - began) / 1000),
    settledSeconds: Math.round((settled - ended) / 1000),
  };
}

/** Deals blows; when there were enough, all nodes run and all cables are mended. */
async function churn(hosts: readonly ChurnHost[], plan: ChurnPlan): Promise<Blows> {
  const unit = seededUnit(plan.seed);
  const blows: Blows = { kills: 0, stops: 0, cuts: 0 };
  const healing = new Set<Promise<void>>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  for (let count = 0; !plan.enough(count); count++) {
    const free = hosts.filter(({ isBusy }) => !isBusy);
    const host = free[Math.floor(unit() * free.length)];
    if (host) {
      const healed = strike(host, plan.downMs * 2 * unit(), unit(), blows)
        .catch(failed.reject).finally(() => healing.delete(healed));
      healing.add(healed);
    }
    plan.progress?.(blows, hosts);
    // With all down at once it goes on when one is up.
    const next = host ? pause(plan.pauseMs * 2 * unit()) : Promise.race(healing);
    await Promise.race([next, failed.promise]);
  }
  await within("all run again", Promise.race([Promise.all(healing), failed.promise]));
  return blows;
}

async function strike(host: ChurnHost, downMs: number, kind: number, blows: Blows): Promise<void> {
  host.isBusy = true;
  try {
    if (kind < 0.4) {
      blows.kills++;
      await host.end("kill");
    } else if (kind < 0.6) {
      blows.stops++;
      await host.end("stop");
    } else {
      blows.cuts++;
      await host.unplug();
      await pause(downMs);
      return await host.plug();
    }
    await pause(downMs);
    await within(`${host.name} is ready again`, host.start());
  } finally {
    host.isBusy = false;
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Does something with each, so many at a time. */
async function atOnce<T>(
  most: number,
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const line = async () => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: most }, line));
}
