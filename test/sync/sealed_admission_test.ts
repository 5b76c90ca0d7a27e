/** Documents that rest as Automerge saves them, and travel so, among whole nodes on a network in memory. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { restDocument } from "../../core/sync/compaction.ts";
import { directDocuments } from "../fakes/documents.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const general = channelIdOf(LOBBY, "general");
const doc = segmentDoc(general, 0);

const texts = (node: SimNode) => allMessages(node.store, general).map(({ text }) => text);

/** How many single envelopes of a document a node has, and how many of them have no signature. */
function envelopes(node: SimNode): { single: number; covered: number } {
  const stored = node.store.envelopes.stored(LOBBY, doc);
  return {
    single: stored.length,
    covered: stored.filter(({ signature }) => signature.length === 0).length,
  };
}

async function equal(world: SimWorld): Promise<void> {
  const [first] = world.nodes;
  const all = () => world.nodes.every(({ digest }) => digest === first?.digest);
  assert.ok(await world.until(all, 60_000) !== undefined, "all hold the same");
  const pictures = await Promise.all(world.nodes.map((node) => node.picture()));
  for (const picture of pictures) assert.deepEqual(picture, pictures[0]);
}

/** Two nodes that each wrote into a segment and hold the same. */
async function twoWriters(world: SimWorld, count: number): Promise<[SimNode, SimNode]> {
  const [a, b] = [await world.add(), await world.add()];
  world.join(a, b);
  for (let i = 0; i < count; i++) {
    await a.post(general, `a${i}`);
    await b.post(general, `b${i}`);
    await world.pass(20);
  }
  await equal(world);
  return [a, b];
}

Deno.test("SEAL: a document rests as a base, is the same, and is written on", () =>
  SimWorld.run(1, async (world) => {
    const [a, b] = await twoWriters(world, 20);
    const before = texts(a);
    assert.equal(await a.rest((it) => it === doc), 1);
    assert.deepEqual(envelopes(a), { single: 0, covered: 0 });
    assert.deepEqual(texts(a), before);
    await a.post(general, "on top");
    await b.post(general, "of the other");
    await equal(world);
    assert.equal(texts(b).length, 42);
    assert.ok(a.replica.securing.now());
    await world.crash(a);
    await world.restart(a);
    assert.equal(texts(a).length, 42);
    await a.replica.rebuild();
    assert.equal(texts(a).length, 42);
    // Again, with what came since.
    assert.equal(await a.rest((it) => it === doc), 1);
    assert.deepEqual(envelopes(a), { single: 0, covered: 0 });
    await a.post(general, "once more");
    world.joinAll();
    await equal(world);
  }));

Deno.test("SEAL: what is written while a document is compacted waits for nothing, and it rests later", () =>
  SimWorld.run(9, async (world) => {
    const [a] = await twoWriters(world, 5);
    const documents = await directDocuments(() => assert.fail("it opens none"));
    const compact = documents.compact.bind(documents);
    documents.compact = async (key, from) => {
      const compacted = await compact(key, from);
      await a.post(general, "meanwhile");
      return compacted;
    };
    const { replica, store } = a;
    await assert.rejects(restDocument({ replica, store, documents }, doc), RangeError);
    await documents.close();
    assert.deepEqual(envelopes(a), { single: 11, covered: 0 });
    await equal(world);
    assert.equal(await a.rest((it) => it === doc), 1);
    assert.deepEqual(envelopes(a), { single: 0, covered: 0 });
    assert.equal(texts(a).length, 11);
  }));

Deno.test("SEAL: who has nothing of a document gets it as it rests, and can pass it on so", () =>
  SimWorld.run(2, async (world) => {
    const [a] = await twoWriters(world, 20);
    await a.rest((it) => it === doc);
    await a.post(general, "on top");
    world.cut(() => true);
    const c = await world.add();
    world.join(a, c);
    await world.until(() => texts(c).length === 41, 60_000);
    assert.deepEqual(envelopes(c), { single: 1, covered: 0 }, "it rests there, too");
    const d = await world.add();
    world.join(c, d);
    await world.until(() => texts(d).length === 41, 60_000);
    world.joinAll();
    await equal(world);
    assert.deepEqual(envelopes(d), { single: 1, covered: 0 });
  }));

Deno.test("SEAL: who has a part of it takes what is new, and rests it later", () =>
  SimWorld.run(3, async (world) => {
    const [a, b] = await twoWriters(world, 5);
    world.cut(() => true);
    for (let i = 0; i < 10; i++) {
      await a.post(general, `more of a ${i}`);
      await b.post(general, `more of b ${i}`);
    }
    // Both rest apart, so neither has single envelopes to give.
    assert.equal(await a.rest((it) => it === doc), 1);
    assert.equal(await b.rest((it) => it === doc), 1);
    world.mend();
    await equal(world);
    assert.equal(texts(a).length, 30);
    const covered = "what came of the other has no signature of its own but for the last";
    assert.deepEqual(envelopes(a), { single: 10, covered: 9 }, covered);
    assert.deepEqual(envelopes(b), { single: 10, covered: 9 }, covered);
    // A third hears from one of them only, of whose envelopes some have no signature.
    world.cut(() => true);
    const c = await world.add();
    world.join(a, c);
    await world.until(() => texts(c).length === 30, 60_000);
    for (const node of world.nodes) assert.equal(await node.rest((it) => it === doc), 1);
    for (const node of world.nodes) assert.deepEqual(envelopes(node), { single: 0, covered: 0 });
    assert.deepEqual(a.store.bases.kept(LOBBY, doc), []);
    world.joinAll();
    await c.post(general, "the last");
    await equal(world);
  }));

Deno.test("SEAL: who has a part of it, and nothing otherwise, rests on it too, its own on top", () =>
  SimWorld.run(11, async (world) => {
    const [a, b] = await twoWriters(world, 5);
    const [first] = allMessages(a.store, general);
    assert.ok(first);
    const holders = () => b.store.holdings.namesOfHolders(LOBBY, doc, first.actor, first.seq);
    assert.ok(await world.until(() => holders().join() === a.peer, 5_000) !== undefined);
    assert.equal(await b.rest((it) => it === doc), 1);
    world.cut(() => true);
    for (let i = 0; i < 10; i++) await a.post(general, `more of a ${i}`);
    assert.equal(await a.rest((it) => it === doc), 1);
    for (let i = 0; i < 3; i++) await b.post(general, `more of b ${i}`);
    const told: { heads: readonly string[]; texts: string[] }[] = [];
    b.replica.onCommit(({ sealed, heads, rows }) => {
      if (!sealed) return;
      const texts = rows.flatMap((row) => row.type === "message" ? [row.text] : []);
      told.push({ heads, texts: texts.sort() });
    });
    world.mend();
    await equal(world);
    assert.deepEqual(envelopes(b), { single: 3, covered: 0 });
    const heads = [...await b.documents.heads(docKey(LOBBY, doc))];
    const news = Array.from({ length: 10 }, (_, i) => `more of a ${i}`);
    assert.deepEqual(told, [{ heads, texts: news }]);
    assert.deepEqual(holders(), [a.peer]);
    // It is as good as any other that rests.
    assert.ok(b.replica.securing.now());
    await world.crash(b);
    await world.restart(b);
    assert.equal(await b.rest((it) => it === doc), 1);
    assert.deepEqual(envelopes(b), { single: 0, covered: 0 });
    const c = await world.add();
    world.join(b, c);
    await world.until(() => texts(c).length === 23, 60_000);
    assert.deepEqual(envelopes(c), { single: 0, covered: 0 });
    world.joinAll();
    await c.post(general, "the last");
    await equal(world);
  }));

Deno.test("SEAL: a note that comes as it rests is told with its text", () =>
  SimWorld.run(10, async (world) => {
    const a = await world.add();
    const note = await a.createNote(1);
    let { heads } = await a.noteText(note);
    for (const insert of ["text", "a "]) {
      heads = await a.edit(note, heads, [{ at: 0, remove: 0, insert }], insert);
    }
    assert.equal(await a.rest((it) => it === noteDoc(note)), 1);
    const b = await world.add();
    const told: unknown[] = [];
    b.replica.onCommit(({ doc, noteText }) => {
      if (doc === noteDoc(note)) told.push(noteText);
    });
    world.join(a, b);
    await equal(world);
    await b.edit(note, heads, [{ at: 0, remove: 6, insert: "" }], "none");
    assert.deepEqual(told, [{ heads, text: "a text" }, null]);
  }));
