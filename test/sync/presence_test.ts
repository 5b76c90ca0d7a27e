import assert from "node:assert/strict";
import { parseChannelId } from "../../core/base/ids.ts";
import { Paced } from "../../core/sync/paced.ts";
import { PeerPresences, type Presence } from "../../core/sync/presence.ts";
import { BEAT_MS, PRESENCE_MS, SILENT_MS } from "../../core/sync/timing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { PresenceMessage, SentPlace } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
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
