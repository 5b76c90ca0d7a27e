/** What people sign about being here: who is believed, and what it may cost. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { MAX_HERE_PER_S, PUSH_BURST_S } from "../../core/sync/flood.ts";
import { FAR_SKEW_MS, FarPresences, MAX_FAR } from "../../core/sync/far_presences.ts";
import type { Presence } from "../../core/sync/presence.ts";
import { Relay } from "../../core/sync/relay.ts";
import { BEAT_MS, FAR_BEAT_MS } from "../../core/sync/timing.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { type Here, isSignedHere, readHere, signHere } from "../../core/wire/here.ts";
import type { SentHere } from "../../core/wire/message.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { Intruder } from "../sim/intruder.ts";
import type { SimNode } from "../sim/sim_node.ts";
import { SimWorld } from "../sim/sim_world.ts";

const [self, ana, ben, cleo] = [1, 2, 3, 4].map(deviceKeys);
const OWN = new Uint8Array(32).fill(7);
/** The digest of one who holds nothing. */
const NOTHING = new Uint8Array(32);
const NOWHERE: Presence = { name: null, place: null };

function said(keys: typeof ana, at: number, more: Partial<Here> = {}): SentHere {
  return signHere(keys!, LOBBY, {
    at,
    here: true,
    name: null,
    place: null,
    digest: NOTHING,
    ...more,
  });
}

function opened(admits = (_peer: string) => true) {
  const clock = new FakeClock();
  clock.advance(1_000_000_000);
  const relay = new Relay();
  const told: [string, boolean][] = [];
  const held: string[] = [];
  const far: FarPresences = new FarPresences({
    space: LOBBY,
    signer: self!,
    clock,
    wall: clock,
    relay,
    admits,
    tell: (peer) => told.push([peer, far.of(peer) !== null]),
    digest: () => OWN,
    holdsAll: (peer) => held.push(peer),
  });
  for (const { peer } of [ben!, cleo!]) {
    relay.add(peer);
    far.greet(peer);
  }
  return { clock, far, told, held };
}

Deno.test("PRES-5: what is signed is that author's in that space, and no other's", () => {
  const sent = said(ana, 7, { name: "Ana" });
  assert.deepEqual(readHere(sent.body), {
    ...{ at: 7, here: true, name: "Ana", place: null },
    digest: NOTHING,
  });
  assert.ok(isSignedHere(LOBBY, sent));
  assert.ok(!isSignedHere(LOBBY, { ...sent, author: ben!.peer }));
  assert.ok(!isSignedHere(LOBBY, { ...sent, body: said(ana, 8).body }));
});

Deno.test("PRES-4: what is new is passed on once, and its second way pruned", () => {
  const { clock, far } = opened();
  const sent = said(ana, clock.now());
  assert.deepEqual(far.take([sent], ben!.peer), { forged: false, prunes: [] });
  assert.deepEqual([far.due(cleo!.peer), far.due(cleo!.peer), far.due(ben!.peer)], [
    [sent],
    [],
    [],
  ]);
  assert.deepEqual(far.take([sent], cleo!.peer).prunes, [[ana!.peer, cleo!.peer]]);
  assert.deepEqual(far.due(cleo!.peer), []);
});

Deno.test("PRES-4: this node signs every five beats, later each time, whatever its clock does", () => {
  const { clock, far } = opened();
  const times: number[] = [];
  for (let beat = 0; beat < 11; beat++) {
    far.beat(NOWHERE);
    const due = far.due(ben!.peer);
    assert.deepEqual(far.due(cleo!.peer), due, "the same to all");
    times.push(...due.map(({ body }) => readHere(body).at));
    clock.advance(BEAT_MS);
  }
  assert.equal(times.length, 3);
  assert.ok(times.every((at, i) => i === 0 || at > times[i - 1]!));
  far.leave();
  far.leave();
  const [last] = far.due(ben!.peer);
  const { at, here } = readHere(last!.body);
  assert.ok(at > times[2]! && !here);
});

Deno.test("HELD-3: whoever signs the digest of this node holds the same; one who goes, too", () => {
  const { clock, far, held } = opened();
  far.beat(NOWHERE);
  assert.deepEqual(readHere(far.due(ben!.peer)[0]!.body).digest, OWN);
  far.take([said(ana, clock.now())], ben!.peer);
  const sent = said(cleo, clock.now(), { digest: OWN });
  far.take([sent, sent], ben!.peer);
  assert.deepEqual(held.splice(0), [cleo!.peer]);
  far.take([said(ana, clock.now() + 1, { here: false, digest: OWN })], ben!.peer);
  assert.deepEqual(held, [ana!.peer]);
});

Deno.test("HELD-3: a message is known to be held beyond a relay, and still when who holds it has gone", async () => {
  await SimWorld.run(5, async (world) => {
    const nodes = [await world.add(), await world.add(), await world.add(), await world.add()];
    const [a, b, c, d] = nodes as [SimNode, SimNode, SimNode, SimNode];
    for (const [one, other] of [[a, b], [b, c], [c, d]] as const) world.join(one, other);
    const channel = channelIdOf(LOBBY, "general");
    const id = await a.post(channel, "far");
    const { doc, actor, seq } = a.store.messages.get(LOBBY, channel, id)!;
    const holders = () => a.store.holdings.namesOfHolders(LOBBY, doc, actor, seq);
    const others = [b, c, d].map(({ peer }) => peer).sort();
    const all = () => holders().length === others.length;
    assert.ok(await world.until(all, FAR_BEAT_MS + 6 * BEAT_MS) !== undefined);
    assert.deepEqual(holders(), others);
    world.cut((one, other) => one === d || other === d);
    await b.post(channel, "later");
    await world.pass(2 * FAR_BEAT_MS);
    assert.deepEqual(holders(), others);
  });
});

Deno.test("PRES-5: one that is forged, of a stranger, of another time or before its time is not believed", () => {
  const { clock, far, told } = opened((peer) => peer !== cleo!.peer);
  const now = clock.now();
  assert.ok(far.take([{ ...said(ana, now), author: ben!.peer }], ben!.peer).forged);
  for (
    const sent of [
      said(cleo, now),
      said(self, now),
      said(ana, now - FAR_SKEW_MS - 1),
      said(ana, now + FAR_SKEW_MS + 1),
    ]
  ) assert.deepEqual(far.take([sent], ben!.peer), { forged: false, prunes: [] });
  assert.deepEqual([told, far.due(cleo!.peer)], [[], []]);

  const first = said(ana, now);
  far.take([first, said(ana, now + 1)], ben!.peer);
  assert.deepEqual(far.due(cleo!.peer), [first], "one in half a beat");
  clock.advance(FAR_BEAT_MS);
  const gone = said(ana, now + 2, { here: false });
  far.take([said(ana, now + 1), gone, gone, said(ana, now + 3)], ben!.peer);
  assert.deepEqual(
    far.due(cleo!.peer),
    [gone],
    "who goes goes at once, and comes no sooner than in time",
  );
  clock.advance(FAR_BEAT_MS);
  far.take([first, said(ana, now + 1)], ben!.peer);
  assert.deepEqual(far.due(cleo!.peer), [], "nothing counts twice");
  assert.deepEqual(told, [[ana!.peer, true], [ana!.peer, false]]);
});

Deno.test("PRES-6: a crowd that is made up takes no more than its places, and none of those who are here", () => {
  const { clock, far } = opened();
  const now = clock.now();
  far.take([said(ana, now)], ben!.peer);
  const made = Array.from({ length: MAX_FAR + 20 }, (_, n) => said(deviceKeys(1_000 + n), now));
  far.take(made, ben!.peer);
  assert.equal([...far.shown()].length, MAX_FAR);
  assert.ok(far.of(ana!.peer));
  clock.advance(FAR_BEAT_MS);
  far.take([said(deviceKeys(1_000), now + 1, { here: false })], ben!.peer);
  const late = deviceKeys(9_000);
  assert.ok(far.take([{ ...said(ana, now), author: late.peer }], ben!.peer).forged);
  assert.equal([...far.shown()].length, MAX_FAR - 1, "which costs nobody a place");
  far.take([said(late, now)], ben!.peer);
  assert.ok(far.of(late.peer), "who went makes room");
});

Deno.test("PRES-6: a link may tell of so many in a second; a forged one costs it the link", async () => {
  await SimWorld.run(3, async (world) => {
    const node = await world.add();
    const peer = new Intruder(world, node, 50);
    await world.pass(10);
    const now = world.clock.now();
    const most = MAX_HERE_PER_S * PUSH_BURST_S;
    // Of a sender that is not admitted anyway, so that none costs a verification.
    const old = said(ana, now + 2 * FAR_SKEW_MS);
    for (let n = 0; n < most; n += 100) {
      peer.send({ type: "here", space: LOBBY, items: Array(100).fill(old) });
    }
    await world.pass(1);
    peer.send({ type: "here", space: LOBBY, items: [said(ana, now), said(ben, now)] });
    await world.pass(1);
    assert.equal(node.sync.presences.length, 0, "too many");
    await world.pass(BEAT_MS);
    peer.send({ type: "here", space: LOBBY, items: [said(ana, now)] });
    await world.pass(10);
    assert.deepEqual(node.sync.presences.map(([peer]) => peer), [ana!.peer]);
    peer.send({ type: "here", space: LOBBY, items: [{ ...said(ben, now), author: cleo!.peer }] });
    await world.pass(10);
    assert.ok(!peer.isOpen);
    assert.equal(node.sync.presences.length, 0, "and whom it told of are seen no more");
  });
});
