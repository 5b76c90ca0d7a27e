/** Live messages where not everyone is linked with everyone, among whole nodes on a network in memory. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { BEAT_MS } from "../../core/sync/timing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { allMessages, type SimNode } from "./sim_node.ts";
import { SimWorld } from "./sim_world.ts";

const general = channelIdOf(LOBBY, "general");
/** The slowest a cable of the simulation is, in milliseconds. */
const HOP_MS = 40;

const has = (node: SimNode, text: string) =>
  allMessages(node.store, general).some((message) => message.text === text);

/** Posts, and gives after how many milliseconds everyone has it. */
async function spread(world: SimWorld, author: SimNode, text: string): Promise<number | undefined> {
  await author.post(general, text);
  return await world.until(() => world.nodes.every((node) => has(node, text)), 10 * BEAT_MS);
}

Deno.test("RELAY: along a chain a message takes a hop after the other, and no beat", async () => {
  await SimWorld.run(1, async (world) => {
    const nodes = await world.addMany(8);
    nodes.slice(1).forEach((node, i) => world.join(nodes[i]!, node));
    await world.pass(BEAT_MS / 2);
    for (const author of [nodes[0]!, nodes[7]!, nodes[3]!]) {
      const ms = await spread(world, author, `from ${author.number}`);
      assert.ok(ms !== undefined && ms <= 7 * HOP_MS, `${ms} ms`);
    }
  });
});

Deno.test("RELAY: two islands that one machine joins talk as one, and each message crosses once", async () => {
  await SimWorld.run(2, async (world) => {
    const nodes = await world.addMany(9);
    const [bridge] = nodes;
    for (const island of [nodes.slice(0, 5), [bridge!, ...nodes.slice(5)]]) {
      island.forEach((a, i) => island.slice(i + 1).forEach((b) => world.join(a, b)));
    }
    await world.pass(BEAT_MS / 2);
    const author = nodes[1]!;
    for (const text of ["first", "and another"]) {
      await author.post(general, text);
      await world.pass(BEAT_MS);
    }
    const before = world.traffic.messages;
    const ms = await spread(world, author, "last");
    assert.ok(ms !== undefined && ms <= 2 * HOP_MS, `${ms} ms`);
    assert.equal(world.traffic.messages - before, 8, "four on the island, four over the bridge");
  });
});

Deno.test("RELAY: with five random links each, cut and mended, every message comes to all, soon once", async () => {
  for (let seed = 0; seed < 3; seed++) {
    await SimWorld.run(seed, async (world) => {
      const nodes = await world.addMany(12);
      nodes.forEach((node, i) => world.join(node, nodes[(i + 1) % 12]!));
      for (const node of nodes) {
        for (let n = 0; n < 2; n++) {
          const other = world.pick(nodes.filter((one) => one !== node));
          world.join(node, other);
        }
      }
      await world.pass(BEAT_MS / 2);
      const author = nodes[0]!;
      for (let n = 0; n < 6; n++) {
        assert.ok(await spread(world, author, `seed ${seed}, ${n}`) !== undefined);
        await world.pass(300);
      }
      for (let n = 0; n < 4; n++) {
        world.breakOne();
        const ms = await spread(world, author, `seed ${seed}, cut ${n}`);
        assert.ok(ms !== undefined, `seed ${seed}, cut ${n}`);
      }
      world.mend();
      assert.ok(await world.until(() => world.isEven, 20_000) !== undefined);
    });
  }
});
