/** A new member's sync that is cut: it goes on where it stopped. */
import assert from "node:assert/strict";
import type { DocId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { allMessages, type SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const general = channelIdOf(LOBBY, "general");
const SEGMENTS = 12;
const MESSAGES = 5;
const ALL = SEGMENTS * MESSAGES;

/** A node that has segments at rest, and in the newest something on top. */
async function filled(world: SimWorld): Promise<SimNode> {
  const node = await world.add();
  for (let segment = 0; segment < SEGMENTS; segment++) {
    for (let i = 0; i < MESSAGES; i++) await node.post(general, `${segment} ${i}`, segment);
  }
  assert.equal(await node.rest(), SEGMENTS);
  await node.post(general, "on top", SEGMENTS - 1);
  return node;
}

/** Counts how often each sealed document comes to a node as a whole, and calls back each time. */
function watch(node: SimNode, counts: Map<DocId, number>, onCame: () => void = () => {}): void {
  const { replica } = node;
  const admit = replica.admitSealed;
  replica.admitSealed = function (sealed, from) {
    counts.set(sealed.doc, (counts.get(sealed.doc) ?? 0) + 1);
    onCame();
    return admit.call(this, sealed, from);
  };
}

const cameOf = (counts: ReadonlyMap<DocId, number>) =>
  Array.from({ length: SEGMENTS }, (_, i) => counts.get(segmentDoc(general, i)) ?? 0);

for (const cutAt of [1, 2, 5, 11]) {
  Deno.test(`SEAL: cut at document ${cutAt} and linked anew, none comes twice, the newest first`, () =>
    SimWorld.run(1, async (world) => {
      const node = await filled(world);
      const joiner = await world.add();
      const counts = new Map<DocId, number>();
      let isCut = false;
      watch(joiner, counts, () => {
        if (counts.size !== cutAt || isCut) return;
        isCut = true;
        world.cut(() => true);
      });
      world.join(node, joiner);
      await world.until(() => isCut, 60_000);
      await world.pass(1000);
      const before = cameOf(counts);
      assert.equal(before.filter((count) => count > 0).length, cutAt);
      assert.equal(before.lastIndexOf(0) < before.indexOf(1), true, "from the newest on");
      world.mend();
      world.join(node, joiner);
      assert.ok(await world.until(() => joiner.digest === node.digest, 60_000) !== undefined);
      assert.deepEqual(cameOf(counts), new Array(SEGMENTS).fill(1));
      assert.equal(allMessages(joiner.store, general).length, ALL + 1);
      assert.deepEqual(await joiner.picture(), await node.picture());
    }));
}

Deno.test("SEAL: who stops in the middle goes on after a start with what it lacks", () =>
  SimWorld.run(2, async (world) => {
    const node = await filled(world);
    const joiner = await world.add();
    const [before, after] = [new Map<DocId, number>(), new Map<DocId, number>()];
    watch(joiner, before);
    world.join(node, joiner);
    await world.until(() => allMessages(joiner.store, general).length >= ALL / 2, 60_000);
    assert.ok(joiner.replica.securing.now());
    await world.crash(joiner);
    await world.restart(joiner);
    const lacking = SEGMENTS - joiner.replica.vectors.docs().length;
    assert.ok(lacking > 0 && lacking < SEGMENTS, `in the middle, not with ${lacking} to come`);
    watch(joiner, after);
    world.join(node, joiner);
    assert.ok(await world.until(() => joiner.digest === node.digest, 60_000) !== undefined);
    assert.equal(cameOf(after).reduce((sum, count) => sum + count), lacking);
    assert.deepEqual(await joiner.picture(), await node.picture());
  }));
