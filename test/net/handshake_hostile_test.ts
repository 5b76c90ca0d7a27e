import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { HANDSHAKE_BYTES, shakeHands } from "../../core/net/handshake.ts";
import { deviceKeys } from "../fakes/device.ts";
import { connectionPair } from "../fakes/link_pair.ts";
import { seededBytes } from "../fakes/random.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";
import { FakeNetwork } from "../fakes/transport.ts";
import {
  against,
  failure,
  fresh,
  liar,
  MALLORY,
  NOTHING,
  options,
  readMessage,
  takenFor,
  transcript,
  write,
} from "./handshake_sides.ts";

Deno.test("hostile 3: every flipped bit of every handshake message is refused", async () => {
  const [first, second, third] = await transcript();
  assert.equal((await against(false, first, third)).outcome, "no error", "unaltered it is taken");
  assert.equal((await against(true, second)).outcome, "no error", "unaltered it is taken");
  const flips = async (
    message: Uint8Array,
    attempt: (altered: Uint8Array) => ReturnType<typeof against>,
    answer: number,
  ) => {
    for (let bit = 0; bit < message.length * 8; bit++) {
      const altered = Uint8Array.from(message);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { outcome, answered } = await attempt(altered);
      assert.equal(outcome, "refused", `bit ${bit}`);
      assert.equal(answered, answer, `bit ${bit}`);
    }
  };
  await flips(first, (altered) => against(false, altered, third), 0);
  await flips(second, (altered) => against(true, altered), HANDSHAKE_BYTES[0]);
  await flips(third, (altered) => against(false, first, altered), HANDSHAKE_BYTES[1]);
});

Deno.test("hostile 26: a session cut at any byte of the handshake ends in an error", async () => {
  const [first, second, third] = await transcript();
  const fromAlice = Buffer.concat([first, third]);
  for (let length = 0; length < fromAlice.length; length++) {
    assert.equal((await against(false, fromAlice.subarray(0, length))).outcome, "closed");
  }
  for (let length = 0; length < second.length; length++) {
    const { outcome } = await against(true, second.subarray(0, length));
    assert.equal(outcome, length === 0 ? "unanswered" : "closed");
  }
});

Deno.test("hostile 6: a recorded handshake is refused when it is played again", async () => {
  const [first, second, third] = await transcript();
  const again = async (initiator: boolean, ...script: Uint8Array[]) => {
    const connection = new ScriptedConnection(Buffer.concat(script));
    return await failure(
      shakeHands(connection, options(initiator, { random: seededBytes(99) })),
    );
  };
  assert.equal(await again(false, first, third), "refused");
  assert.equal(await again(true, second), "refused");
});

Deno.test("hostile 7: one's own handshake messages sent back are refused", async () => {
  const [first, second] = await transcript();
  assert.equal((await against(true, first)).outcome, "closed");
  assert.equal((await against(true, first, new Uint8Array(144))).outcome, "refused");
  assert.equal((await against(false, first, second)).outcome, "refused");
});

Deno.test("hostile 4: an X25519 key of small order is refused, as ephemeral and as static key", async () => {
  const keys = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000080",
  ];
  for (const key of keys) {
    // The secret is an honest one's: what the liar computes does not matter, nothing must come of it.
    const small = { ...fresh(), publicKey: Uint8Array.fromHex(key) };
    const first = liar(true, MALLORY.noise, small).write(NOTHING);
    assert.deepEqual(await against(false, first), { outcome: "refused", answered: 0 }, key);
    const responder = liar(false, MALLORY.noise, small);
    const [one, other] = await connectionPair(new FakeNetwork(1));
    const alice = failure(shakeHands(one, options(true)));
    responder.read(await readMessage(other, HANDSHAKE_BYTES[0]));
    await write(other, responder.write(MALLORY.certificate));
    assert.equal(await alice, "refused", key);
    other.close();
    assert.deepEqual(await takenFor(small, MALLORY.certificate), ["refused", "refused"], key);
  }
});

Deno.test("hostile 8: the Noise key of one device with the certificate of another is refused", async () => {
  assert.deepEqual(await takenFor(MALLORY.noise, MALLORY.certificate), ["no error", "no error"]);
  const carol = deviceKeys(4);
  assert.deepEqual(await takenFor(MALLORY.noise, carol.certificate), ["refused", "refused"]);
  const mixed = Buffer.concat([
    carol.certificate.subarray(0, 32),
    MALLORY.certificate.subarray(32),
  ]);
  assert.deepEqual(await takenFor(MALLORY.noise, mixed), ["refused", "refused"]);
});

Deno.test("hostile 5: a certificate by a key that verifies everything is refused", async () => {
  const certificate = new Uint8Array(96);
  certificate[0] = certificate[32] = 1;
  assert.deepEqual(await takenFor(MALLORY.noise, certificate), ["refused", "refused"]);
});
