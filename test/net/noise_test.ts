import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  type HandshakeKeys,
  type HandshakePattern,
  NoiseHandshake,
  type Token,
  XXPSK0,
} from "../../core/net/noise.ts";
import { x25519Pair } from "../../core/trust/x25519.ts";
import { seededBytes } from "../fakes/random.ts";
import file from "./noise_vectors.json" with { type: "json" };

interface Side {
  prologue: string;
  ephemeral: string;
  static?: string | undefined;
  remoteStatic?: string | undefined;
  psks?: string[] | undefined;
}

type Vector = Record<string, unknown> & {
  protocol_name: string;
  source: string;
  handshake_hash?: string;
  messages: { payload: string; ciphertext: string }[];
};

const BASE: Record<string, { responderKnown?: boolean; messages: Token[][] }> = {
  NN: { messages: [["e"], ["e", "ee"]] },
  IK: { responderKnown: true, messages: [["e", "es", "s", "ss"], ["e", "ee", "se"]] },
  XX: { messages: [["e"], ["e", "ee", "s", "es"], ["s", "se"]] },
};

/** The pattern of a protocol name: `psk0` goes before the first message, `pskN` after message N. */
function patternOf(protocol: string): HandshakePattern {
  const name = protocol.split("_")[1] ?? "";
  const base = BASE[name.slice(0, 2)];
  assert.ok(base, `${name} is known`);
  const messages = base.messages.map((tokens) => [...tokens]);
  for (const [, number] of name.matchAll(/psk(\d)/g)) {
    if (number === "0") messages[0]?.unshift("psk");
    else messages[Number(number) - 1]?.push("psk");
  }
  return { ...base, name, messages };
}

function side(vector: Vector, who: "init" | "resp"): Side {
  const field = (name: string) => vector[`${who}_${name}`] as string;
  return {
    prologue: field("prologue"),
    ephemeral: field("ephemeral"),
    static: field("static"),
    remoteStatic: field("remote_static"),
    psks: vector[`${who}_psks`] as string[] | undefined,
  };
}

function open(pattern: HandshakePattern, initiator: boolean, given: Side): NoiseHandshake {
  const keys: HandshakeKeys = {
    ephemeral: x25519Pair(bytes(given.ephemeral)),
    psks: (given.psks ?? []).map(bytes),
    ...(given.static ? { staticPair: x25519Pair(bytes(given.static)) } : {}),
    ...(given.remoteStatic ? { remoteStatic: bytes(given.remoteStatic) } : {}),
  };
  return new NoiseHandshake(pattern, initiator, bytes(given.prologue), keys);
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}

for (const [index, vector] of (file.vectors as Vector[]).entries()) {
  Deno.test(`noise: ${vector.source} vector ${index}, ${vector.protocol_name}`, () => {
    const pattern = patternOf(vector.protocol_name);
    const initiator = open(pattern, true, side(vector, "init"));
    const responder = open(pattern, false, side(vector, "resp"));
    const handshake = vector.messages.slice(0, pattern.messages.length);
    for (const [turn, { payload, ciphertext }] of handshake.entries()) {
      const [writer, reader] = turn % 2 === 0 ? [initiator, responder] : [responder, initiator];
      const message = writer.write(bytes(payload));
      assert.equal(hex(message), ciphertext);
      assert.equal(hex(reader.read(message)), payload);
    }
    assert.equal(hex(initiator.hash), hex(responder.hash));
    if (vector.handshake_hash) assert.equal(hex(initiator.hash), vector.handshake_hash);
    const [one, two] = [initiator.split(), responder.split()];
    for (const [at, { payload, ciphertext }] of vector.messages.entries()) {
      if (at < handshake.length) continue;
      const [writer, reader] = at % 2 === 0 ? [one, two] : [two, one];
      const into = new Uint8Array(ciphertext.length / 2);
      assert.equal(writer.send.seal([bytes(payload)], into), into.length);
      assert.equal(hex(into), ciphertext);
      assert.equal(hex(reader.receive.open(into)), payload);
    }
  });
}

function strangers(): [NoiseHandshake, NoiseHandshake] {
  const random = seededBytes(3);
  const psks = [random(32)];
  const make = (initiator: boolean) =>
    new NoiseHandshake(XXPSK0, initiator, bytes("00"), {
      staticPair: x25519Pair(random(32)),
      ephemeral: x25519Pair(random(32)),
      psks,
    });
  return [make(true), make(false)];
}

Deno.test("noise: a handshake goes in turns, and ends when all messages went", () => {
  const [initiator, responder] = strangers();
  assert.throws(() => responder.write(bytes("")), /turn/);
  assert.throws(() => initiator.split(), /missing/);
  const first = initiator.write(bytes(""));
  assert.throws(() => initiator.write(bytes("")), /turn/);
  responder.read(first);
  assert.throws(() => responder.read(first), /turn/);
  assert.throws(() => responder.split(), /missing/);
});

Deno.test("noise: a message cut anywhere is refused", () => {
  const [initiator] = strangers();
  const first = initiator.write(bytes(""));
  for (let length = 0; length < first.length; length++) {
    const [, responder] = strangers();
    assert.throws(() => responder.read(first.subarray(0, length)));
  }
});

Deno.test("noise: a handshake that was given up can make no more keys", () => {
  const [initiator, responder] = strangers();
  responder.read(initiator.write(bytes("")));
  initiator.wipe();
  assert.throws(() => initiator.read(responder.write(bytes(""))));
});
