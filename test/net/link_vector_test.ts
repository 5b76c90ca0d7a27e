import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FRAME_OVERHEAD_BYTES, FrameReader, FrameType, FrameWriter } from "../../core/net/frame.ts";
import { type Session, shakeHands } from "../../core/net/handshake.ts";
import { DeviceKeys } from "../../core/trust/device_keys.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { LOBBY_PSK } from "../../core/trust/lobby.ts";
import { FakeClock } from "../fakes/clock.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";
import { sideOf } from "../fakes/sides.ts";
import vector from "./link_vector.json" with { type: "json" };

type Side = "initiator" | "responder";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");

/** Plays one side of the example against what the other side is written to say. */
async function play(side: Side): Promise<{ session: Session; said: string }> {
  const { signing, noise, ephemeral, peer, certificate } = vector[side];
  const keys = new DeviceKeys(bytes(signing), bytes(noise));
  assert.equal(keys.peer, peer);
  assert.equal(hex(keys.certificate), certificate);
  const [first, second, third] = vector.handshake;
  const heard = side === "initiator" ? second : `${first}${third}`;
  const connection = new ScriptedConnection(bytes(heard ?? ""));
  const session = await shakeHands(connection, {
    keys,
    ...sideOf(side === "initiator"),
    clock: new FakeClock(),
    random: () => bytes(ephemeral),
  });
  return { session, said: hex(Buffer.concat(connection.written)) };
}

Deno.test("HAND: the example of PROTOCOL.md is what both sides say, to the byte", async () => {
  const [first, second, third] = vector.handshake;
  const [initiator, responder] = [await play("initiator"), await play("responder")];
  assert.equal(hex(LOBBY_PSK), vector.psk);
  assert.equal(hex(LOBBY_DOOR.psk), vector.psk);
  assert.equal(initiator.said, `${first}${third}`);
  assert.equal(responder.said, second);
  assert.equal(initiator.session.peer, vector.responder.peer);
  assert.equal(responder.session.peer, vector.initiator.peer);
  for (const { session } of [initiator, responder]) {
    assert.equal(hex(session.binding), vector.binding);
    assert.equal(session.door, LOBBY_DOOR);
  }
  assert.equal(hex(initiator.session.certificate), vector.responder.certificate);
  assert.equal(hex(responder.session.certificate), vector.initiator.certificate);
  const directions = [
    [vector.frames.initiator, initiator.session.send, responder.session.receive],
    [vector.frames.responder, responder.session.send, initiator.session.receive],
  ] as const;
  for (const [{ type, body, wire }, send, receive] of directions) {
    const into = new Uint8Array(body.length / 2 + FRAME_OVERHEAD_BYTES);
    new FrameWriter(send).write(type, bytes(body), into);
    assert.equal(hex(into), wire);
    const reader = new FrameReader(receive);
    reader.space.set(into);
    const [frame] = reader.take(into.length);
    assert.deepEqual([frame?.type, hex(frame?.body ?? into)], [type, body]);
  }
  assert.deepEqual([vector.frames.initiator.type, vector.frames.responder.type], [
    FrameType.message,
    FrameType.ping,
  ]);
});
