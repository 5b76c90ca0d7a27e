import assert from "node:assert/strict";
import type { ChangeHash } from "../../core/base/ids.ts";
import { deflateRawSync } from "node:zlib";
import type { Documents, Load } from "../../core/doc/documents.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { type Envelope, EnvelopeError, verifyEnvelope } from "../../core/trust/envelope.ts";
import { seededUnit } from "../fakes/random.ts";
import { FuzzReplica } from "./fuzz_replica.ts";
import { HostileMembers } from "./hostile.ts";
import { DOCS, honestStory } from "./story.ts";

/** What a round came to. */
export interface RoundFigures {
  mutants: number;
  /** Mutants that were admitted: an edit at another place, or spoiled so that it is as good as any. */
  admitted: number;
  honest: number;
  /** The longest that one change was read and verified, which the main thread does, in milliseconds. */
  readMs: number;
  /** The longest that one read was admitted in all, in milliseconds. */
  admitMs: number;
  /** Refusals that were not the gate's: Automerge failed, or the document did not load again. */
  byAutomerge: number;
  readonly refusals: ReadonlyMap<string, number>;
}

const STORY_STEPS = 40;
/** How refusals read that are made before Automerge sees a change. */
const BY_THE_GATE = new RegExp([
  "^Cannot (read|accept) the (change|envelope): ",
  "^its author signed another change ",
  "^it (is known to be|rests on what is) void$",
  "too many for its bytes$",
].join("|"));

/**
 * One story of honest people, with `count` spoiled changes of members among it, told to three replicas, each in an
 * order of its own.
 *
 * @throws {AssertionError} if an honest change is not admitted, the replicas differ, or one does not load.
 */
export async function fuzzRound(
  seed: number,
  count: number,
  directory: string,
  openDocuments: (load: Load) => Promise<Documents>,
): Promise<RoundFigures> {
  const unit = seededUnit(seed);
  const story = honestStory(unit, STORY_STEPS);
  const members = new HostileMembers(unit);
  const figures = { mutants: 0, admitted: 0, honest: story.length, readMs: 0, admitMs: 0 };
  const first = await FuzzReplica.open(`${directory}/${seed}-0`, 50, openDocuments);
  const told: Envelope[] = [];
  const tell = async (
    envelope: Envelope,
    hash: ChangeHash,
  ): Promise<"held" | "refused" | "waits"> => {
    told.push(envelope);
    figures.readMs = Math.max(figures.readMs, readMs(envelope));
    const start = performance.now();
    const { refused } = await first.admit([envelope]);
    figures.admitMs = Math.max(figures.admitMs, performance.now() - start);
    if (first.holds(envelope.doc, hash)) return "held";
    return Object.keys(refused).length > 0 ? "refused" : "waits";
  };
  for (const [i, envelope] of story.entries()) {
    const isDeflated = unit() < 0.3;
    const sent = isDeflated ? HostileMembers.deflated(envelope, deflateRawSync) : envelope;
    const became = await tell(sent, readChangeHeader(sent.change).hash);
    assert.equal(became, "held", `seed ${seed}: an honest change`);
    members.learn(envelope.doc, envelope.change);
    const until = Math.ceil(count * (i + 1) / story.length);
    for (; figures.mutants < until; figures.mutants++) {
      const hostile = members.next();
      if (!hostile) continue;
      const { log, hash, envelope } = hostile;
      const became = await tell(envelope, hash);
      if (became === "waits") log.isStuck = true;
      if (became !== "held") continue;
      figures.admitted++;
      members.learn(log.doc, envelope.change, log);
    }
  }
  const replicas = [first];
  for (const [i, order] of [told.toReversed(), shuffled(unit, told)].entries()) {
    const replica = await FuzzReplica.open(`${directory}/${seed}-${i + 1}`, 51 + i, openDocuments);
    while (order.length > 0) await replica.admit(order.splice(0, 1 + Math.floor(unit() * 40)));
    // As repairs do: what found its place taken by one that was refused in the same read comes again.
    for (let isOver = false; !isOver;) {
      isOver = (await replica.admit(told)).fresh === 0;
    }
    replicas.push(replica);
  }
  await judge(seed, replicas, story);
  for (const replica of replicas) await replica.close();
  const { refusals } = first;
  let byAutomerge = 0;
  for (const [reason, times] of refusals) if (!BY_THE_GATE.test(reason)) byAutomerge += times;
  return { ...figures, byAutomerge, refusals };
}

/**
 * How long the main thread reads and verifies an envelope, in milliseconds: what seems long is measured again, as a
 * busy machine takes its time with anything.
 */
function readMs(envelope: Envelope): number {
  let least = Infinity;
  for (let run = 0; run < 5 && least > 20; run++) {
    const start = performance.now();
    try {
      verifyEnvelope(envelope);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
    }
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

/** Puts what a run told into an order of its own. */
function shuffled<T>(unit: () => number, items: readonly T[]): T[] {
  return items.map((item) => ({ item, key: unit() })).sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

async function judge(
  seed: number,
  replicas: readonly FuzzReplica[],
  story: readonly Envelope[],
): Promise<void> {
  for (const [i, replica] of replicas.entries()) {
    const where = `seed ${seed}, replica ${i}`;
    for (const { doc, change } of story) {
      assert.ok(replica.holds(doc, readChangeHeader(change).hash), `${where}: honest change lost`);
    }
    for (const doc of DOCS) {
      const content = replica.content(doc);
      assert.ok(content === replicas[0]?.content(doc), `${where}: ${doc} differs`);
      const heads = await replica.heads(doc);
      assert.ok(content.startsWith(`[${heads}`), `${where}: ${doc} is open as another`);
      assert.equal(await replica.lostEntries(doc), 0, `${where}: ${doc} cannot be made again`);
    }
    assert.deepEqual(replica.digest, replicas[0]?.digest, `${where}: digests differ`);
  }
}
