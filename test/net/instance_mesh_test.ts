import assert from "node:assert/strict";
import { World, type WorldNode } from "../fakes/mesh_world.ts";

const HOSTS = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];
/** How long a name lasts here. */
const NAME_MS = 100_000;

function dials(nodes: Iterable<WorldNode>): number {
  return [...nodes].reduce((sum, node) => sum + node.dials, 0);
}

/** Lets each node go by another name some times; half of the goodbyes are lost. */
async function renew(world: World, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    for (const node of world.nodes) {
      const before = node.instance.current;
      const goodbye = world.unit() < 0.5;
      world.renew(node, goodbye);
      await world.run(NAME_MS / HOSTS.length * world.unit());
      // Its records end by themselves.
      if (!goodbye) { for (const other of world.nodes) other.mesh.lost(before); }
    }
  }
}

Deno.test("MESH-10: who goes by another name is not dialled again, and its links stay", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = new World(seed);
    for (const host of HOSTS) await world.start(host);
    await world.run(100_000);
    const links = [...world.nodes].map(({ mesh }) => [...mesh.links.values()]);
    const [linked, before] = [[...world.nodes].map((node) => node.linked), dials(world.nodes)];
    await renew(world, 12);
    assert.deepEqual([...world.nodes].map(({ mesh }) => [...mesh.links.values()]), links);
    assert.deepEqual([...world.nodes].map((node) => node.linked), linked);
    assert.equal(dials(world.nodes), before, `seed ${seed}`);
    for (const { mesh } of world.nodes) {
      assert.equal(mesh.status().length, HOSTS.length - 1, "the names of before are forgotten");
    }
    await world.assertMeshed();
    await world.close();
  }
});

Deno.test("MESH-10: who goes by another name before it was verified is verified once", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = new World(seed);
    const one = await world.start("10.0.0.1");
    const two = await world.start("10.0.0.2");
    await world.run(1_000);
    for (let turn = 0; turn < 50; turn++) {
      world.renew(turn % 2 ? one : two, true);
      await world.run(world.unit() * 60_000);
    }
    await world.run(60_000);
    const before = dials(world.nodes);
    assert.ok(before <= 4, `seed ${seed}: ${before} dials`);
    await renew(world, 3);
    assert.equal(dials(world.nodes), before);
    await world.assertMeshed();
    await world.close();
  }
});

Deno.test("MESH-10: several nodes behind one address keep their links under other names", async () => {
  for (let seed = 1; seed <= 4; seed++) {
    const world = new World(seed);
    for (const port of [4_001, 4_002, 4_003]) {
      await world.start("10.0.0.1", { port, name: String(port) });
    }
    await world.start("10.0.0.2");
    await world.run(100_000);
    await renew(world, 6);
    const linked = [...world.nodes].map((node) => node.linked);
    const before = dials(world.nodes);
    await renew(world, 6);
    assert.deepEqual([...world.nodes].map((node) => node.linked), linked);
    assert.equal(dials(world.nodes), before);
    await world.assertMeshed();
    await world.close();
  }
});

Deno.test("MESH-10: after another name a broken link is dialled anew, and a restart is met as new", async () => {
  for (let seed = 1; seed <= 8; seed++) {
    const world = new World(seed);
    const one = await world.start("10.0.0.1");
    const two = await world.start("10.0.0.2");
    await world.run(100_000);
    world.renew(two, true);
    await world.run(1_000);
    world.network.reset("10.0.0.1", "10.0.0.2");
    await world.run(3_000);
    await world.assertLinked(one, two);
    await Promise.all([world.stop(two, false), world.run(2_000)]);
    const other = await world.start("10.0.0.2", { name: "another device" });
    await world.run(3_000);
    await world.assertLinked(one, other);
    assert.equal(one.mesh.links.size, 1);
    await world.close();
  }
});

Deno.test("MESH-10: who lists the address of another is not taken for it", async () => {
  const world = new World(1);
  const one = await world.start("10.0.0.1");
  const liar = await world.start("10.0.0.9", { hidden: true });
  const addresses = [liar, { host: "10.0.0.2", port: liar.port }]
    .map(({ host, port }) => ({ host, port }));
  one.mesh.found({ instance: "0".repeat(16), addresses, hints: [] });
  await world.run(20_000);
  assert.ok(one.mesh.links.has(liar.peer));
  const before = one.dials;
  const real = await world.start("10.0.0.2", { hidden: true });
  const instance = "f".repeat(16);
  one.mesh.found({ instance, addresses: [{ host: real.host, port: real.port }], hints: [] });
  await world.run(3_000);
  assert.equal(one.dials, before + 1);
  await world.assertLinked(one, real);
  await world.close();
});
