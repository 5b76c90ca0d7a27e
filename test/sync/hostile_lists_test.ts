/** Peers that lie about what they hold, answer what nobody asked, or ask without end: bounded cost, then the door. */
import assert from "node:assert/strict";
import { parseActorId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { FEW_LOGS } from "../../core/sync/exchange.ts";
import { MAX_VAIN_PER_S, PUSH_BURST_S } from "../../core/sync/flood.ts";
import { MAX_SHOWN } from "../../core/sync/inquiry.ts";
import { BEAT_MS, MAX_REPAIR_BEATS } from "../../core/sync/timing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Envelope } from "../../core/trust/envelope.ts";
import type { DigestMessage, DocumentsMessage, VectorsMessage } from "../../core/wire/message.ts";
import { seededBytes } from "../fakes/random.ts";
import { Intruder } from "../sim/intruder.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const space = LOBBY;
const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const random = seededBytes(1);
const otherDigest: DigestMessage = { type: "digest", space, digest: new Uint8Array(32) };
const allBuckets = { type: "buckets", space, prints: new Uint8Array(2048) } as const;
const everything: VectorsMessage = { type: "vectors", space, docs: [], lacked: null, last: true };

const documents = (
  buckets: DocumentsMessage["buckets"],
  last = true,
): DocumentsMessage => ({ type: "documents", space, buckets, last });
const about = (lacked: Uint8Array): VectorsMessage => ({ ...everything, lacked });

/** A node that holds more logs than it says at once, each in a document of its own. */
function bigNode(act: (node: SimNode, world: SimWorld) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => {
    const node = await world.add();
    for (let segment = 0; segment <= FEW_LOGS; segment++) {
      await node.post(general, `in ${segment}`, segment);
    }
    await act(node, world);
  });
}

const streamed = (peer: Intruder) =>
  peer.all("envelopes").filter(({ live }) => !live).flatMap(({ items }) => items).length;
const cutOff = (node: SimNode) =>
  node.logged.filter(({ text }) => /Cut off|malformed/.test(text)).map(({ facts }) =>
    String(facts["reason"])
  );

Deno.test("tree: who holds much is asked by buckets, and is streamed what its list shows", async () => {
  await bigNode(async (node, world) => {
    const peer = new Intruder(world, node, 50);
    peer.send(otherDigest);
    await world.pass(10);
    assert.deepEqual([peer.all("vectors").length, peer.all("buckets").length], [0, 1]);
    peer.send(allBuckets);
    await world.pass(10);
    const shown = peer.all("documents").flatMap(({ buckets }) => buckets);
    const prints = shown.reduce((sum, [, { length }]) => sum + length, 0);
    assert.equal(prints, 16 * (FEW_LOGS + 1), "every document once");
    const first = shown[0]![1].subarray(0, 8);
    peer.send(about(first));
    await world.pass(10);
    assert.equal(streamed(peer), 1, "what it does not name is the same there");
    assert.equal(peer.isOpen, true);
  });
});

Deno.test("hostile 41: answers to what nobody asked cost the link", async () => {
  await bigNode(async (node, world) => {
    const author = await Author.open(80);
    const item = await author.post(doc, "unasked");
    const unasked = [
      documents([[3, random(16)]]),
      about(random(8)),
      { type: "envelopes", space, live: false, items: [item] },
      { type: "sealed", space, doc, size: 10, at: 0, bytes: random(10) },
    ] as const;
    for (const [i, message] of unasked.entries()) {
      const peer = new Intruder(world, node, 50 + i);
      await world.pass(10);
      peer.send(message);
      await world.pass(10);
      assert.equal(peer.isOpen, false, message.type);
    }
    assert.match(
      cutOff(node).join("; "),
      /nobody asked.*nothing was shown.*nobody asked.*nobody asked/,
    );
    assert.equal(node.replica.vectors.of(doc).size, 1, "nothing of it was taken");
  });
});

Deno.test("hostile 41: one question is answered once, a second answer is let go, a third costs the link", async () => {
  await bigNode(async (node, world) => {
    const peer = new Intruder(world, node, 50);
    peer.send(otherDigest);
    await world.pass(10);
    peer.send(documents([]));
    await world.pass(10);
    assert.equal(peer.isOpen, true);
    peer.send(documents([[3, random(16)]]));
    await world.pass(10);
    assert.equal(peer.isOpen, true);
    assert.deepEqual(peer.all("vectors"), [about(new Uint8Array(0))]);
    peer.send(documents([]));
    await world.pass(10);
    assert.equal(peer.isOpen, false);
  });
});

Deno.test("hostile 41: documents out of order, without end or too many cost the link", async () => {
  await bigNode(async (node, world) => {
    const many = new Uint8Array(16 * 4000);
    const endless = Array.from(
      { length: MAX_SHOWN / 4000 + 1 },
      () => documents([[7, many]], false),
    );
    const empty = Array.from({ length: 4097 }, () => documents([], false));
    const backwards = [documents([[7, many]], false), documents([[6, random(16)]])];
    for (const [i, messages] of [endless, empty, backwards].entries()) {
      const peer = new Intruder(world, node, 50 + i);
      peer.send(otherDigest);
      await world.pass(10);
      peer.send(...messages.slice(0, -1));
      await world.pass(10);
      assert.equal(peer.isOpen, true, `${i}`);
      peer.send(messages.at(-1)!);
      await world.pass(10);
      assert.equal(peer.isOpen, false, `${i}`);
    }
  });
});

Deno.test("hostile 41: one who asks by buckets all the time is answered once a second", async () => {
  await bigNode(async (node, world) => {
    const peer = new Intruder(world, node, 50);
    for (let i = 0; i < 95; i++) {
      peer.send({ ...allBuckets, prints: random(2048) });
      await world.pass(53);
    }
    const answers = peer.all("documents").length;
    assert.ok(answers >= 4 && answers <= 6, `${answers} answers in five seconds`);
    assert.equal(peer.isOpen, true);
  });
});

Deno.test("hostile 41: one who does not read is shown one message of documents", async () => {
  await bigNode(async (node, world) => {
    const deaf = new Intruder(world, node, 50, 1e9);
    await world.pass(10);
    const before = deaf.unreadBytes;
    for (let i = 0; i < 20; i++) {
      deaf.send(allBuckets, everything);
      await world.pass(BEAT_MS);
    }
    // Twenty digests, one part of what was shown, one of what was streamed.
    assert.ok(deaf.unreadBytes - before < 16_000, `${deaf.unreadBytes - before} bytes`);
    deaf.close();
  });
});

Deno.test("hostile 41: who claims to have what it never gives is asked ever less often", async () => {
  await bigNode(async (node, world) => {
    const liar = new Intruder(world, node, 50);
    let asked = 0;
    for (let beat = 0; beat < 4 * MAX_REPAIR_BEATS; beat++) {
      liar.send(otherDigest);
      await world.pass(10);
      const count = liar.all("buckets").length;
      if (count > asked) liar.send(documents([[1, random(16 * 100)], [9, random(16 * 100)]]));
      asked = count;
      await world.pass(BEAT_MS - 10);
    }
    assert.equal(liar.isOpen, true);
    assert.ok(asked <= 12, `asked ${asked} times in ${4 * MAX_REPAIR_BEATS} beats`);
    // Meanwhile the truth comes from others.
    const honest = new Intruder(world, node, 51);
    const item = await (await Author.open(80)).post(segmentDoc(general, 900), "the truth");
    honest.send(otherDigest);
    await world.pass(10);
    assert.equal(honest.all("buckets").length, 1);
    honest.send(documents([[0, random(16)]]));
    await world.pass(10);
    honest.send({ type: "envelopes", space, live: false, items: [item] });
    await world.pass(10);
    assert.ok(allMessages(node.store, general).some(({ text }) => text === "the truth"));
  });
});

Deno.test("hostile 41: prints and logs that are nowhere ask for nothing and are not kept", async () => {
  await bigNode(async (node, world) => {
    const peer = new Intruder(world, node, 50);
    peer.send(allBuckets);
    await world.pass(10);
    const stranger = parseActorId("0".repeat(32));
    const docs = Array.from({ length: 500 }, (_, i) =>
      [
        segmentDoc(channelIdOf(LOBBY, "nowhere"), i),
        [[stranger, 2 ** 40, "0".repeat(32)]],
      ] as const).sort(([a], [b]) => a < b ? -1 : 1);
    peer.send({ ...everything, docs, lacked: random(8 * 500) });
    await world.pass(10);
    assert.deepEqual([streamed(peer), peer.isOpen], [0, true]);
    // A list cannot be about everything in one part and about what was shown in the next.
    peer.send(allBuckets);
    await world.pass(2 * BEAT_MS);
    peer.send(allBuckets);
    await world.pass(10);
    peer.send({ ...about(new Uint8Array(0)), last: false }, everything);
    await world.pass(10);
    assert.equal(peer.isOpen, false);
  });
});

Deno.test("hostile 41: the same envelopes again and again cost the link, duplicates of two peers do not", async () => {
  const author = await Author.open(80);
  const items: Envelope[] = [];
  for (let i = 0; i < 400; i++) items.push(await author.post(doc, `${i}`));
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    await node.post(general, "one");
    const stream = (peer: Intruder) => {
      for (let at = 0; at < items.length; at += 100) {
        const some = items.slice(at, at + 100);
        peer.send({ type: "envelopes", space, live: false, items: some });
      }
    };
    const [one, other] = [new Intruder(world, node, 50), new Intruder(world, node, 51)];
    for (const peer of [one, other]) peer.send(otherDigest);
    await world.pass(10);
    for (const peer of [one, other]) stream(peer);
    await world.pass(100);
    assert.deepEqual([one.isOpen, other.isOpen], [true, true]);
    let times = 0;
    while (other.isOpen && times < 10) {
      stream(other);
      times++;
      await world.pass(100);
    }
    assert.ok(times > 1 && times < 6, `cut off after ${times} times`);
    assert.deepEqual([one.isOpen, cutOff(node)], [true, ["the same changes again and again"]]);
  });
});

Deno.test("hostile 41: what was asked for and is of no use has a rate", async () => {
  const author = await Author.open(80);
  const first = await author.post(doc, "withheld");
  const resting: Envelope[] = [];
  const burst = MAX_VAIN_PER_S * PUSH_BURST_S;
  for (let i = 0; i < 100; i++) resting.push(await author.post(doc, `${i}`));
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    await node.post(general, "one");
    const peer = new Intruder(world, node, 50);
    peer.send(otherDigest);
    await world.pass(10);
    const { admit } = node.replica;
    let taken = 0;
    node.replica.admit = (items, from, live) => {
      taken += items.length;
      return admit.call(node.replica, items, from, live);
    };
    // What waits already is not verified again, but it is of no use all the same.
    for (let i = 0; i < 2 * burst / 100; i++) {
      peer.send({ type: "envelopes", space, live: false, items: resting });
      await world.pass(2);
    }
    assert.ok(taken <= burst + 400, `${taken} taken at once`);
    await world.until(() => taken === 2 * burst, 1000);
    peer.send({ type: "envelopes", space, live: false, items: resting });
    const ms = await world.until(() => taken > 2 * burst, 10_000);
    assert.ok(ms !== undefined && ms > 4000, `read on after ${ms} ms`);
    assert.equal(peer.isOpen, true);
    // What they rest on comes from somebody else, and all is there.
    const honest = new Intruder(world, node, 51);
    honest.send({ type: "envelopes", space, live: true, items: [first] });
    await world.pass(100);
    assert.equal(allMessages(node.store, general).length, 102);
    peer.close();
  });
});
