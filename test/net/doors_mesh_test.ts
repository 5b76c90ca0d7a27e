import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { BACKOFF_MS } from "../../core/net/backoff.ts";
import { type Door, doorOf, LOBBY_DOOR, PAIRING_DOOR } from "../../core/trust/door.ts";
import { World, WORLD_PORT, type WorldNode } from "../fakes/mesh_world.ts";
import { seededBytes } from "../fakes/random.ts";

const [ONE, TWO, THREE] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"] as const;
const [club, choir, crew] = ["club", "choir", "crew"].map((name, index) =>
  doorOf(seededBytes(index)(32), name)
) as [Door, Door, Door];

/** Runs `scenario` in worlds of several seeds. */
async function inWorlds(count: number, scenario: (world: World) => Promise<void>): Promise<void> {
  for (let seed = 1; seed <= count; seed++) {
    const world = new World(seed);
    await scenario(world);
    await world.close();
    assert.equal(world.network.openSides, 0);
  }
}

/** The name of the door through which `node` is linked with `other`. */
function doorBetween(node: WorldNode, other: WorldNode): string | undefined {
  return node.mesh.links.get(other.peer)?.door.name;
}

Deno.test("MESH-11: two who share a private door alone find and link each other once", async () => {
  await inWorlds(20, async (world) => {
    const one = await world.start(ONE, { with: [choir, club] });
    const two = await world.start(TWO, { with: [club, crew] });
    await world.run(3_000);
    await world.assertMeshed();
    assert.equal(doorBetween(one, two), "club");
    assert.ok(one.dials <= 1 && two.dials <= 1, "no other door is tried");
  });
});

Deno.test("MESH-11: nodes with nothing in common do not dial each other, nor list each other", async () => {
  await inWorlds(5, async (world) => {
    const one = await world.start(ONE, { with: [club] });
    const two = await world.start(TWO, { with: [choir, LOBBY_DOOR] });
    await world.run(120_000);
    assert.equal(one.dials, 0);
    assert.deepEqual(one.mesh.status(), []);
    assert.equal(one.mesh.links.size, 0);
    assert.ok(two.dials > 0, "the lobby is tried at all that is found");
    assert.ok(two.dials < 20, `${two.dials} dials in two minutes`);
  });
});

Deno.test("MESH-11: a private door goes before the lobby; each is linked once through one door", async () => {
  await inWorlds(20, async (world) => {
    const one = await world.start(ONE, { with: [LOBBY_DOOR, club, choir] });
    const two = await world.start(TWO, { with: [LOBBY_DOOR, club, choir] });
    await world.run(120_000);
    await world.assertMeshed();
    assert.notEqual(doorBetween(one, two), "lobby");
    const [lower, higher] = one.peer < two.peer ? [one, two] : [two, one];
    assert.ok(lower.linked === 1 && higher.linked <= 2, "not again through another door");
  });
});

Deno.test("MESH-11: where no hint can be, each door is tried at once, then there is a pause", async () => {
  await inWorlds(5, async (world) => {
    const two = await world.start(TWO, { with: [crew], hidden: true });
    const own = [choir, club, crew];
    const one = await world.start(ONE, { with: own, hidden: true });
    one.mesh.add({ host: TWO, port: WORLD_PORT });
    await world.run(1_000);
    assert.equal(one.dials, own.length);
    assert.equal(doorBetween(one, two), "crew");

    const stranger = await world.start(THREE, { with: [club, choir], hidden: true });
    stranger.mesh.add({ host: TWO, port: WORLD_PORT });
    await world.run(60_000);
    const rounds = stranger.dials / 2;
    assert.ok(Number.isInteger(rounds) && rounds < 20, `${rounds} rounds`);
    await world.run(10 * BACKOFF_MS.max);
    assert.ok(stranger.dials / 2 <= rounds + 21, "half a minute between rounds in the end");
  });
});

Deno.test("MESH-11: a door that comes later leads to a link at once, one that goes ends none", async () => {
  await inWorlds(10, async (world) => {
    const one = await world.start(ONE, { with: [choir] });
    const two = await world.start(TWO, { with: [club] });
    const known = await world.start(THREE, { with: [club], hidden: true });
    one.mesh.add({ host: THREE, port: WORLD_PORT });
    await world.run(100_000);
    assert.equal(one.mesh.links.size, 0);
    one.doors = [choir, club];
    one.mesh.doorsChanged();
    await world.run(300);
    assert.equal(doorBetween(one, two), "club", "whose hint was heard before");
    assert.equal(doorBetween(one, known), "club", "where the door of before did not open");
    one.doors = [choir];
    one.mesh.doorsChanged();
    await world.run(20_000);
    assert.equal(doorBetween(one, two), "club");
  });
});

Deno.test("MESH-11: the pairing door opens after all others, whatever is hinted", async () => {
  await inWorlds(5, async (world) => {
    const one = await world.start(ONE, { with: [PAIRING_DOOR, club] });
    const two = await world.start(TWO, { with: [choir, PAIRING_DOOR] });
    await world.run(3_000);
    assert.equal(doorBetween(one, two), "pairing");
  });
});

Deno.test("MESH-11: an invite's address is dialled with its door first, until it is forgotten", async () => {
  await inWorlds(5, async (world) => {
    const invite = doorOf(seededBytes(9)(32), "invite");
    const host = await world.start(TWO, { with: [club, invite], hidden: true });
    const guest = await world.start(ONE, { with: [choir], hidden: true });
    const gone = { host: "10.0.0.9", port: WORLD_PORT };
    guest.mesh.add({ host: TWO, port: WORLD_PORT }, invite);
    guest.mesh.add(gone, invite);
    await world.run(500);
    assert.equal(doorBetween(guest, host), "invite");
    assert.equal(guest.dials, 1);
    assert.deepEqual(guest.mesh.status().map(({ source }) => source), ["invite", "invite"]);
    guest.mesh.forget(gone, club);
    assert.equal(guest.mesh.status().length, 2, "not of that invite");
    guest.mesh.forget(gone, invite);
    guest.mesh.forget({ host: TWO, port: WORLD_PORT }, invite);
    await world.run(20_000);
    assert.equal(doorBetween(guest, host), "invite", "the link stays");
    assert.deepEqual(guest.mesh.status().map(({ source }) => source), ["inbound"]);
  });
});

Deno.test("MESH-12: a peer that may not come through a door is cut off on either side, and never told of", async () => {
  await inWorlds(20, async (world) => {
    const removed = new Set<PeerId>();
    const told: PeerId[] = [];
    const admits = (peer: PeerId, door: Door) => door === LOBBY_DOOR || !removed.has(peer);
    const one = await world.start(ONE, {
      with: [club],
      admits,
      onReached: (peer) => told.push(peer),
    });
    const two = await world.start(TWO, { with: [club], hidden: true });
    removed.add(two.peer);
    two.mesh.add({ host: ONE, port: WORLD_PORT });
    world.announce(two);
    one.mesh.add({ host: TWO, port: WORLD_PORT });
    await world.run(20_000);
    assert.equal(one.linked, 0, "neither where it dialled nor where it was dialled");
    assert.equal(one.mesh.links.size, 0);
    assert.deepEqual(told, []);
    assert.ok(one.dials > 0 && two.dials > 0);
    one.doors = two.doors = [club, LOBBY_DOOR];
    one.mesh.doorsChanged();
    two.mesh.doorsChanged();
    await world.run(70_000);
    assert.equal(doorBetween(one, two), "lobby", "through another door it may");
    await world.assertLinked(one, two);
  });
});
