/** Who finds out what about the spaces of a node: doors shown, matched, and spaces opened by that. */
import assert from "node:assert/strict";
import { MAX_MEETS } from "../../core/sync/meeting.ts";
import { Meetings } from "../../core/sync/meetings.ts";
import { BEAT_MS } from "../../core/sync/timing.ts";
import { type Door, doorOf, LOBBY_DOOR, meetTag } from "../../core/trust/door.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededBytes } from "../fakes/random.ts";
import { Intruder } from "../sim/intruder.ts";
import type { SimSpace } from "../sim/sim_space.ts";
import { SimWorld } from "../sim/sim_world.ts";
import { about, emptyList, postIn, spaceStory } from "./space_story.ts";

const tags = ({ heard }: Intruder) =>
  heard.flatMap((message) => message.type === "meet" ? message.tags.map((tag) => tag.toHex()) : []);
const doorOfSpace = (space: SimSpace): Door => space.doors()[0]!;

Deno.test("MEET-1: two links have no tag in common, and seven spaces show as many as one", async () => {
  await spaceStory(async ({ node, space, world }) => {
    const one = new Intruder(world, node, 60);
    const two = new Intruder(world, node, 61);
    await world.pass(10);
    for (let i = 1; i < 7; i++) node.createSpace(`Crew ${i}`);
    const seven = new Intruder(world, node, 62);
    await world.pass(10);
    const first = tags(one).slice(0, 8);
    const all = [...first, ...tags(two).slice(0, 8), ...tags(seven)];
    assert.deepEqual([tags(seven).length, new Set(all).size], [8, 24]);
    for (const [i, peer] of [one, two].entries()) {
      const shown = meetTag(doorOfSpace(space), peer.binding, node.peer).toHex();
      assert.ok(all.slice(8 * i, 8 * i + 8).includes(shown));
    }
    // What is random stays: only what is shown newly is new.
    const messages = one.all("meet").map(({ tags }) => new Set(tags.map((tag) => tag.toHex())));
    assert.equal(messages.length, 7);
    for (const [i, message] of messages.slice(1).entries()) {
      assert.equal(message.difference(messages[i]!).size, 1);
      assert.deepEqual([...message], [...message].sort());
    }
  });
});

Deno.test("MEET-3: a stranger gets silence, though it names the space and asks for it", async () => {
  await spaceStory(async ({ node, space, world }) => {
    await postIn(node, space);
    const stranger = new Intruder(world, node, 60);
    await world.pass(10);
    stranger.meet(LOBBY_DOOR, doorOf(new Uint8Array(32), "guess"));
    const id = space.space;
    stranger.send(
      emptyList(space),
      { type: "digest", space: id, digest: new Uint8Array(32) },
      { type: "vectors", space: id, docs: [], lacked: null, last: true },
      { type: "presence", space: id, name: "Eve", place: null },
      { type: "entries", space: id, items: space.log!.since(0) },
    );
    await world.pass(5 * BEAT_MS);
    await postIn(node, space);
    space.letIn(deviceKeys(70));
    await world.pass(BEAT_MS);
    assert.deepEqual(about(stranger, space), []);
    assert.deepEqual([stranger.isOpen, node.meetings.sharing(space.space)], [true, []]);
    assert.deepEqual(node.meetings.sharing(LOBBY), [stranger.peer]);
    assert.deepEqual([...space.sync.presences], []);
  });
});

Deno.test("MEET-3: one with the door that was never let in is asked who let it in, and told nothing else", async () => {
  await spaceStory(async ({ node, space, world }) => {
    await postIn(node, space);
    const thief = new Intruder(world, node, 60);
    thief.meet(LOBBY_DOOR, doorOfSpace(space));
    thief.send(emptyList(space));
    await world.pass(20 * BEAT_MS);
    const { hashes } = thief.all("log")[0]!;
    assert.deepEqual(about(thief, space), [{
      ...{ type: "log", space: space.space, hashes, last: true },
    }]);
  });
});

Deno.test("hostile 6, 12: tags of another link, and one's own sent back, open nothing", async () => {
  await spaceStory(async ({ node, space, world }) => {
    space.letIn(deviceKeys(50));
    space.letIn(deviceKeys(51));
    const member = new Intruder(world, node, 50);
    member.meet(LOBBY_DOOR, doorOfSpace(space));
    await world.pass(10);
    assert.deepEqual(node.meetings.sharing(space.space), [member.peer]);
    const replayer = new Intruder(world, node, 51);
    replayer.send(member.meetMessage(LOBBY_DOOR, doorOfSpace(space)));
    await world.pass(10);
    replayer.send(...replayer.all("meet"), ...member.all("meet"));
    await world.pass(5 * BEAT_MS);
    assert.deepEqual(about(replayer, space), []);
    assert.deepEqual(node.meetings.sharing(space.space), [member.peer]);
  });
});

Deno.test("hostile 23: who was removed gets silence on another link, whatever it shows and sends", async () => {
  await spaceStory(async ({ node, space, world }) => {
    space.letIn(deviceKeys(50));
    const old = doorOfSpace(space);
    const before = space.log!.hashes();
    space.remove(deviceKeys(50).peer);
    // One who has not heard: the old door is still open.
    space.letIn(deviceKeys(51));
    assert.equal(space.doors().length, 2);
    const removed = new Intruder(world, node, 50);
    removed.meet(LOBBY_DOOR, old);
    removed.send(
      { type: "log", space: space.space, hashes: before, last: true },
      { type: "digest", space: space.space, digest: new Uint8Array(32) },
      { type: "vectors", space: space.space, docs: [], lacked: null, last: true },
    );
    await world.pass(BEAT_MS);
    await postIn(node, space);
    await world.pass(10 * BEAT_MS);
    assert.deepEqual(about(removed, space), []);
    const shown = meetTag(old, removed.binding, node.peer).toHex();
    assert.ok(!tags(removed).includes(shown), "not even that it has the old door");
    const member = new Intruder(world, node, 51);
    await world.pass(10);
    assert.ok(tags(member).includes(meetTag(old, member.binding, node.peer).toHex()));
  });
});

Deno.test("MEET-4: equal meets are let go, and a flood of others costs the link", async () => {
  await spaceStory(async ({ node, world }) => {
    const calm = new Intruder(world, node, 60);
    for (let i = 0; i < 1000; i++) calm.meet(LOBBY_DOOR);
    await world.pass(10);
    assert.deepEqual([calm.isOpen, calm.all("meet").length], [true, 1]);
    const random = seededBytes(1);
    const flood = new Intruder(world, node, 61);
    const other = () => ({ type: "meet", tags: [random(16)] }) as const;
    for (let i = 1; i < MAX_MEETS; i++) flood.send(other());
    await world.pass(10);
    assert.deepEqual([flood.isOpen, flood.all("meet").length], [true, 1]);
    flood.send(other());
    await world.pass(10);
    assert.equal(flood.isOpen, false);
    assert.equal(calm.isOpen, true);
  });
});

Deno.test("MEET-2: a peer that shows the lobby no more shares it no more", async () => {
  await spaceStory(async ({ node, world }) => {
    const peer = new Intruder(world, node, 60);
    await world.pass(10);
    peer.meet();
    await world.pass(5 * BEAT_MS);
    assert.equal(peer.all("digest").length, 1);
    assert.deepEqual([node.meetings.sharing(LOBBY), node.sync.peers], [[], []]);
    peer.meet(LOBBY_DOOR);
    await world.pass(10);
    assert.equal(peer.all("digest").length, 2);
  });
});

Deno.test("meetings: doors of invitations are told of once, other messages are handed on", async () => {
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const invite = doorOf(new Uint8Array(32), "invite");
    const doors: Door[] = [];
    const told: unknown[] = [];
    const meetings = new Meetings({
      self: node.peer,
      spaces: () => [],
      extraDoors: () => doors,
      onDoor: ({ peer }, door) => void told.push([peer, door.name]),
      onMessage: ({ peer }, { type }) => void told.push([peer, type]),
      random: seededBytes(1),
      clock: world.clock,
      log: () => {},
    });
    const peer = new Intruder(world, { keys: node.keys, meetings }, 60);
    peer.meet(invite);
    peer.send({ type: "ask", step: "ask", space: null });
    await world.pass(10);
    assert.deepEqual(told, [[peer.peer, "ask"]]);
    doors.push(invite);
    meetings.refresh();
    meetings.refresh();
    peer.meet(invite, LOBBY_DOOR);
    await world.pass(10);
    assert.deepEqual(told.slice(1), [[peer.peer, "invite"]]);
    assert.ok(tags(peer).includes(meetTag(invite, peer.binding, node.peer).toHex()));
    assert.equal(meetings.send(peer.peer, { type: "ask", step: "accept", space: null }), true);
    assert.equal(meetings.send(node.peer, { type: "ask", step: "accept", space: null }), false);
    await world.pass(10);
    assert.deepEqual(peer.all("ask"), [{ type: "ask", step: "accept", space: null }]);
    assert.equal(meetings.link(peer.peer)?.peer, peer.peer);
    peer.close();
    await world.pass(10);
    assert.deepEqual([meetings.links(), world.clock.waiting], [[], 0]);
    await meetings.close();
  });
});

Deno.test("meetings: what changes while links are brought up to date is shown on all of them", async () => {
  await SimWorld.run(1, async (world) => {
    const node = await world.add();
    const [first, second] = [1, 2].map((n) => doorOf(new Uint8Array(32).fill(n), `${n}`));
    const doors: Door[] = [];
    const meetings: Meetings = new Meetings({
      self: node.peer,
      spaces: () => [],
      extraDoors: () => [...doors],
      onDoor: () => {
        doors.push(second!);
        meetings.refresh();
      },
      onMessage: () => {},
      random: seededBytes(1),
      clock: world.clock,
      log: () => {},
    });
    const peers = [60, 61, 62].map((n) => new Intruder(world, { keys: node.keys, meetings }, n));
    peers[1]!.meet(first!);
    await world.pass(10);
    doors.push(first!);
    meetings.refresh();
    await world.pass(10);
    for (const peer of peers) {
      const last = peer.all("meet").at(-1)?.tags.map((tag) => tag.toHex());
      const shown = (door: Door) => last?.includes(meetTag(door, peer.binding, node.peer).toHex());
      assert.deepEqual([first!, second!].map(shown), [true, true]);
      peer.close();
    }
    await world.pass(10);
    await meetings.close();
  });
});

Deno.test("meetings: entries are taken of a space that is expected of that peer, and of no other", async () => {
  await spaceStory(async ({ node, space, world }) => {
    const other = await world.add();
    const taken: number[] = [];
    const items = space.log!.since(0);
    const [giver, liar] = [new Intruder(world, other, 60), new Intruder(world, other, 61)];
    const stop = other.meetings.expect(giver.peer, space.space, (list) => taken.push(list.length));
    for (const peer of [giver, liar]) peer.send({ type: "entries", space: space.space, items });
    await world.pass(10);
    stop();
    giver.send({ type: "entries", space: space.space, items });
    await world.pass(10);
    assert.deepEqual([taken, giver.isOpen, liar.isOpen], [[1], true, true]);
    assert.equal(other.has(node.spaces[1]!.space), false);
  });
});
