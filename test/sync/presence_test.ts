import assert from "node:assert/strict";
import { parseChannelId } from "../../core/base/ids.ts";
import { Paced } from "../../core/sync/paced.ts";
import { PeerPresences, type Presence } from "../../core/sync/presence.ts";
import {
  BEAT_MS,
  FAR_BEAT_MS,
  FAR_SILENT_MS,
  PRESENCE_MS,
  SILENT_MS,
} from "../../core/sync/timing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { PresenceMessage, SentPlace } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const channel = parseChannelId("0d".repeat(8));
const typing: SentPlace = { type: "channel", channel, typing: true };
const idle: SentPlace = { type: "channel", channel, typing: false };
const peer = deviceKeys(1).peer;

const message = (place: SentPlace | null, name: string | null = "Ana"): PresenceMessage => ({
  type: "presence",
  space: LOBBY,
  name,
  place,
});

Deno.test("presence: a change is told at once, many in a moment as first and last, none twice", () => {
  const clock = new FakeClock();
  const told: Presence[] = [];
  const own = new Paced<Presence>({
    clock,
    ms: PRESENCE_MS,
    first: { name: null, place: null },
    tell: (presence) => told.push(presence),
  });
  const at = (place: SentPlace | null) => own.set({ name: "Ana", place });
  at(typing);
  assert.equal(told.length, 1);
  for (let i = 0; i < 10; i++) at(i % 2 === 0 ? idle : typing);
  at(null);
  assert.equal(told.length, 1);
  assert.deepEqual(own.value, { name: "Ana", place: null });
  clock.advance(PRESENCE_MS);
  assert.deepEqual(told.slice(1), [{ name: "Ana", place: null }]);
  clock.advance(PRESENCE_MS);
  at(null);
  clock.advance(10 * PRESENCE_MS);
  assert.equal(told.length, 2);
  assert.equal(clock.waiting, 0);
  at(typing);
  own.close();
  own.close();
  assert.equal(clock.waiting, 0);
});

Deno.test("presence: a silent peer is hidden after three beats, and shown again when it speaks", () => {
  const clock = new FakeClock();
  const told: (Presence | null)[] = [];
  const others = new PeerPresences(clock, (_, presence) => told.push(presence));
  others.heard(peer);
  others.said(peer, message(typing));
  others.said(peer, message(typing));
  for (let ms = BEAT_MS; ms < SILENT_MS; ms += BEAT_MS) {
    clock.advance(BEAT_MS);
    others.beat();
  }
  assert.deepEqual(told, [{ name: "Ana", place: typing }]);
  assert.deepEqual([...others.shown()], [[peer, { name: "Ana", place: typing }]]);
  clock.advance(BEAT_MS);
  others.beat();
  others.beat();
  assert.deepEqual(told.slice(1), [null]);
  assert.deepEqual([...others.shown()], []);
  clock.advance(PRESENCE_MS);
  others.heard(peer);
  assert.deepEqual(told.slice(2), [{ name: "Ana", place: typing }]);
  others.gone(peer);
  others.gone(peer);
  assert.deepEqual(told.slice(3), [null]);
});

Deno.test("presence: one who changes place without end is told of at our pace", () => {
  const clock = new FakeClock();
  const told: (Presence | null)[] = [];
  const others = new PeerPresences(clock, (_, presence) => told.push(presence));
  for (let i = 0; i < 1000; i++) others.said(peer, message(i % 2 === 0 ? typing : idle));
  assert.equal(told.length, 1);
  clock.advance(PRESENCE_MS);
  assert.deepEqual(told.slice(1), [{ name: "Ana", place: idle }]);
  others.said(peer, message(typing));
  others.gone(peer);
  assert.deepEqual(told.slice(2), [null], "who is gone is gone at once");
  others.said(peer, message(typing));
  others.close();
  assert.equal(clock.waiting, 0);
});

Deno.test("presence: a name that is not clean is not shown", () => {
  const told: (string | null | undefined)[] = [];
  const clock = new FakeClock();
  const others = new PeerPresences(clock, (_, presence) => told.push(presence?.name));
  for (const name of ["Ana", "\u202eanA", "a\nb", " ", "n".repeat(65), null]) {
    others.said(peer, message(null, name));
    clock.advance(PRESENCE_MS);
  }
  assert.deepEqual(told, ["Ana", null]);
});

Deno.test("presence: linked nodes see each other's place, a new one too, and that one left", async () => {
  await SimWorld.run(1, async (world) => {
    const [a, b] = [await world.add(), await world.add()];
    const shown = () => [...b.sync.presences];
    a.sync.setPresence({ name: "Ana", place: idle });
    world.join(a, b);
    await world.pass(100);
    assert.deepEqual(shown(), [[a.peer, { name: "Ana", place: idle }]]);
    a.sync.setPresence({ name: "Ana", place: typing });
    await world.pass(100);
    assert.deepEqual(shown(), [[a.peer, { name: "Ana", place: typing }]]);
    await world.pass(10 * SILENT_MS);
    assert.equal(shown().length, 1, "beats are signs of life");
    await world.crash(a);
    await world.pass(1);
    assert.deepEqual(shown(), []);
  });
});

Deno.test("PRES: who is two links away or more is seen, and where; it goes when it says so, or falls silent", async () => {
  await SimWorld.run(2, async (world) => {
    const nodes = await world.addMany(4);
    nodes.slice(1).forEach((node, i) => world.join(nodes[i]!, node));
    const [a, , c, d] = nodes as [SimNode, SimNode, SimNode, SimNode];
    const seen = (node: SimNode, whom: SimNode) => new Map(node.sync.presences).get(whom.peer);
    a.sync.setPresence({ name: "Ana", place: typing });
    await world.pass(4 * BEAT_MS);
    assert.deepEqual(seen(d, a), { name: "Ana", place: idle }, "typing is told over links alone");
    a.sync.setPresence({ name: "Anna", place: null });
    await world.pass(FAR_BEAT_MS + 3 * BEAT_MS);
    assert.deepEqual(seen(c, a), { name: "Anna", place: null });
    await world.pass(3 * FAR_SILENT_MS);
    assert.equal(d.sync.presences.length, 3, "as long as it is there");

    await world.crash(a);
    await world.pass(FAR_SILENT_MS + 4 * BEAT_MS);
    assert.deepEqual([seen(c, a), seen(d, a)], [undefined, undefined]);
    await world.restart(a);
    await world.pass(FAR_BEAT_MS + 4 * BEAT_MS);
    assert.ok(seen(c, a) && seen(d, a));

    a.sync.farewell();
    await world.pass(100);
    await world.crash(a);
    await world.pass(3 * BEAT_MS);
    assert.deepEqual([seen(c, a), seen(d, a)], [undefined, undefined]);
  });
});

Deno.test("PRES: when a link of the way breaks for good, another one brings who is here", async () => {
  for (let seed = 1; seed <= 5; seed++) {
    await SimWorld.run(seed, async (world) => {
      const nodes = await world.addMany(6);
      nodes.forEach((node, i) => world.join(node, nodes[(i + 1) % nodes.length]!));
      await world.pass(3 * FAR_BEAT_MS);
      const [zero, one] = nodes as [SimNode, SimNode];
      const unseen = () =>
        nodes.flatMap((node) =>
          nodes.filter((other) => other !== node && !new Map(node.sync.presences).has(other.peer))
            .map((other) => [node.number, other.number])
        );
      assert.deepEqual(unseen(), [], `seed ${seed}: all see all`);
      world.cut((a, b) => a === zero && b === one);
      await world.pass(0);
      const ends = [[0, 1], [1, 0]];
      assert.deepEqual(unseen(), ends, `seed ${seed}: who was linked is gone with the link`);
      for (let ms = 0; ms < FAR_SILENT_MS; ms += BEAT_MS) {
        await world.pass(BEAT_MS);
        const others = unseen().filter(([a = 0, b = 0]) => a + b !== 1);
        assert.deepEqual(others, [], `seed ${seed}: nobody else is missed after ${ms} ms`);
      }
      assert.deepEqual(unseen(), [], `seed ${seed}: all see all again`);
    });
  }
});

Deno.test("PRES: a node is sent each signed presence once, so its traffic grows with people, not their square", async () => {
  const perNode: number[] = [];
  for (const size of [5, 10, 20, 40]) {
    await SimWorld.run(size, async (world) => {
      const nodes = await world.addMany(size);
      // All with all up to ten; beyond that some by chance.
      if (size <= 10) world.joinAll();
      else {
        nodes.forEach((node, i) => world.join(node, nodes[(i + 1) % size]!));
        for (const node of nodes) {
          for (let n = 0; n < 2; n++) world.join(node, world.pick(nodes.filter((x) => x !== node)));
        }
      }
      await world.pass(4 * FAR_BEAT_MS);
      assert.ok(nodes.every((node) => node.sync.presences.length === size - 1), "all see all");
      const before = world.traffic.presences;
      await world.pass(10 * FAR_BEAT_MS);
      perNode.push((world.traffic.presences - before) / 10 / size);
    });
  }
  assert.deepEqual(perNode, [4, 9, 19, 39], "of each other one, however many links there are");
});
