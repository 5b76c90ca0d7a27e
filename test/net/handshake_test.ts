import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { HANDSHAKE_MS, shakeHands } from "../../core/net/handshake.ts";
import { NoiseHandshake, XXPSK0 } from "../../core/net/noise.ts";
import type { Connection } from "../../core/net/transport.ts";
import { doorOf, LOBBY_DOOR } from "../../core/trust/door.ts";
import { LOBBY_PSK } from "../../core/trust/lobby.ts";
import { FakeClock } from "../fakes/clock.ts";
import { connectionPair } from "../fakes/link_pair.ts";
import { seededBytes } from "../fakes/random.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";
import { settle } from "../fakes/settle.ts";
import { FakeNetwork } from "../fakes/transport.ts";
import {
  against,
  ALICE,
  BOB,
  failure,
  fresh,
  NOTHING,
  options,
  readMessage,
  recorded,
  transcript,
  write,
} from "./handshake_sides.ts";

Deno.test("HAND: each side learns who the other is, and no byte past the handshake is read", async () => {
  const [a, b] = await connectionPair(new FakeNetwork(1));
  const [alice, bob] = await Promise.all([
    shakeHands(a, options(true)).then(async (session) => {
      await write(a, Buffer.from("after"));
      return session;
    }),
    shakeHands(b, options(false)),
  ]);
  assert.equal(alice.peer, BOB.peer);
  assert.equal(bob.peer, ALICE.peer);
  assert.equal(String(await readMessage(b, 5)), "after");
  const sealed = new Uint8Array(20);
  alice.send.seal([Buffer.from("text")], sealed);
  assert.equal(Buffer.from(bob.receive.open(sealed)).toString(), "text");
  a.close();
  b.close();
});

Deno.test("HAND: another pre-shared key gets no answer, and costs the first message only", async () => {
  const [a, b] = await connectionPair(new FakeNetwork(1));
  const answers: Uint8Array[] = [];
  const door = doorOf(seededBytes(9)(32), "another");
  const [alice, bob] = await Promise.all([
    failure(shakeHands(a, options(true, { doors: [door] }))),
    failure(shakeHands(recorded(b, answers), options(false))),
  ]);
  assert.equal(bob, "refused");
  assert.equal(alice, "unanswered");
  assert.equal(Buffer.concat(answers).length, 0);
  assert.deepEqual(await against(false, seededBytes(5)(48)), { outcome: "refused", answered: 0 });
});

Deno.test("HAND: another version, in the prologue, is refused without an answer", async () => {
  const other = new NoiseHandshake(XXPSK0, true, Buffer.from("earshot/2"), {
    staticPair: ALICE.noise,
    ephemeral: fresh(),
    psks: [LOBBY_PSK],
  });
  const taken = await against(false, other.write(NOTHING));
  assert.deepEqual(taken, { outcome: "refused", answered: 0 });
});

Deno.test("hostile 7: a connection to oneself is closed", async () => {
  const [a, b] = await connectionPair(new FakeNetwork(1));
  const outcomes = await Promise.all([
    failure(shakeHands(a, options(true, { keys: ALICE }))),
    failure(shakeHands(b, options(false, { keys: ALICE }))),
  ]);
  assert.deepEqual(outcomes, ["self", "closed"]);
});

Deno.test("hostile 27: 500 half-open and dripping peers are freed at the deadline of 5 s", async () => {
  const [first] = await transcript();
  const clock = new FakeClock();
  const scripts = [NOTHING, first.subarray(0, 1), first.subarray(0, 47), first];
  const open = Array.from({ length: 500 }, (_, index) => {
    const connection = new ScriptedConnection(
      scripts[index % scripts.length] ?? NOTHING,
      "silence",
    );
    return { connection, outcome: failure(shakeHands(connection, options(false, { clock }))) };
  });
  await settle();
  clock.advance(HANDSHAKE_MS - 1);
  await settle();
  assert.ok(open.every(({ connection }) => !connection.closed));
  clock.advance(1);
  for (const { connection, outcome } of open) {
    assert.ok(connection.closed);
    assert.equal(await outcome, "deadline");
  }
  assert.equal(clock.waiting, 0);
});

Deno.test("hostile 27: a peer that sends a byte a second does not get past the deadline", async () => {
  const [first] = await transcript();
  const [a, b] = await connectionPair(new FakeNetwork(1));
  const clock = new FakeClock();
  const outcome = failure(shakeHands(b, options(false, { clock })));
  for (let second = 0; second * 1000 < HANDSHAKE_MS; second++) {
    await write(a, first.subarray(second, second + 1));
    await settle();
    clock.advance(1000);
  }
  assert.equal(await outcome, "deadline");
  a.close();
});

Deno.test("HAND: a connection that breaks, and a key of the wrong length", async () => {
  const network = new FakeNetwork();
  const accepted = Promise.withResolvers<Connection>();
  await network.host("b").listen(["b"], 1, accepted.resolve);
  const a = await network.host("a").dial({ host: "b", port: 1 }, new AbortController().signal);
  const outcome = failure(shakeHands(a, options(true)));
  await settle();
  network.reset("a", "b");
  assert.equal(await outcome, "unanswered");
  const short = { ...LOBBY_DOOR, psk: new Uint8Array(31) };
  await assert.rejects(shakeHands(a, options(true, { doors: [short] })), RangeError);
  (await accepted.promise).close();
});
