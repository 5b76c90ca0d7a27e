/** What one node says to a peer that may be anything: an `Intruder` over a link in memory. */
import assert from "node:assert/strict";
import { type DocId, parseActorId, parseSpaceId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { Meetings } from "../../core/sync/meetings.ts";
import { SpaceSync } from "../../core/sync/space_sync.ts";
import { MAX_UNREAD_PUSH_BYTES } from "../../core/sync/peer_sync.ts";
import { BEAT_MS, MAX_REPAIR_BEATS } from "../../core/sync/timing.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { DigestMessage, DocVector, LogTop, Message } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { seededBytes } from "../fakes/random.ts";
import { Intruder, type Target } from "../sim/intruder.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { Author } from "./author.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const space = LOBBY;
const NO_HEAD = "0".repeat(32);
const otherDigest: DigestMessage = { type: "digest", space, digest: new Uint8Array(32) };

function node(act: (node: SimNode, world: SimWorld) => Promise<void>): Promise<void> {
  return SimWorld.run(1, async (world) => await act(await world.add(), world));
}

/** The same node with another `SpaceSync` in the lobby. */
function target(node: SimNode, sync: SpaceSync): Target {
  const doors = () => [LOBBY_DOOR];
  const lobby = { space, doors, admits: () => true, meets: () => true, log: null, sync };
  const meetings = new Meetings({
    self: node.peer,
    spaces: () => [lobby],
    extraDoors: () => [],
    onDoor: () => {},
    onMessage: () => {},
    random: seededBytes(1),
    clock: new FakeClock(),
    log: () => {},
  });
  return { keys: node.keys, meetings };
}

const vectors = (docs: readonly DocVector[], last = true): Message => ({
  type: "vectors",
  space,
  docs,
  lacked: null,
  last,
});

/** How the node holds the first `seq` changes of a log of its own. */
function topAt(node: SimNode, doc: DocId, seq: number): LogTop {
  const actor = actorOf(node.peer, LOBBY, doc);
  const head = node.store.envelopes.headAt(LOBBY, doc, actor, seq);
  return [actor, seq, head ?? NO_HEAD];
}

/** How many envelopes a peer was streamed. */
const streamed = (peer: Intruder) =>
  peer.all("envelopes").filter(({ live }) => !live)
    .reduce((sum, { items }) => sum + items.length, 0);

Deno.test("sync: the first word in a space is the digest, then presence; nothing is sent unasked", async () => {
  await node(async (node, world) => {
    await node.post(general, "one");
    const peer = new Intruder(world, node, 50);
    await world.pass(10);
    assert.deepEqual(peer.heard.map(({ type }) => type), ["meet", "digest", "presence"]);
    assert.equal(peer.all("digest")[0]?.digest.toHex(), node.digest);
    await world.pass(5 * BEAT_MS);
    const types = new Set(peer.heard.slice(1).map(({ type }) => type));
    assert.deepEqual(types, new Set(["digest", "presence", "here"]));
    assert.equal(peer.all("digest").length, 6);
  });
});

Deno.test("sync: a digest that differs is answered with vectors, an equal one with nothing", async () => {
  await node(async (node, world) => {
    await node.post(general, "one");
    const peer = new Intruder(world, node, 50);
    peer.send(otherDigest);
    await world.pass(10);
    assert.deepEqual(peer.all("vectors"), [vectors([[doc, [topAt(node, doc, 1)]]])]);
    const even = new Intruder(world, node, 51);
    even.send({ type: "digest", space, digest: node.replica.vectors.digest() });
    even.send(otherDigest);
    await world.pass(10);
    assert.deepEqual(even.all("vectors"), [], "what was equal may differ for a moment");
    even.send(otherDigest);
    await world.pass(10);
    assert.equal(even.all("vectors").length, 1);
  });
});

Deno.test("sync: a digest that stays different asks again after two beats, in vain ever less often", async () => {
  await node(async (_node, world) => {
    const peer = new Intruder(world, world.nodes[0]!, 50);
    const asked: number[] = [];
    for (let beat = 0; beat < 4 * MAX_REPAIR_BEATS; beat++) {
      const before = peer.all("vectors").length;
      peer.send(otherDigest);
      await world.pass(BEAT_MS);
      if (peer.all("vectors").length > before) asked.push(beat);
    }
    const gaps = asked.slice(1).map((beat, i) => beat - asked[i]!);
    assert.deepEqual(gaps.slice(0, 5), [2, 4, 8, 16, 32]);
    assert.equal(Math.max(...gaps), MAX_REPAIR_BEATS);
    // A digest that is new may mean something new: no patience with that.
    const before = peer.all("vectors").length;
    peer.send({ ...otherDigest, digest: new Uint8Array(32).fill(1) });
    await world.pass(10);
    assert.equal(peer.all("vectors").length, before + 1);
  });
});

Deno.test("sync: a list of vectors is answered with what it lacks and no more", async () => {
  await node(async (node, world) => {
    for (let i = 0; i < 10; i++) await node.post(general, `${i}`);
    await node.createChannel("other");
    const peer = new Intruder(world, node, 50);
    peer.send(vectors([[doc, [topAt(node, doc, 7)]]]));
    await world.pass(10);
    const items = peer.all("envelopes").flatMap(({ items }) => items);
    assert.deepEqual(items.map(({ doc }) => doc), ["space", doc, doc, doc]);
    await world.pass(BEAT_MS);
    // More than there is, and of what there is not, asks for nothing.
    const ahead = topAt(node, doc, 99);
    peer.send(vectors([[doc, [ahead]], [segmentDoc(general, 5), [ahead]]], false));
    peer.send(vectors([[SPACE_DOC, [topAt(node, SPACE_DOC, 1)]]]));
    await world.pass(10);
    assert.equal(streamed(peer), 4);
  });
});

Deno.test("sync: a list in parts may cut one document, and asks only when it is whole", async () => {
  await node(async (node, world) => {
    for (let i = 0; i < 3; i++) await node.post(general, `${i}`);
    const peer = new Intruder(world, node, 50);
    const stranger = parseActorId("0".repeat(32));
    peer.send(vectors([[doc, [[stranger, 4, NO_HEAD]]]], false));
    await world.pass(10);
    assert.equal(streamed(peer), 0);
    peer.send(vectors([[doc, [topAt(node, doc, 1)]]]));
    await world.pass(10);
    assert.equal(streamed(peer), 2);
  });
});

Deno.test("sync: one who asks all the time is answered once a second", async () => {
  await node(async (node, world) => {
    for (let i = 0; i < 10; i++) await node.post(general, `${i}`);
    const peer = new Intruder(world, node, 50);
    for (let i = 0; i < 95; i++) {
      // In parts, so that one list may begin where it is too early and end where it is not.
      peer.send(vectors([], false), vectors([]));
      await world.pass(53);
    }
    assert.equal(peer.isOpen, true);
    const answers = streamed(peer) / 10;
    assert.ok(answers <= 5 && answers >= 4, `${answers} answers in five seconds`);
  });
});

Deno.test("sync: lists out of order, and lists without end, cost the link", async () => {
  await node(async (node, world) => {
    await node.post(general, "one");
    const later = segmentDoc(general, 3);
    const peer = new Intruder(world, node, 50);
    peer.send(vectors([[later, []]], false), vectors([[doc, []]]));
    await world.pass(10);
    assert.equal(peer.isOpen, false);
    const endless: Intruder = new Intruder(world, node, 51);
    for (let i = 0; i < 4096; i++) endless.send(vectors([], false));
    await world.pass(10);
    assert.equal(endless.isOpen, true);
    endless.send(vectors([], false));
    await world.pass(10);
    assert.equal(endless.isOpen, false);
    assert.equal(node.logged.filter(({ text }) => /malformed/.test(text)).length, 2);
  });
});

Deno.test("sync: malformed messages cost their own link, unknown ones and other spaces nothing", async () => {
  await node(async (node, world) => {
    const honest = new Intruder(world, node, 50);
    const spoiled = new Intruder(world, node, 51);
    honest.sendBytes(Uint8Array.of(99, 1, 2, 3));
    const elsewhere = parseSpaceId("0".repeat(32));
    honest.send({ type: "digest", space: elsewhere, digest: new Uint8Array(32) });
    spoiled.sendBytes(Uint8Array.of(1, 2, 3));
    await world.pass(10);
    assert.deepEqual([honest.isOpen, spoiled.isOpen], [true, false]);
    assert.deepEqual(honest.all("vectors"), []);
    assert.deepEqual(node.sync.peers, [honest.peer]);
    await world.pass(BEAT_MS);
    assert.equal(honest.all("digest").length, 2);
  });
});

Deno.test("sync: one who does not read costs a frame of history and a bounded queue of pushes", async () => {
  await node(async (node, world) => {
    for (let i = 0; i < 200; i++) await node.post(general, "x".repeat(2000));
    const deaf = new Intruder(world, node, 50, 1e9);
    const hears = new Intruder(world, node, 51);
    await world.pass(10);
    for (let i = 0; i < 150; i++) {
      await node.post(general, String(i).padEnd(16_000, "y"));
      await world.pass(5);
    }
    assert.equal(hears.all("envelopes").length, 150);
    assert.ok(deaf.unreadBytes < MAX_UNREAD_PUSH_BYTES + 40_000, `${deaf.unreadBytes} bytes`);
    hears.send(vectors([]));
    await world.pass(100);
    assert.equal(streamed(hears), 350);
    deaf.close();
  });
});

Deno.test("sync: a stream ends with its link, and closing waits for nothing", async () => {
  await node(async (node, world) => {
    for (let i = 0; i < 300; i++) await node.post(general, "x".repeat(2000));
    const peer = new Intruder(world, node, 50, 100);
    peer.send(vectors([]));
    await world.pass(500);
    const before = streamed(peer);
    assert.ok(before > 0 && before < 300, `${before} streamed`);
    peer.close();
    await world.pass(10_000);
    assert.equal(streamed(peer), before);
    assert.deepEqual(node.sync.peers, []);
  });
});

Deno.test("sync: what a peer says it holds is counted, never beyond what there is", async () => {
  await node(async (node, world) => {
    const news: [number, number][] = [];
    const sync = new SpaceSync({
      replica: node.replica,
      store: node.store,
      signer: node.keys,
      clock: world.clock,
      wall: world.clock,
      log: () => {},
      onHeld: (_, ranges) => {
        for (const { from, to } of ranges) news.push([from, to]);
      },
    });
    for (let i = 0; i < 5; i++) await node.post(general, `${i}`);
    const actor = actorOf(node.peer, LOBBY, doc);
    const held = (seq: number) => node.store.holdings.holders(LOBBY, doc, actor, seq);
    const stranger = parseActorId("0".repeat(32));
    const peer = new Intruder(world, target(node, sync), 50);
    peer.send({ type: "held", space, items: [[doc, actor, 2], [doc, stranger, 1]] });
    await world.pass(10);
    assert.deepEqual([held(2), held(3)], [1, 0]);
    peer.send({ type: "held", space, items: [[doc, actor, 2 ** 50]] });
    await world.pass(10);
    assert.deepEqual([held(5), held(6)], [1, 0]);
    // A list takes back what the peer does not hold (any more).
    peer.send(vectors([[doc, [topAt(node, doc, 3)]]]));
    await world.pass(10);
    assert.deepEqual([held(3), held(4)], [1, 0]);
    peer.send({ type: "digest", space, digest: node.replica.vectors.digest() });
    await world.pass(10);
    assert.deepEqual([held(5)], [1]);
    assert.deepEqual(news, [[1, 2], [3, 5]]);
    peer.close();
    await world.pass(1);
    await sync.close();
  });
});

Deno.test("HELD-1: the second beat says what is held if no digest did, of a duplicate as well", async () => {
  await node(async (node, world) => {
    const author = await Author.open(80);
    const items = [await author.post(doc, "one"), await author.post(doc, "two")];
    const peer = new Intruder(world, node, 50);
    peer.send(otherDigest);
    for (let i = 0; i < 2; i++) {
      peer.send({ type: "envelopes", space, live: i === 0, items });
      await world.pass(3 * BEAT_MS);
    }
    const actor = actorOf(author.keys.peer, LOBBY, doc);
    const mark = { type: "held", space, items: [[doc, actor, 2]] } as const;
    assert.deepEqual(peer.all("held"), [mark, mark]);
    peer.send({ type: "envelopes", space, live: true, items });
    peer.send({ type: "digest", space, digest: node.replica.vectors.digest() });
    await world.pass(3 * BEAT_MS);
    assert.equal(peer.all("held").length, 2, "equal digests say it");
  });
});

Deno.test("sync: a full disk here is no fault of the link, and is told", async () => {
  await node(async (node, world) => {
    const faults: string[] = [];
    const sync = new SpaceSync({
      replica: node.replica,
      store: node.store,
      signer: node.keys,
      clock: world.clock,
      wall: world.clock,
      log: () => {},
      onFault: ({ kind }) => faults.push(kind),
    });
    const { store } = node;
    const commit = store.commit.bind(store);
    store.commit = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    const items = [await (await Author.open(80)).post(doc, "one")];
    const peer = new Intruder(world, target(node, sync), 50);
    peer.send(otherDigest, { type: "envelopes", space, live: true, items });
    await world.pass(10);
    assert.deepEqual([faults, peer.all("held"), peer.isOpen], [["full"], [], true]);
    store.commit = commit;
    peer.send({ type: "envelopes", space, live: false, items });
    await world.pass(3 * BEAT_MS);
    assert.equal(peer.all("held").length, 1);
    peer.close();
    await world.pass(1);
    await sync.close();
  });
});

Deno.test("sync: when what hindered is over, what is missing is asked for at once", async () => {
  await node(async (node, world) => {
    const peer = new Intruder(world, node, 50);
    const lists = async (beats: number) => {
      const before = peer.all("vectors").length;
      for (let i = 0; i < beats; i++) {
        peer.send(otherDigest);
        await world.pass(BEAT_MS);
      }
      return peer.all("vectors").length - before;
    };
    await lists(4 * MAX_REPAIR_BEATS);
    assert.equal(await lists(4), 0, "asking brought nothing so often");
    node.sync.recover();
    assert.equal(await lists(4), 1);
  });
});

Deno.test("sync: what a peer holds is not worth a link when the disk is full", async () => {
  await node(async (node, world) => {
    await node.post(general, "one");
    const { store } = node;
    const together = store.together.bind(store);
    const holdsAll = store.holdings.holdsAll.bind(store.holdings);
    store.together = store.holdings.holdsAll = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    const actor = actorOf(node.peer, LOBBY, doc);
    const peer = new Intruder(world, node, 50);
    peer.send({ type: "held", space, items: [[doc, actor, 1]] }, vectors([]));
    peer.send({ type: "digest", space, digest: node.replica.vectors.digest() });
    await world.pass(10);
    assert.equal(peer.isOpen, true);
    Object.assign(store, { together });
    Object.assign(store.holdings, { holdsAll });
    peer.send({ type: "digest", space, digest: node.replica.vectors.digest() });
    await world.pass(10);
    assert.equal(store.holdings.holders(LOBBY, doc, actor, 1), 1);
  });
});

Deno.test("sync: a second link to a peer takes the place of the first, whose end changes nothing", async () => {
  await node(async (node, world) => {
    const first = new Intruder(world, node, 50);
    const second = new Intruder(world, node, 50);
    await world.pass(10);
    first.close();
    await world.pass(10);
    assert.deepEqual(node.sync.peers, [second.peer]);
    await node.post(general, "one");
    await world.pass(10);
    assert.equal(second.all("envelopes").length, 1);
    second.close();
    await world.pass(10);
    const waiting = world.clock.waiting;
    assert.equal(waiting, 0, "no beat without a link");
  });
});
