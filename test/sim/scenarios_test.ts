/** What must be true between nodes, one story each, on a network in memory. */
import assert from "node:assert/strict";
import { parseNoteId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import { SECURE_MS } from "../../core/sync/securing.ts";
import type { Dispute } from "../../core/sync/settlement.ts";
import { BEAT_MS, FAR_BEAT_MS } from "../../core/sync/timing.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { envelopeText } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { Author } from "../sync/author.ts";
import { Intruder } from "./intruder.ts";
import { allMessages, type Logged, type SimNode } from "./sim_node.ts";
import { SimWorld } from "./sim_world.ts";
import { checkEven } from "./story.ts";
import { changeBy } from "./villains.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);
const note = parseNoteId("0e".repeat(16));

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text).sort();

Deno.test("linked nodes: a post reaches everyone at once, each hears it once, the author knows who holds it", async () => {
  await SimWorld.run(1, async (world) => {
    const nodes = await world.addMany(10);
    world.joinAll();
    await world.until(() => world.isEven, 5000);
    const [author] = nodes;
    assert.ok(author);
    // Ways are found out by what is said first, by presence too.
    await world.pass(2 * FAR_BEAT_MS + BEAT_MS / 2);
    // Whoever hears an author for the first time passes it on to all, and is told not to.
    for (const text of ["good morning", "and good day"]) {
      await author.post(general, text);
      await world.pass(BEAT_MS);
    }
    const before = world.traffic.messages;
    const told = new Map(nodes.map((node) => [node, 0]));
    for (const node of nodes) {
      node.replica.onCommit(() => told.set(node, (told.get(node) ?? 0) + 1));
    }
    await author.post(general, "hello");
    const ms = await world.until(() => world.isEven, 200);
    assert.ok(ms !== undefined && ms < 100, `even after ${ms} ms`);
    await world.pass(100);
    assert.equal(world.traffic.messages - before, 9, "nine pushes, and no word else");
    assert.deepEqual([...told.values()], nodes.map(() => 1));
    const beats = 10 * 9;
    await world.pass(BEAT_MS);
    assert.equal(world.traffic.messages - before, 9 + beats, "what they say each second anyway");
    const actor = actorOf(author.peer, LOBBY, doc);
    assert.equal(author.store.holdings.holders(LOBBY, doc, actor, 3), 9);
  });
});

Deno.test("author gone: who was away gets everything from any who has it", async () => {
  await SimWorld.run(2, async (world) => {
    const [author, keeper, away] = await world.addMany(3) as [SimNode, SimNode, SimNode];
    world.joinAll();
    await world.pass(100);
    await world.crash(away);
    for (let i = 0; i < 300; i++) await author.post(general, `post ${i}`);
    const { heads } = await author.noteText(note);
    await author.edit(note, heads, [{ at: 0, remove: 0, insert: "written by who left" }], "r");
    await world.until(() => author.digest === keeper.digest, 5000);
    await world.pass(BEAT_MS);
    await world.crash(author);
    await world.restart(away);
    await world.until(() => away.digest === keeper.digest, 5000);
    assert.equal(texts(away).length, 300);
    assert.deepEqual(await away.picture(), await keeper.picture());
    assert.equal((await away.noteText(note)).text, "written by who left");
    await world.pass(2 * BEAT_MS);
    const actor = actorOf(author.peer, LOBBY, doc);
    assert.equal(keeper.store.holdings.holders(LOBBY, doc, actor, 300), 2, "relays are counted");
  });
});

Deno.test("chain of four: what one writes reaches the other end by repair, within ten beats", async () => {
  await SimWorld.run(3, async (world) => {
    const [a, b, c, d] = await world.addMany(4) as [SimNode, SimNode, SimNode, SimNode];
    world.join(a, b);
    world.join(b, c);
    world.join(c, d);
    await world.until(() => world.isEven, 5000);
    for (const writer of [a, d, b]) {
      await writer.post(general, `from ${writer.number}`);
      const ms = await world.until(() => world.isEven, 10 * BEAT_MS);
      assert.notEqual(ms, undefined, `from ${writer.number}`);
    }
    await checkEven(world);
  });
});

Deno.test("at rest: a beat a second, and a signed presence every five, is all that goes over a link", async () => {
  await SimWorld.run(4, async (world) => {
    const [a, b] = await world.addMany(2) as [SimNode, SimNode];
    world.join(a, b);
    for (let i = 0; i < 50; i++) await a.post(general, `${i}`);
    await world.until(() => world.isEven, 5000);
    await world.pass(3 * BEAT_MS);
    const before = world.traffic;
    await world.pass(60 * BEAT_MS);
    const { messages, bytes, presences, presenceBytes } = world.traffic;
    assert.equal(messages - before.messages, 2 * 60);
    assert.equal(bytes - before.bytes, 2 * 60 * 53);
    assert.equal(presences - before.presences, 2 * 60 / 5);
    assert.equal(presenceBytes - before.presenceBytes, 2 * 60 / 5 * 170);
  });
});

Deno.test("two islands: each writes alone, and both have all when a cable joins them", async () => {
  await SimWorld.run(5, async (world) => {
    const nodes = await world.addMany(6);
    world.joinAll();
    await world.pass(100);
    const isWest = (node: SimNode) => node.number < 3;
    world.cut((a, b) => isWest(a) && !isWest(b));
    const { heads } = await nodes[0]!.noteText(note);
    for (const node of nodes) {
      for (let i = 0; i < 20; i++) await node.post(general, `${node.number}/${i}`);
      const insert = String(node.number).repeat(5);
      await node.edit(note, heads, [{ at: 0, remove: 0, insert }], `r${node.number}`);
      await world.pass(50);
    }
    await world.pass(5 * BEAT_MS);
    assert.equal(texts(nodes[0]!).length, 60);
    world.mend();
    await world.until(() => world.isEven, 10_000);
    await checkEven(world);
    assert.equal(texts(nodes[5]!).length, 120);
    const { text } = await nodes[0]!.noteText(note);
    for (const node of nodes) assert.ok(text.includes(String(node.number).repeat(5)), text);
  });
});

Deno.test("hostile 12: forgeries among honest nodes change nothing, cost the forger its link, and are logged", async () => {
  await SimWorld.run(6, async (world) => {
    const nodes = await world.addMany(3);
    world.joinAll();
    const [node] = nodes;
    assert.ok(node);
    const author = await Author.open(70);
    const good = await author.post(doc, "good");
    const forgeries = [
      { ...good, signature: new Uint8Array(64) },
      { ...good, change: good.change.with(40, good.change[40]! ^ 1) },
      { ...good, doc: segmentDoc(general, 7) },
      { ...good, author: nodes[1]!.peer },
    ];
    for (const [i, forged] of forgeries.entries()) {
      const intruder: Intruder = new Intruder(world, node, 60 + i);
      intruder.send({ type: "envelopes", space: LOBBY, live: true, items: [forged] });
      await world.pass(200);
      assert.equal(intruder.isOpen, false, `forgery ${i} costs the link`);
      const last: Logged | undefined = node.logged.at(-1);
      assert.deepEqual([last?.facts["reason"], last?.facts["peer"]], ["forged", intruder.peer]);
    }
    await nodes[2]!.post(general, "honest");
    await world.until(() => world.isEven, 5000);
    assert.deepEqual(nodes.map(texts), nodes.map(() => ["honest"]));
    assert.equal(node.sync.peers.length, 2, "honest links stand");
  });
});

Deno.test("hostile 14: of an author of two minds all see the proof, and all hold the same afterwards", async () => {
  await SimWorld.run(7, async (world) => {
    const [a, b, c] = await world.addMany(3) as [SimNode, SimNode, SimNode];
    const proofs = new Map<SimNode, Dispute[]>();
    for (const node of [a, b, c]) {
      const seen: Dispute[] = [];
      proofs.set(node, seen);
      node.replica.onDispute((dispute) => seen.push(dispute));
    }
    const author = await Author.open(70);
    const clone = await Author.open(70);
    const one = [await author.post(doc, "to a"), await author.post(doc, "to a more")];
    const two = [await clone.post(doc, "to c"), await clone.type(note, "to c ")];
    one.push(await author.type(note, "to a "));
    await a.replica.admit(one, author.keys.peer);
    await c.replica.admit(two, author.keys.peer);
    for (const [i, node] of [a, b, c].entries()) {
      await node.post(general, `by ${i}`);
      const { heads } = await node.noteText(note);
      await node.edit(note, heads, [{ at: 0, remove: 0, insert: `${i}` }], `r${i}`);
    }
    world.join(a, b);
    world.join(b, c);
    const ms = await world.until(() => world.isEven, 20 * BEAT_MS);
    assert.notEqual(ms, undefined, "they become the same");
    await world.pass(100);
    await checkEven(world);
    for (const node of [a, b, c]) {
      const seen = proofs.get(node) ?? [];
      const places = seen.map(({ author, doc, seq }) => `${author} ${doc} ${seq}`).sort();
      const wanted = [doc, noteDoc(note)].map((doc) => `${author.keys.peer} ${doc} 1`).sort();
      assert.deepEqual(places, wanted, `node ${node.number} sees each proof once`);
      const written = texts(node);
      assert.deepEqual(written.slice(0, 3), ["by 0", "by 1", "by 2"], "nobody's word is lost");
      assert.equal(written.length, 4, "one of the two counts, and nothing after it");
      assert.equal(node.sync.peers.length, node === b ? 2 : 1, "honest links stand");
    }
    // Of those who built on the text that does not count, the text before is kept.
    const { text } = await a.noteText(note);
    const losers = [a, b, c].filter((node) => !text.includes(String(node.number)));
    assert.ok(losers.length > 0);
    for (const node of losers) {
      const copies = node.store.noteCopies.of(LOBBY, note).map(({ text }) => text);
      assert.ok(copies.some((copy) => copy.includes(String(node.number))), `${node.number}`);
    }
    // Then there is peace: a beat a second, and nothing else.
    await world.pass(5 * BEAT_MS);
    const before = world.traffic.messages;
    await world.pass(60 * BEAT_MS);
    assert.equal(world.traffic.messages - before, 4 * 60);
  });
});

Deno.test("hostile 13: who writes under another's actor is refused, and that one writes on", async () => {
  await SimWorld.run(13, async (world) => {
    const nodes = await world.addMany(3) as [SimNode, SimNode, SimNode];
    const [victim, node] = nodes;
    world.joinAll();
    await world.pass(100);
    const squatter = deviceKeys(70);
    const change = await changeBy(actorOf(victim.peer, LOBBY, doc), doc);
    const { hash } = readChangeHeader(change);
    for (const author of [squatter.peer, victim.peer]) {
      const intruder = new Intruder(world, node, 60);
      const signature = squatter.sign(envelopeText(LOBBY, doc, hash));
      const items = [{ doc, author, signature, change }];
      intruder.send({ type: "envelopes", space: LOBBY, live: true, items });
      await world.pass(200);
      assert.equal(intruder.isOpen, false);
    }
    await victim.post(general, "as ever");
    await world.until(() => world.isEven, 5000);
    assert.deepEqual(nodes.map(texts), nodes.map(() => ["as ever"]));
  });
});

Deno.test("a restart: everything is there, and the digest is the same", async () => {
  await SimWorld.run(8, async (world) => {
    const [a, b] = await world.addMany(2) as [SimNode, SimNode];
    world.join(a, b);
    await a.post(general, "one");
    await b.createNote(1);
    await world.until(() => world.isEven, 5000);
    await world.pass(SECURE_MS);
    const picture = await a.picture();
    for (const node of [a, b]) {
      await world.crash(node);
      await world.restart(node);
    }
    assert.deepEqual(await a.picture(), picture);
    await a.post(general, "two");
    await world.until(() => world.isEven, 10_000);
    assert.deepEqual(texts(b), ["one", "two"]);
  });
});

Deno.test("HELD-4: a power cut before what a peer sent was on disk: nobody had heard that it is held, and it comes again", async () => {
  await SimWorld.run(8, async (world) => {
    const [a, b] = await world.addMany(2) as [SimNode, SimNode];
    world.join(a, b);
    await world.until(() => world.isEven, 5000);
    const holders = () =>
      a.store.holdings.holders(
        LOBBY,
        doc,
        actorOf(a.peer, LOBBY, doc),
        a.replica.vectors.changes(),
      );
    let [lost, kept] = [0, 0];
    for (let i = 1; i <= 20; i++) {
      await a.post(general, `post ${i}`);
      await world.until(() => texts(b).length === i, 5000);
      if (i % 2 === 0) await world.pass(SECURE_MS);
      const held = holders();
      await world.crash(b);
      await world.restart(b);
      const isLost = texts(b).length < i;
      assert.ok(
        !isLost || held === 0 && i % 2 === 1,
        `post ${i}: said to be held by ${held}, and lost`,
      );
      if (isLost) lost++;
      else kept++;
      await world.until(() => world.isEven && holders() === 1, 20_000);
      assert.equal(texts(b).length, i);
    }
    assert.ok(lost > 0 && kept >= 10, `${lost} lost, ${kept} kept`);
  });
});

Deno.test("a long absence: the newest segments come first, in reads that end, and all comes", async () => {
  await SimWorld.run(9, async (world) => {
    const [a, b] = await world.addMany(2) as [SimNode, SimNode];
    for (let i = 0; i < 2000; i++) await a.post(general, `post ${i}`, Math.floor(i / 500));
    await a.createChannel("other");
    const order: string[] = [];
    b.replica.onCommit(({ doc }) => {
      if (order.at(-1) !== doc) order.push(doc);
    });
    world.join(a, b);
    await world.until(() => world.isEven, 60_000);
    assert.deepEqual(order, [
      "space",
      ...[3, 2, 1, 0].map((segment) => segmentDoc(general, segment)),
    ]);
    assert.equal(texts(b).length, 2000);
  });
});
