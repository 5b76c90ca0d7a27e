/**
 * Three real nodes, linked on the loopback, each with a writer: messages to the lobby and to a private space,
 * and lines of notes. One node after another is killed and started again, at moments that a seed chooses, by
 * counting what changes in its data directory. In the end every node has all that was acknowledged.
 *
 * The seed chooses who is killed after how much, and what is written. Real processes do not run the same
 * twice: a failure is not repeated by its seed, but is likely again.
 */
import assert from "node:assert/strict";
import { parsePeerId } from "../../core/base/ids.ts";
import { lookUntil, Tab } from "../e2e/tab.ts";
import { seededUnit } from "../fakes/random.ts";
import { checkDisks, checkNode } from "./crash_check.ts";
import { CrashNode } from "./crash_node.ts";
import { CrashRecord, type Room } from "./crash_record.ts";
import { CrashWriter } from "./crash_writer.ts";
import { freePorts } from "./free_ports.ts";
import { within } from "./within.ts";

const NAMES = ["Ana", "Ben", "Cleo"];
const CREW = "Crew";
/** A node is killed after at most so many changes of files in its directory. */
const MAX_CHANGES = 70;
/** Of the kills so many hit the node that was killed before, after at most so many changes: while it starts. */
const HASTE = 0.2;
const HASTE_CHANGES = 7;

/** What a node says of a document worker that had no time on a busy machine. */
const SLOW = /^error: the document worker is replaced \{"reason":"silent for /;

/** What is done. */
export interface CrashPlan {
  readonly kills: number;
  readonly seed: number;
  /** An empty folder. */
  readonly folder: string;
  /** Hears how far it is. */
  readonly progress?: (kills: number, record: CrashRecord) => void;
}

/** What was done. */
export interface CrashFigures {
  readonly kills: number;
  /** Of these, while the node was starting. */
  readonly whileStarting: number;
  /** Messages and edits that were acknowledged. */
  readonly acknowledged: number;
  /** Requests that were sent again, since the node died before it answered. */
  readonly resent: number;
  /** Requests that were made again, since a node was too slow for its own deadline. */
  readonly faults: number;
  /** Times that a node found its document worker too slow, and took another. */
  readonly slow: number;
  readonly seconds: number;
}

/** Does it. @throws {assert.AssertionError} when something acknowledged is missing or anything else is wrong. */
export async function runCrash(plan: CrashPlan): Promise<CrashFigures> {
  const began = performance.now();
  const unit = seededUnit(plan.seed);
  await using stack = new AsyncDisposableStack();
  const ports = freePorts(NAMES.length);
  const nodes = NAMES.map((name, i) => {
    const others = ports.filter((port) => port !== ports[i]);
    return stack.use(new CrashNode(name, `${plan.folder}/${name}`, ports[i] ?? 0, others));
  });
  const peers = await Promise.all(nodes.map(async (node) => (await node.running()).ready.peer));
  const record = await meet(nodes);
  const writers = nodes.map((node, i) =>
    new CrashWriter(node, record, seededUnit(plan.seed + i + 1), { beginsNotes: i === 0 })
  );
  const writing = Promise.all(writers.map((writer) => writer.run()));
  const { whileStarting, errors } = await Promise.race([
    killAll(nodes, plan, unit, record),
    writing.then(() => Promise.reject(new Error("The writers ended before their time"))),
  ]);
  for (const writer of writers) writer.end();
  await within("the last is acknowledged", writing);
  for (const [i, node] of nodes.entries()) {
    const { ready } = await node.running();
    const { peer } = ready;
    assert.equal(peer, peers[i], "the key of the device is the same");
    await within(`${node.name} has all`, checkNode(ready.url, parsePeerId(peer), record));
  }
  for (const node of nodes) {
    const ended = await (await node.running()).stop();
    assert.equal(ended.code, 0);
    errors.push(ended.err);
  }
  checkDisks(nodes.map(({ data }) => data), [record.lobby.space, record.crew.space]);
  const lines = errors.flatMap((err) => err.split("\n"));
  const slow = lines.filter((line) => SLOW.test(line)).length;
  const others = lines.filter((line) => !/^(info: .*)?$/.test(line) && !SLOW.test(line));
  assert.deepEqual(others, [], "nothing else went wrong");
  return {
    kills: plan.kills,
    whileStarting,
    acknowledged: record.acknowledged,
    resent: record.resent,
    faults: record.faults,
    slow,
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

/** Makes the private space and lets everybody in. */
async function meet(nodes: readonly CrashNode[]): Promise<CrashRecord> {
  const [host, ...guests] = await Promise.all(nodes.map((node) => node.running()));
  assert(host);
  using tab = await Tab.open(host.ready.url);
  const { id: space } = await tab.ask({ type: "space.create", name: CREW });
  for (const guest of guests) {
    await guest.linkedTo(host.ready.peer);
    const { link } = await tab.ask({ type: "invite.link", space });
    using other = await Tab.open(guest.ready.url);
    await other.ask({ type: "join.link", link });
    await lookUntil(other, () => roomOf(other, space));
  }
  const { spaces } = await tab.ask({ type: "snapshot" });
  const lobby = spaces.find(({ kind }) => kind === "lobby");
  assert(lobby);
  const rooms = [await roomOf(tab, lobby.id), await roomOf(tab, space)];
  assert(rooms[0] && rooms[1]);
  return new CrashRecord(rooms[0], rooms[1]);
}

async function roomOf(tab: Tab, id: Room["space"]): Promise<Room | null> {
  const { space, channels: [channel] } = await tab.ask({ type: "snapshot", space: id });
  return space?.id === id && channel ? { space: id, channel: channel.id } : null;
}

/** Kills one node after another. Gives how many were starting just then, and what they wrote to stderr. */
async function killAll(
  nodes: readonly CrashNode[],
  { kills, progress }: CrashPlan,
  unit: () => number,
  record: CrashRecord,
): Promise<{ whileStarting: number; errors: string[] }> {
  const errors: string[] = [];
  let whileStarting = 0;
  let victim: CrashNode | undefined;
  for (let kill = 1; kill <= kills; kill++) {
    const hasty = victim !== undefined && unit() < HASTE;
    if (victim && !hasty) await within(`${victim.name} is ready again`, victim.running());
    if (!hasty) victim = nodes[Math.floor(unit() * nodes.length)];
    assert(victim);
    const most = hasty ? HASTE_CHANGES : MAX_CHANGES;
    await within(`${victim.name} writes`, fileChanges(victim.data, 1 + Math.floor(most * unit())));
    const { wasReady, err } = await victim.crash();
    if (!wasReady) whileStarting++;
    if (err !== "") errors.push(err);
    progress?.(kill, record);
  }
  return { whileStarting, errors };
}

/** Waits until the files of a folder were changed so many times. */
async function fileChanges(folder: string, count: number): Promise<void> {
  const watcher = Deno.watchFs(folder);
  for await (const _ of watcher) if (--count <= 0) return;
}
