import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { MAX_DOORS } from "../../core/net/door_try.ts";
import { HANDSHAKE_BYTES, type Session, shakeHands } from "../../core/net/handshake.ts";
import { Mesh } from "../../core/net/mesh.ts";
import { OwnInstance } from "../../core/net/own_instance.ts";
import { openLink } from "../../core/net/secure_link.ts";
import { silentLog } from "../../core/base/log.ts";
import { type Door, doorOf, LOBBY_DOOR } from "../../core/trust/door.ts";
import { FakeClock } from "../fakes/clock.ts";
import { connectionPair } from "../fakes/link_pair.ts";
import { quiet } from "../fakes/quiet.ts";
import { seededBytes } from "../fakes/random.ts";
import { FakeNetwork } from "../fakes/transport.ts";
import { ALICE, BOB, failure, MALLORY, options } from "./handshake_sides.ts";

const doors = (count: number) =>
  Array.from({ length: count }, (_, index) => doorOf(seededBytes(index)(32), `door ${index}`));

async function meet(
  door: Door,
  own: readonly Door[],
  seed = 40,
): Promise<{ alice: Session; bob: Session }> {
  const [a, b] = await connectionPair(new FakeNetwork(1));
  const [alice, bob] = await Promise.all([
    shakeHands(a, options(true, { doors: [door], random: seededBytes(seed) })),
    shakeHands(b, options(false, { doors: own, random: seededBytes(seed + 1) })),
  ]);
  a.close();
  b.close();
  return { alice, bob };
}

Deno.test("HAND-10: the first of the responder's doors that opens is the door of both", async () => {
  const own = [...doors(5), LOBBY_DOOR];
  for (const door of own) {
    const { alice, bob } = await meet(door, own);
    assert.equal(alice.door, door);
    assert.equal(bob.door, door);
  }
  const twin = { ...own[3]!, name: "the same key again" };
  const { bob } = await meet(own[3]!, [twin, ...own]);
  assert.equal(bob.door, twin, "the order is the responder's");
});

Deno.test("HAND-10: no more doors are tried than the limit, and the list is asked each time", async () => {
  const own = doors(MAX_DOORS + 1);
  assert.equal((await meet(own[MAX_DOORS - 1]!, own)).bob.door, own[MAX_DOORS - 1]);
  const refused = async (door: Door, list: readonly Door[]) => {
    const [a, b] = await connectionPair(new FakeNetwork(1));
    return await Promise.all([
      failure(shakeHands(a, options(true, { doors: [door] }))),
      failure(shakeHands(b, options(false, { doors: list }))),
    ]);
  };
  assert.deepEqual(await refused(own[MAX_DOORS]!, own), ["unanswered", "refused"]);
  assert.deepEqual(await refused(LOBBY_DOOR, []), ["unanswered", "refused"]);
  const changing: Door[] = [];
  assert.deepEqual(await refused(LOBBY_DOOR, changing), ["unanswered", "refused"]);
  changing.push(LOBBY_DOOR);
  assert.equal((await meet(LOBBY_DOOR, changing)).bob.door, LOBBY_DOOR);
});

Deno.test("HAND-11: both sides bind to the same 32 bytes, others at each handshake", async () => {
  const bindings = new Set<string>();
  for (let seed = 0; seed < 10; seed++) {
    const { alice, bob } = await meet(LOBBY_DOOR, [LOBBY_DOOR], 100 + 2 * seed);
    assert.equal(alice.binding.length, 32);
    assert.deepEqual(alice.binding, bob.binding);
    bindings.add(alice.binding.toHex());
    assert.deepEqual(Buffer.from(alice.noiseKey), Buffer.from(BOB.noise.publicKey));
    assert.deepEqual(Buffer.from(bob.noiseKey), Buffer.from(ALICE.noise.publicKey));
    assert.deepEqual(Buffer.from(alice.certificate), Buffer.from(BOB.certificate));
    assert.deepEqual(Buffer.from(bob.certificate), Buffer.from(ALICE.certificate));
  }
  assert.equal(bindings.size, 10);
});

Deno.test("HAND-10: a handshake through a door leaves the next one through it as it was", async () => {
  const [door] = doors(1) as [Door];
  const first = await meet(door, [LOBBY_DOOR, door]);
  const [a, b] = await connectionPair(new FakeNetwork(1));
  await Promise.all([
    failure(shakeHands(a, options(true, { doors: [LOBBY_DOOR] }))),
    failure(shakeHands(b, options(false, { doors: [door] }))),
  ]);
  const again = await meet(door, [LOBBY_DOOR, door]);
  assert.deepEqual(again.alice.binding, first.alice.binding, "same random bytes, same handshake");
});

Deno.test("hostile 2: a flood of junk at a node with eight doors gets no byte, and members get in", async () => {
  const network = new FakeNetwork();
  const clock = new FakeClock();
  const own = doors(8);
  const open = async (host: string, keys: typeof ALICE, with_: readonly Door[], seed: number) => {
    const random = seededBytes(seed);
    const common = { keys, clock, log: silentLog, random };
    return await Mesh.open({
      self: keys.peer,
      instance: new OwnInstance(random),
      doors: () => with_,
      admits: () => true,
      circles: () => [],
      seeks: () => false,
      transport: network.host(host),
      openLink: (connection, door) =>
        openLink(
          connection,
          door
            ? { ...common, initiator: true, door }
            : { ...common, initiator: false, doors: () => with_ },
        ),
      hosts: () => [host],
      port: 4_000,
      clock,
      log: silentLog,
      random,
      onLink: (link) => link.start(() => {}),
    });
  };
  const target = await open("10.0.0.1", ALICE, own, 1);
  const stranger = network.host("10.0.0.66");
  const junk = seededBytes(7);
  const never = new AbortController().signal;
  const flood = async (count: number) => {
    for (let index = 0; index < count; index++) {
      const connection = await stranger.dial({ host: "10.0.0.1", port: 4_000 }, never);
      await connection.write(junk(HANDSHAKE_BYTES[0]));
      assert.equal(await connection.read(new Uint8Array(1)), null, "closed without a byte");
      connection.close();
    }
  };
  const member = await open("10.0.0.2", BOB, [own[6]!], 2);
  await flood(1_000);
  const flooding = flood(1_000);
  member.add({ host: "10.0.0.1", port: 4_000 });
  await flooding;
  await quiet();
  assert.deepEqual([...target.links.keys()], [BOB.peer]);
  const late = await open("10.0.0.3", MALLORY, [own[7]!], 3);
  late.add({ host: "10.0.0.1", port: 4_000 });
  await quiet();
  assert.deepEqual(new Set(target.links.keys()), new Set([BOB.peer, MALLORY.peer]));
  const closing = Promise.all([target, member, late].map((mesh) => mesh.close()));
  await quiet();
  clock.advance(2_000);
  await closing;
  assert.equal(network.openSides, 0);
  assert.equal(clock.waiting, 0);
});
