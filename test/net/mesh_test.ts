import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { MAX_LINKS } from "../../core/net/choice.ts";
import type { Circles } from "../../core/net/chooser.ts";
import { doorOf, LOBBY_DOOR } from "../../core/trust/door.ts";
import { World, WORLD_PORT, type WorldNode } from "../fakes/mesh_world.ts";

const HOSTS = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];

/** Runs `scenario` in a world of each seed; the seed that fails is in the message. */
async function forSeeds(count: number, scenario: (world: World) => Promise<void>): Promise<void> {
  const only = Deno.env.get("EARSHOT_SEED");
  const first = only === undefined ? 1 : Number(only);
  for (let seed = first; seed < first + (only === undefined ? count : 1); seed++) {
    const world = new World(seed);
    try {
      await scenario(world);
    } catch (error) {
      throw new Error(`Seed ${seed} failed (EARSHOT_SEED=${seed} runs it alone)`, { cause: error });
    } finally {
      await world.close();
    }
    assert.equal(world.network.openSides, 0, `seed ${seed}: all is closed`);
  }
}

Deno.test("mesh: nodes that start together have one link per pair", async () => {
  await forSeeds(60, async (world) => {
    for (const host of HOSTS) {
      await world.start(host);
      await world.run(world.unit() * 50);
    }
    await world.run(3_000);
    await world.assertMeshed();
  });
});

Deno.test("mesh: both dialling at the same moment leaves one link, agreed on without talk", async () => {
  let double = 0;
  await forSeeds(100, async (world) => {
    const [one, two] = HOSTS as [string, string];
    const first = await world.start(one, { hidden: true });
    const second = await world.start(two, { hidden: true });
    // Each knows the other by --peer, so neither yields.
    first.mesh.add({ host: two, port: WORLD_PORT });
    second.mesh.add({ host: one, port: WORLD_PORT });
    await world.run(20 + world.unit() * 60);
    if (world.network.openSides > 2) double++;
    await world.run(3_000);
    await world.assertMeshed();
    const [lower, higher] = first.peer < second.peer ? [first, second] : [second, first];
    assert.equal(lower.linked, 1, "the lower id keeps what it had first");
    assert.ok(higher.linked <= 2, "the higher one follows");
  });
  assert.ok(double > 20, `seeds in which both were connected twice: ${double}`);
});

Deno.test("mesh: after cuts, resets, restarts and false goodbyes there is one link per pair again", async () => {
  await forSeeds(60, async (world) => {
    for (const host of HOSTS) await world.start(host);
    await world.run(1_000);
    for (let turn = 0; turn < 12; turn++) {
      await disturb(world);
      await world.run(world.unit() ** 3 * 20_000);
    }
    world.mendAll();
    for (const host of HOSTS) if (!world.at(host)) await world.start(host);
    // Dead links are noticed by their silence, what is not dialled by then by the next announcement.
    await world.run(100_000);
    await world.assertMeshed();
  });
});

Deno.test("mesh: a mended cable carries a new link within seconds, though the old one hangs", async () => {
  await forSeeds(30, async (world) => {
    const [one, two] = HOSTS as [string, string];
    const first = await world.start(one);
    const second = await world.start(two);
    await world.run(10_000);
    const before = first.mesh.links.get(second.peer);
    world.hang(one, two);
    await world.run(60_000 * world.unit());
    // The machine whose cable it was sees it come back, and is seen.
    world.mend(one, two);
    const changed = world.unit() < 0.5 ? first : second;
    changed.mesh.networkChanged();
    world.announce(changed);
    await world.run(4_000);
    await world.assertLinked(first, second);
    assert.notEqual(first.mesh.links.get(second.peer), before);
  });
});

Deno.test("mesh: a peer that comes back from another address takes the place of its dead link", async () => {
  await forSeeds(30, async (world) => {
    const first = await world.start("10.0.0.1");
    const old = await world.start("10.0.0.2");
    await world.run(10_000);
    world.hang("10.0.0.1", "10.0.0.2"); // Its power went: nothing is said any more, nothing is closed.
    world.nodes.delete(old);
    await world.run(world.unit() * 10_000);
    const again = await world.start("10.9.0.2", { name: "10.0.0.2" });
    assert.equal(again.peer, old.peer);
    await world.run(7_000);
    assert.equal(first.mesh.links.size, 1);
    await world.assertLinked(first, again);
    world.nodes.add(old);
  });
});

Deno.test("mesh: nodes behind one address are told apart, and each is linked once", async () => {
  await forSeeds(30, async (world) => {
    for (const port of [4_001, 4_002, 4_003]) {
      await world.start("10.0.0.1", { port, name: String(port) });
    }
    await world.run(1_000);
    await world.start("10.0.0.2");
    await world.run(2_000);
    await world.assertMeshed();
    // What seemed linked is dialled once to be sure; that changes nothing.
    const linked = [...world.nodes].map((node) => node.linked);
    await world.run(60_000);
    assert.deepEqual([...world.nodes].map((node) => node.linked), linked);
    await world.assertMeshed();
  });
});

Deno.test("mesh: a dial to an old address does not delay one to the new address", async () => {
  await forSeeds(5, async (world) => {
    const first = await world.start("10.0.0.1");
    world.cut("10.0.0.1", "10.0.0.99");
    world.network.host("10.0.0.99");
    const second = await world.start("10.0.0.2", { hidden: true });
    const found = (host: string) =>
      first.mesh.found({
        instance: second.instance.current,
        addresses: [{ host, port: WORLD_PORT }],
        hints: [],
      });
    found("10.0.0.99");
    await world.run(1_000);
    assert.equal(first.mesh.status()[0]?.state, "dialling");
    found("10.0.0.2");
    await world.run(400);
    await world.assertLinked(first, second);
  });
});

Deno.test("hostile 30: a goodbye said for a peer by another ends no link, and costs no dial", async () => {
  await forSeeds(10, async (world) => {
    for (const host of HOSTS) await world.start(host);
    await world.run(60_000);
    const linked = [...world.nodes].map((node) => node.linked);
    for (let turn = 0; turn < 20; turn++) {
      for (const node of world.nodes) {
        for (const { instance } of world.nodes) node.mesh.lost(instance.current);
      }
      await world.run(world.unit() * 5_000);
    }
    assert.deepEqual([...world.nodes].map((node) => node.linked), linked);
    await world.assertMeshed();
  });
});

async function disturb(world: World): Promise<void> {
  const pick = () => HOSTS[Math.floor(world.unit() * HOSTS.length)]!;
  const [one, other] = [pick(), pick()];
  const node = world.at(one);
  const kind = Math.floor(world.unit() * 7);
  if (kind === 0 && one !== other) world.cut(one, other);
  else if (kind === 1) world.mendAll();
  else if (kind === 2) world.network.reset(one, other);
  else if (kind === 3 && node) {
    await Promise.all([world.stop(node, world.unit() < 0.5), world.run(2_000)]);
  } else if (kind === 4 && !node) await world.start(one);
  else if (kind === 5) node?.mesh.networkChanged();
  else if (kind === 6 && node) {
    for (const { mesh } of world.nodes) mesh.lost(node.instance.current);
  }
}

Deno.test("MESH-13, MESH-14: a crowd hangs together by few links, each private space too, and heals", async () => {
  await forSeeds(2, async (world) => {
    const door = doorOf(new Uint8Array(32).fill(7), "space");
    const members = new Set<PeerId>();
    const circles: Circles = (peer, doors) =>
      (peer === undefined ? doors.includes(door) : members.has(peer)) ? ["space"] : [];
    for (let n = 0; n < 48; n++) {
      const isMember = n % 4 === 0;
      const node = await world.start(`10.0.1.${n}`, {
        with: isMember ? [door, LOBBY_DOOR] : [LOBBY_DOOR],
        circles: isMember ? circles : () => [],
      });
      if (isMember) members.add(node.peer);
    }
    await world.run(20_000);
    assertHanging(world, () => true);
    assertHanging(world, ({ peer }) => members.has(peer));
    for (const node of [...world.nodes]) {
      if (world.unit() < 0.25) await world.stop(node, world.unit() < 0.5);
    }
    await world.run(70_000);
    assertHanging(world, () => true);
    assertHanging(world, ({ peer }) => members.has(peer));
  });
});

Deno.test("MESH-16: in a crowd one who is looked for is linked, though nobody chose so, and stays", async () => {
  await forSeeds(2, async (world) => {
    const sought = new Set<PeerId>();
    const seeks = (peer: PeerId | undefined) => peer ? sought.has(peer) : sought.size > 0;
    for (let n = 0; n < 60; n++) {
      await world.start(`10.0.1.${n}`, n === 0 ? { seeks } : {});
    }
    await world.run(15_000);
    const [seeker, ...others] = world.nodes;
    assert.ok(seeker);
    const unlinked = others.filter(({ peer }) => !seeker.mesh.links.has(peer));
    const [wanted] = unlinked;
    assert.ok(wanted, "not all are linked");
    sought.add(wanted.peer);
    seeker.mesh.doorsChanged();
    await world.run(3_000);
    sought.clear();
    await world.run(30_000);
    await world.assertLinked(seeker, wanted);
    assert.ok(seeker.mesh.links.size <= MAX_LINKS);
  });
});

/** Those who fit reach each other over links among themselves, and no one has links without bound. */
function assertHanging(world: World, fits: (node: WorldNode) => boolean): void {
  const nodes = new Map([...world.nodes].filter(fits).map((node) => [node.peer, node]));
  const reached = new Set<PeerId>([...nodes.keys()].slice(0, 1));
  for (const peer of reached) {
    for (const other of nodes.get(peer)!.mesh.links.keys()) {
      if (nodes.has(other)) reached.add(other);
    }
    const { size } = nodes.get(peer)!.mesh.links;
    assert.ok(size <= MAX_LINKS, `${size} links`);
  }
  assert.equal(reached.size, nodes.size);
}
