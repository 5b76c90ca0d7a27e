import assert from "node:assert/strict";
import { parsePeerId, type PeerId } from "../../core/base/ids.ts";
import type { Link } from "../../core/net/link.ts";
import { HeardConnection } from "../../core/net/heard_connection.ts";
import { DOUBT_MS, Pairs, SILENT_MS, type Tie } from "../../core/net/pairs.ts";
import { FakeClock } from "../fakes/clock.ts";
import { quiet } from "../fakes/quiet.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";

const LOW = parsePeerId("1".repeat(64));
const HIGH = parsePeerId("9".repeat(64));

class FakeTie implements Tie {
  readonly connection: HeardConnection;
  readonly closing = Promise.withResolvers<string>();
  closedWith: string | undefined;
  pings = 0;
  answersPings = false;
  readonly link: Tie["link"];

  constructor(readonly clock: FakeClock, peer: PeerId, readonly madeAt = clock.now()) {
    this.connection = new HeardConnection(
      new ScriptedConnection(new Uint8Array(1000), "silence"),
      clock,
    );
    this.link = {
      peer,
      closed: this.closing.promise,
      close: (reason: string) => {
        this.closedWith ??= reason;
        this.closing.resolve(reason);
      },
      ping: () => {
        this.pings++;
        if (this.answersPings) clock.after(5, () => void this.hear());
      },
    } as unknown as Link & { ping(): void };
  }

  /** Bytes come, then none. */
  async hear(): Promise<void> {
    await this.connection.read(new Uint8Array(1));
    void this.connection.read(new Uint8Array(0));
  }
}

function world(self: PeerId) {
  const clock = new FakeClock();
  const told: string[] = [];
  const pairs: Pairs = new Pairs({
    self,
    clock,
    kept: () => told.push("kept"),
    parted: () => told.push("parted"),
    suspected: () => told.push("suspected"),
  });
  pairs.watch();
  const run = async (ms: number) => {
    for (let at = 0; at < ms; at += 100) {
      clock.advance(100);
      await quiet();
    }
  };
  return { clock, pairs, told, run };
}

async function silentTie(clock: FakeClock, peer: PeerId): Promise<FakeTie> {
  const tie = new FakeTie(clock, peer);
  await tie.hear();
  return tie;
}

Deno.test("pairs: a link in doubt that answers a ping stays", async () => {
  const { clock, pairs, told, run } = world(LOW);
  const tie = await silentTie(clock, HIGH);
  tie.answersPings = true;
  pairs.add(tie);
  await run(10_000);
  pairs.doubt(HIGH);
  pairs.doubt(HIGH);
  assert.equal(tie.pings, 1, "asked once");
  await run(2 * DOUBT_MS);
  assert.equal(pairs.isSuspect(HIGH), false);
  assert.deepEqual(told, ["kept"]);
  pairs.stop();
});

Deno.test("pairs: a link in doubt that stays silent is suspect, until it is heard again", async () => {
  const { clock, pairs, told, run } = world(LOW);
  const tie = await silentTie(clock, HIGH);
  pairs.add(tie);
  await run(10_000);
  pairs.doubt(HIGH);
  await run(DOUBT_MS - 100);
  assert.equal(pairs.isSuspect(HIGH), false);
  await run(100);
  assert.equal(pairs.isSuspect(HIGH), true);
  assert.equal(pairs.links.get(HIGH), tie.link, "it is used until there is another");
  assert.equal(tie.closedWith, undefined);
  assert.deepEqual(told, ["kept", "suspected"]);
  await tie.hear();
  assert.equal(pairs.isSuspect(HIGH), false);
  pairs.stop();
});

Deno.test("pairs: long silence is suspect by itself", async () => {
  const { clock, pairs, told, run } = world(LOW);
  pairs.add(await silentTie(clock, HIGH));
  await run(SILENT_MS - 1_000);
  assert.deepEqual(told, ["kept"]);
  await run(10_000);
  assert.deepEqual(told, ["kept", "suspected"], "once");
  pairs.stop();
});

Deno.test("pairs: in the place of a suspect link comes the next one, at once and on both sides", async () => {
  for (const [self, peer] of [[LOW, HIGH], [HIGH, LOW]] as const) {
    const { clock, pairs, told, run } = world(self);
    const dead = await silentTie(clock, peer);
    pairs.add(dead);
    await run(10_000);
    pairs.doubt(peer);
    await run(DOUBT_MS);
    const fresh = await silentTie(clock, peer);
    pairs.add(fresh);
    assert.equal(pairs.links.get(peer), fresh.link);
    assert.match(dead.closedWith!, /replaced/);
    await quiet();
    assert.deepEqual(told, ["kept", "suspected", "kept"], "never parted");
    pairs.stop();
  }
});

Deno.test("pairs: the lower id closes a second link while the first is alive (MESH-2)", async () => {
  const { clock, pairs, told } = world(LOW);
  const first = await silentTie(clock, HIGH);
  const second = await silentTie(clock, HIGH);
  pairs.add(first);
  pairs.add(second);
  assert.equal(second.closedWith, "already linked");
  assert.equal(first.closedWith, undefined);
  await quiet();
  assert.deepEqual(told, ["kept"]);
  pairs.stop();
});

Deno.test("pairs: the lower id gives a silent first link the time of a doubt, then takes the second", async () => {
  for (const answersPings of [true, false]) {
    const { clock, pairs, told, run } = world(LOW);
    const first = await silentTie(clock, HIGH);
    first.answersPings = answersPings;
    pairs.add(first);
    await run(10_000);
    const second = await silentTie(clock, HIGH);
    pairs.add(second);
    assert.deepEqual(told, ["kept"], "not announced yet");
    await run(DOUBT_MS);
    assert.equal(first.closedWith !== undefined, !answersPings);
    assert.equal(second.closedWith !== undefined, answersPings);
    assert.equal(pairs.links.get(HIGH), answersPings ? first.link : second.link);
    pairs.stop();
  }
});

Deno.test("pairs: the higher id closes nothing, and follows what the lower one closes (MESH-3)", async () => {
  const { clock, pairs, told, run } = world(HIGH);
  const first = await silentTie(clock, LOW);
  const second = await silentTie(clock, LOW);
  pairs.add(first);
  pairs.add(second);
  assert.equal(second.closedWith, undefined);
  first.link.close("by the peer");
  await quiet();
  assert.equal(pairs.links.get(LOW), second.link);
  assert.deepEqual(told, ["kept", "kept"], "the second link only now");
  const third = await silentTie(clock, LOW);
  pairs.add(third);
  third.link.close("by the peer");
  await run(20_000);
  assert.equal(pairs.links.get(LOW), second.link);
  second.link.close("by the peer");
  await quiet();
  assert.deepEqual(told, ["kept", "kept", "parted"]);
  pairs.stop();
});

Deno.test("pairs: when the lower id does not decide, since it lost the first link, the higher one changes", async () => {
  const { clock, pairs, run } = world(HIGH);
  const first = await silentTie(clock, LOW);
  const second = await silentTie(clock, LOW);
  pairs.add(first);
  await run(10_000);
  pairs.add(second);
  await run(2 * DOUBT_MS);
  assert.equal(pairs.links.get(LOW), second.link);
  assert.ok(first.closedWith);
  pairs.stop();
});

Deno.test("pairs: a peer that opens links without end gets no more than a few", async () => {
  const { clock, pairs } = world(HIGH);
  const ties: FakeTie[] = [];
  for (let i = 0; i < 20; i++) ties.push(await silentTie(clock, LOW));
  for (const tie of ties) pairs.add(tie);
  assert.equal(ties.filter(({ closedWith }) => closedWith === undefined).length, 4);
  assert.equal(ties[0]!.closedWith, undefined);
  pairs.stop();
});

Deno.test("pairs: after stop nothing is told and no timer is left", async () => {
  const { clock, pairs, told } = world(HIGH);
  const first = await silentTie(clock, LOW);
  pairs.add(first);
  pairs.add(await silentTie(clock, LOW));
  pairs.doubt(LOW);
  pairs.stop();
  first.link.close("closing");
  await quiet();
  assert.deepEqual(told, ["kept"]);
  assert.equal(clock.waiting, 0);
});
