import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { RandomBytes } from "../../core/base/random.ts";
import {
  HANDSHAKE_BYTES,
  HandshakeError,
  type HandshakeFailure,
  type HandshakeOptions,
  type Session,
  shakeHands,
} from "../../core/net/handshake.ts";
import { NoiseHandshake, XXPSK0 } from "../../core/net/noise.ts";
import type { Connection } from "../../core/net/transport.ts";
import { type Door, doorOf, LOBBY_DOOR } from "../../core/trust/door.ts";
import { LOBBY_PSK } from "../../core/trust/lobby.ts";
import { type X25519Pair, x25519Pair } from "../../core/trust/x25519.ts";
import { FakeClock } from "../fakes/clock.ts";
import { deviceKeys } from "../fakes/device.ts";
import { seededBytes } from "../fakes/random.ts";
import { sideOf } from "../fakes/sides.ts";
import { ScriptedConnection } from "../fakes/scripted_connection.ts";
import { FakeNetwork } from "../fakes/transport.ts";
import { connectionPair } from "../fakes/link_pair.ts";

export const PROLOGUE = Buffer.from("earshot/1");
/** Three devices. */
export const [ALICE, BOB, MALLORY] = [deviceKeys(1), deviceKeys(2), deviceKeys(3)];
export const NOTHING = new Uint8Array(0);

interface Changes extends Partial<Pick<HandshakeOptions, "keys" | "clock" | "random">> {
  readonly doors?: readonly Door[];
}

/** What Alice brings, dialling, or Bob, answering. */
export function options(
  initiator: boolean,
  { doors, ...change }: Changes = {},
): HandshakeOptions {
  return {
    keys: initiator ? ALICE : BOB,
    ...sideOf(initiator, doors),
    clock: new FakeClock(),
    random: seededBytes(initiator ? 11 : 12),
    ...change,
  };
}

/** Keeps what one side wrote. */
export function recorded(connection: Connection, written: Uint8Array[]): Connection {
  return {
    remote: connection.remote,
    read: (into) => connection.read(into),
    write: async (bytes) => {
      const count = await connection.write(bytes);
      written.push(bytes.slice(0, count));
      return count;
    },
    close: () => connection.close(),
  };
}

/** The three messages of Alice's handshake with Bob, made with the randomness of {@linkcode options}. */
export async function transcript(): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
  const [a, b] = await connectionPair(new FakeNetwork(1));
  const [fromA, fromB]: [Uint8Array[], Uint8Array[]] = [[], []];
  await Promise.all([
    shakeHands(recorded(a, fromA), options(true)),
    shakeHands(recorded(b, fromB), options(false)),
  ]);
  a.close();
  b.close();
  const all = Buffer.concat(fromA);
  const [first, second] = HANDSHAKE_BYTES;
  assert.equal(Buffer.concat(fromB).length, second);
  assert.equal(all.length, first + HANDSHAKE_BYTES[2]);
  return [all.subarray(0, first), Buffer.concat(fromB), all.subarray(first)];
}

/** How a handshake failed. */
export async function failure(handshake: Promise<Session>): Promise<HandshakeFailure | "no error"> {
  try {
    await handshake;
  } catch (error) {
    if (error instanceof HandshakeError) return error.failure;
    throw error;
  }
  return "no error";
}

/** Doors of a node that has several. */
export const DOORS: readonly Door[] = [
  doorOf(seededBytes(21)(32), "club"),
  LOBBY_DOOR,
  doorOf(seededBytes(22)(32), "choir"),
];

/** What comes of a handshake when the other side sends `script`. */
export async function against(
  initiator: boolean,
  ...script: Uint8Array[]
): Promise<{ outcome: HandshakeFailure | "no error"; answered: number }> {
  const connection = new ScriptedConnection(Buffer.concat(script));
  const clock = new FakeClock();
  const doors = initiator ? [LOBBY_DOOR] : DOORS;
  const outcome = await failure(shakeHands(connection, options(initiator, { clock, doors })));
  assert.equal(connection.closed, outcome !== "no error", "a failed handshake closes");
  assert.equal(clock.waiting, 0, "no timer is left");
  return { outcome, answered: Buffer.concat(connection.written).length };
}

/** A side that does Noise by the rules and lies otherwise. */
export function liar(
  initiator: boolean,
  staticPair: X25519Pair,
  ephemeral = fresh(),
): NoiseHandshake {
  return new NoiseHandshake(XXPSK0, initiator, PROLOGUE, {
    staticPair,
    ephemeral,
    psks: [LOBBY_PSK],
  });
}

/** A key pair that is the same at every run. */
export function fresh(random: RandomBytes = seededBytes(13)): X25519Pair {
  return x25519Pair(random(32));
}

/** Reads exactly `length` bytes. */
export async function readMessage(connection: Connection, length: number): Promise<Uint8Array> {
  const message = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(message.subarray(at));
    assert.ok(count !== null, "the connection ended");
    at += count;
  }
  return message;
}

/** Writes all of `bytes`. */
export async function write(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** How Alice, dialling, and Bob, answering, take a peer with this static key and this certificate. */
export async function takenFor(staticPair: X25519Pair, certificate: Uint8Array): Promise<string[]> {
  const outcomes: string[] = [];
  const [one, other] = await connectionPair(new FakeNetwork(1));
  const alice = failure(shakeHands(one, options(true)));
  const responder = liar(false, staticPair);
  responder.read(await readMessage(other, HANDSHAKE_BYTES[0]));
  await write(other, responder.write(certificate));
  outcomes.push(await alice);
  const [here, there] = await connectionPair(new FakeNetwork(1));
  const bob = failure(shakeHands(there, options(false)));
  const initiator = liar(true, staticPair);
  await write(here, initiator.write(NOTHING));
  initiator.read(await readMessage(here, HANDSHAKE_BYTES[1]));
  await write(here, initiator.write(certificate));
  outcomes.push(await bob);
  for (const connection of [one, other, here, there]) connection.close();
  return outcomes;
}
