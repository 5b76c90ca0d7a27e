/** One who pushes more than people write slows down itself, and nobody else. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import {
  Flood,
  MAX_PUSHED_BYTES_PER_S,
  MAX_PUSHED_PER_S,
  PUSH_BURST_S,
} from "../../core/sync/flood.ts";
import { Precedence } from "../../core/sync/precedence.ts";
import { SECURE_MS } from "../../core/sync/securing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import type { SentEnvelope } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { turn } from "../fakes/turn.ts";
import { Intruder } from "../sim/intruder.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const space = LOBBY;

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);

async function posts(author: Author, count: number, where = doc): Promise<Envelope[]> {
  const envelopes: Envelope[] = [];
  for (let i = 0; i < count; i++) envelopes.push(await author.post(where, `post ${i}`));
  return envelopes;
}

/** Pushes envelopes, some at a time, as fast as the link takes them. */
async function push(
  world: SimWorld,
  peer: Intruder,
  envelopes: readonly Envelope[],
  live = true,
): Promise<void> {
  for (let at = 0; at < envelopes.length; at += 100) {
    peer.send({ type: "envelopes", space, live, items: envelopes.slice(at, at + 100) });
    await world.pass(2);
  }
}

Deno.test("hostile 29: a flooder's link waits, what another one writes is here at once", async () => {
  const burst = MAX_PUSHED_PER_S * PUSH_BURST_S;
  const flood = await posts(await Author.open(80), burst + 600);
  const chat = await (await Author.open(81)).post(doc, "chat");
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const flooder = new Intruder(world, node, 50);
    const other = new Intruder(world, node, 51);
    await world.pass(10);
    await push(world, flooder, flood);
    const atOnce = texts(node).length;
    assert.ok(atOnce >= burst && atOnce <= burst + 200, `${atOnce} at once`);
    other.send({ type: "envelopes", space, live: true, items: [chat] });
    const ms = await world.until(() => texts(node).includes("chat"), 250);
    assert.ok(ms !== undefined && ms < 250, `here after ${ms} ms`);
    assert.ok(texts(node).length < burst + 210, "the flooder still waits");
    await world.pass(5000);
    assert.equal(texts(node).length, flood.length + 1, "nothing is lost");
    assert.equal(flooder.isOpen, true);
    flooder.close();
  });
});

Deno.test("FLOOD-1: envelopes and bytes have a rate and a burst", async () => {
  const clock = new FakeClock();
  const link = { closed: new Promise<string>(() => {}) };
  const flood = new Flood(link, clock);
  const pushed = (count: number, bytes: number): SentEnvelope[] => {
    const change = new Uint8Array(bytes);
    const [author, signature] = [deviceKeys(80).peer, new Uint8Array(64)];
    return Array.from({ length: count }, () => ({ doc, author, signature, change }));
  };
  /** How long it takes until the link may be read on, in milliseconds. */
  const wait = async (items: readonly SentEnvelope[]) => {
    const begin = clock.now();
    let done = false;
    const waiting = flood.pushed(items).then(() => done = true);
    for (await turn(); !done; await turn()) clock.advance(1);
    await waiting;
    return clock.now() - begin;
  };
  const burst = MAX_PUSHED_PER_S * PUSH_BURST_S;
  assert.equal(await wait(pushed(burst, 100)), 0);
  assert.equal(await wait(pushed(MAX_PUSHED_PER_S, 100)), 1000);
  assert.equal(await wait(pushed(MAX_PUSHED_PER_S / 2, 100)), 500);
  clock.advance(1000 * 1000);
  assert.equal(await wait(pushed(burst + 1, 100)), 5, "no more than a burst is saved up");
  clock.advance(1000 * 1000);
  const bytes = MAX_PUSHED_BYTES_PER_S / 256;
  assert.equal(await wait(pushed(256 * PUSH_BURST_S - 1000, bytes)), 0);
  assert.equal(await wait(pushed(1000, bytes)), 1400, "the slower of the two counts");
});

Deno.test("FLOOD-1: what was asked for does not count", async () => {
  const history = await posts(await Author.open(80), 1.2 * MAX_PUSHED_PER_S * PUSH_BURST_S);
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const peer = new Intruder(world, node, 50);
    peer.send({ type: "digest", space, digest: new Uint8Array(32) });
    await world.pass(10);
    await push(world, peer, history, false);
    assert.equal(texts(node).length, history.length);
  });
});

Deno.test("FLOOD-1: a link that is closed while it waits leaves nothing behind", async () => {
  const flood = await posts(await Author.open(80), MAX_PUSHED_PER_S * PUSH_BURST_S + 300);
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const flooder = new Intruder(world, node, 50);
    await world.pass(10);
    await push(world, flooder, flood);
    flooder.close();
    await world.pass(SECURE_MS);
    assert.equal(world.clock.waiting, 0);
  });
});

Deno.test("FLOOD-2: what was pushed goes first, what was asked for gets its turn", async () => {
  const precedence = new Precedence();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const live = precedence.run(true, async () => {
    await gate.promise;
    order.push("live");
  });
  const asked = precedence.run(false, async () => {
    await precedence.pass(false);
    order.push("asked for");
  });
  await turn();
  assert.deepEqual(order, []);
  await precedence.pass(true);
  gate.resolve();
  await Promise.all([live, asked]);
  assert.deepEqual(order, ["live", "asked for"]);
  // While somebody pushes all the time, history comes all the same.
  const busy = precedence.run(true, () => new Promise<void>(() => {}));
  void busy;
  let passed = false;
  void precedence.pass(false).then(() => passed = true);
  let rounds = 0;
  for (; !passed && rounds < 1000; rounds++) {
    await precedence.run(true, () => Promise.resolve());
    await turn();
  }
  assert.ok(rounds > 1 && rounds < 1000, `${rounds} went first`);
});
