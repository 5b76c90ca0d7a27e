/** How entries of a membership log get about between nodes. */
import assert from "node:assert/strict";
import { StoreError } from "../../core/store/store_error.ts";
import { BEAT_MS } from "../../core/sync/timing.ts";
import { deviceKeys } from "../fakes/device.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { atTheDoor, entriesOf, listOf, member, postIn } from "./space_story.ts";

Deno.test("MEET-7: of entries that come together one who is removed gets those up to the removal", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b] = [await world.add(), await world.add()];
    const space = a.createSpace("Crew");
    world.join(a, b);
    a.letIn(space.space, b, "admin");
    space.letIn(member);
    await world.pass(100);
    const there = b.space(space.space);
    const peer = atTheDoor({ world, node: b, space: there });
    peer.send(listOf(there));
    await world.pass(100);
    world.cut(() => true);
    const size = space.log!.size;
    space.letIn(deviceKeys(70));
    space.remove(member.peer);
    space.letIn(deviceKeys(71));
    world.mend();
    await world.until(() => there.log!.size === size + 3, 5000);
    await world.pass(100);
    assert.deepEqual(entriesOf(peer), space.log!.hashes().slice(size, size + 2));
    assert.deepEqual(b.meetings.sharing(space.space), [a.peer]);
  });
});

Deno.test("MEET-3: who was removed tells it to members who have not heard of it, nor of what led to it", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b, c, d] = await world.addMany(4);
    assert.ok(a && b && c && d);
    world.joinAll();
    const { space } = a.createSpace("Crew");
    for (const admin of [b, c]) a.letIn(space, admin, "admin");
    a.letIn(space, d);
    const members = (node: SimNode) => [...node.space(space).membership.members.keys()];
    await world.pass(500);
    assert.equal(members(d).length, 4);
    const island = new Set([a, c]);
    world.cut((one, other) => island.has(one) && !island.has(other));
    // At the same time: of two who remove each other the senior one does.
    c.space(space).remove(b.peer);
    b.space(space).remove(c.peer);
    b.space(space).remove(d.peer);
    await world.until(() => !members(a).includes(b.peer) && !members(d).includes(d.peer), 5000);
    assert.deepEqual([members(a).length, members(d).length], [3, 2]);
    // The founder holds the senior one for removed, and listens to it no more.
    await world.crash(b);
    world.mend();
    assert.ok(await world.until(() => members(a).join() === [a.peer, b.peer].join(), 20_000));
    assert.ok(await world.until(() => !c.space(space).isMember, 20_000), "she is told, too");
  });
});

Deno.test("MEET-6: entries spread in a chain, and to each once", async () => {
  await SimWorld.run(1, async (world) => {
    const nodes = [await world.add(), await world.add(), await world.add()];
    const [a, b, c] = nodes as [SimNode, SimNode, SimNode];
    for (const [one, other] of [[a, b], [b, c], [a, c]] as const) world.join(one, other);
    const space = a.createSpace("Crew");
    for (const node of [b, c]) a.letIn(space.space, node);
    await world.pass(3 * BEAT_MS);
    world.cut((one, other) => one === a && other === c);
    await world.pass(BEAT_MS / 2);
    const before = world.traffic.messages;
    space.letIn(deviceKeys(70));
    await world.pass(100);
    for (const node of nodes) assert.equal(node.space(space.space).digest, space.digest);
    assert.equal(world.traffic.messages - before, 2);
  });
});

Deno.test("MEET-4: a member who was away through two epochs is met at the old door and gets the new keys", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b, c] = [await world.add(), await world.add(), await world.add()];
    world.joinAll();
    const space = a.createSpace("Crew");
    for (const node of [b, c]) a.letIn(space.space, node);
    space.letIn(member);
    await world.pass(100);
    await world.crash(c);
    space.remove(member.peer);
    await world.pass(100);
    space.letIn(deviceKeys(51));
    space.remove(deviceKeys(51).peer);
    await postIn(a, space);
    await world.pass(100);
    // The one who removed is away now: the other one lets it in.
    await world.crash(a);
    await world.restart(c);
    const [there, here] = [b.space(space.space), c.space(space.space)];
    await world.until(() => here.digest === there.digest, 10_000);
    assert.equal(here.digest, there.digest);
    assert.equal(here.doors()[0]?.name, there.doors()[0]?.name);
    assert.equal(here.membership.epochs.length, 3);
  });
});

Deno.test("MEET-3: one who was let in while a member was away makes itself known to that one", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b, c] = [await world.add(), await world.add(), await world.add()];
    world.joinAll();
    const space = a.createSpace("Crew");
    a.letIn(space.space, b);
    await world.pass(100);
    await world.crash(b);
    a.letIn(space.space, c);
    await world.pass(100);
    await postIn(c, c.space(space.space));
    await world.pass(100);
    await world.crash(a);
    await world.restart(b);
    const [there, here] = [c.space(space.space), b.space(space.space)];
    await world.until(() => here.digest === there.digest, 5000);
    assert.equal(here.digest, there.digest);
    assert.deepEqual([here.sync.peers, there.sync.peers], [[c.peer], [b.peer]]);
  });
});

Deno.test("BEAT-4: an entry that was lost is noticed by the beat, and comes again", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b] = [await world.add(), await world.add()];
    world.joinAll();
    const space = a.createSpace("Crew");
    a.letIn(space.space, b);
    await world.pass(100);
    const there = b.space(space.space);
    const addAll = b.store.entries.addAll;
    b.store.entries.addAll = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    space.letIn(member);
    await world.pass(100);
    assert.notEqual(there.digest, space.digest);
    assert.match(b.logged.at(-1)?.text ?? "", /store entries/);
    b.store.entries.addAll = addAll;
    const ms = await world.until(() => there.digest === space.digest, 10 * BEAT_MS);
    assert.ok(ms !== undefined && ms <= 4 * BEAT_MS, `${ms} ms`);
    await world.pass(2 * BEAT_MS);
    assert.deepEqual(a.meetings.heard(space.space, b.peer)?.length, space.log!.size);
  });
});

Deno.test("MEET-3: who was removed by one who was removed at the same time hears that it did not count", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b, c] = [await world.add(), await world.add(), await world.add()];
    world.joinAll();
    const space = a.createSpace("Crew");
    a.letIn(space.space, b, "admin");
    a.letIn(space.space, c);
    await world.pass(3 * BEAT_MS);
    world.cut((one, other) => one === a && other !== a);
    await world.pass(100);
    space.remove(b.peer);
    b.space(space.space).remove(c.peer);
    await world.pass(BEAT_MS);
    assert.equal(c.space(space.space).isMember, false);
    world.mend();
    await world.until(() => c.space(space.space).digest === space.digest, 20_000);
    assert.deepEqual(
      [a, b, c].map((node) => space.membership.members.has(node.peer)),
      [true, false, true],
    );
    assert.equal(c.space(space.space).isMember, true);
    await postIn(a, space);
    await world.until(() => c.space(space.space).digest === space.digest, 5000);
    assert.equal(c.space(space.space).digest, space.digest);
    assert.notEqual(b.space(space.space).digest, space.digest, "who was removed hears nothing");
  });
});
