import { Buffer } from "node:buffer";
import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import { CERTIFICATE_BYTES, readCertificate } from "../trust/certificate.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { Door } from "../trust/door.ts";
import { X25519_BYTES, x25519Pair } from "../trust/x25519.ts";
import { TAG_BYTES } from "./cipher_state.ts";
import { beginAt, checkDoor, doorOpenedBy } from "./door_try.ts";
import { NoiseHandshake, type TransportKeys, XXPSK0 } from "./noise.ts";
import { readExactly, writeAll } from "./stream.ts";
import type { Connection } from "./transport.ts";

/** How long a whole handshake may take, whoever is slow, in milliseconds. */
export const HANDSHAKE_MS = 5_000;

/**
 * The bytes of the three messages. Each has one length only, so none is announced and nothing that a
 * stranger says decides how much is read.
 */
export const HANDSHAKE_BYTES = [
  X25519_BYTES + TAG_BYTES,
  X25519_BYTES + X25519_BYTES + TAG_BYTES + CERTIFICATE_BYTES + TAG_BYTES,
  X25519_BYTES + TAG_BYTES + CERTIFICATE_BYTES + TAG_BYTES,
] as const;

const NOTHING = new Uint8Array(0);

/**
 * Why there is no session: the other side `closed`, was not done at the `deadline`, was `refused` (no door
 * opened, other version, altered bytes, a bad certificate), is this very device (`self`), or closed without a
 * byte of answer (`unanswered`), as a node does where the dialler's door is not.
 */
export type HandshakeFailure = "closed" | "deadline" | "refused" | "self" | "unanswered";

/** A handshake that failed; its connection is closed. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";

  constructor(readonly failure: HandshakeFailure, state: string, cause?: unknown) {
    super(`Cannot open a link: ${state}`, { cause });
  }
}

/** What a handshake needs on either side. */
interface HandshakeParts {
  readonly keys: DeviceKeys;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** What a handshake needs: who dials picks one door, who is dialled opens those that it has. */
export type HandshakeOptions =
  & HandshakeParts
  & (
    | { readonly initiator: true; readonly door: Door }
    /** Asked when the first message is there; the likeliest first, each time the same objects. */
    | { readonly initiator: false; readonly doors: () => readonly Door[] }
  );

/** An authenticated peer, and the keys of both directions. */
export interface Session extends TransportKeys {
  readonly peer: PeerId;
  /** The hash of this handshake, 32 bytes: the same on both sides, another for each link. */
  readonly binding: Uint8Array;
  /** The peer's Noise static key, 32 bytes. */
  readonly noiseKey: Uint8Array;
  /** The peer's certificate for it, 96 bytes. */
  readonly certificate: Uint8Array;
  /** The door that both have. */
  readonly door: Door;
}

/** Who answered, and the handshake that proved it. */
interface Proven {
  readonly noise: NoiseHandshake;
  readonly door: Door;
  readonly peer: PeerId;
  readonly certificate: Uint8Array;
}

/**
 * Proves this device to the other side and the other side to this device (PROTOCOL.md, HAND). It reads
 * no byte past the handshake.
 * @throws {HandshakeError} after closing the connection.
 * @throws {RangeError} if the pre-shared key of the dialler's door is not 32 bytes.
 */
export async function shakeHands(
  connection: Connection,
  options: HandshakeOptions,
): Promise<Session> {
  if (options.initiator) checkDoor(options.door);
  let late = false;
  const deadline = options.clock.after(HANDSHAKE_MS, () => {
    late = true;
    connection.close();
  });
  try {
    const proven = options.initiator
      ? await initiate(connection, options)
      : await respond(connection, options);
    const { noise, peer, certificate, door } = proven;
    // The deadline may have closed the connection while the last bytes were on their way to here.
    if (late) {
      noise.wipe();
      throw new HandshakeError("deadline", "too late");
    }
    const binding = Uint8Array.from(noise.hash);
    const noiseKey = noise.remoteStatic ?? NOTHING;
    return { peer, certificate, door, binding, noiseKey, ...noise.split() };
  } catch (error) {
    connection.close();
    if (late) throw new HandshakeError("deadline", `not done in ${HANDSHAKE_MS} ms`, error);
    if (error instanceof HandshakeError) throw error;
    throw new HandshakeError("closed", "the connection broke during the handshake", error);
  } finally {
    deadline.cancel();
  }
}

async function initiate(
  connection: Connection,
  options: Extract<HandshakeOptions, { initiator: true }>,
): Promise<Proven> {
  const { keys, door } = options;
  return await wiping(noiseAt(door, options), async (noise) => {
    await send(connection, noise, NOTHING);
    const second = await readAnswer(connection);
    const certificate = refusing(() => noise.read(second));
    const peer = identify(noise, certificate, keys);
    await send(connection, noise, keys.certificate);
    return { noise, door, peer, certificate };
  });
}

async function respond(
  connection: Connection,
  options: Extract<HandshakeOptions, { initiator: false }>,
): Promise<Proven> {
  const { keys, doors } = options;
  const first = await readMessage(connection, HANDSHAKE_BYTES[0]);
  const door = doorOpenedBy(first, doors());
  if (!door) throw new HandshakeError("refused", "the other side has no door of this node's");
  return await wiping(noiseAt(door, options), async (noise) => {
    refusing(() => noise.read(first));
    await send(connection, noise, keys.certificate);
    const third = await readMessage(connection, HANDSHAKE_BYTES[2]);
    const certificate = refusing(() => noise.read(third));
    return { noise, door, peer: identify(noise, certificate, keys), certificate };
  });
}

/** Runs a handshake; one that fails leaves no key behind. */
async function wiping(
  noise: NoiseHandshake,
  run: (noise: NoiseHandshake) => Promise<Proven>,
): Promise<Proven> {
  try {
    return await run(noise);
  } catch (error) {
    noise.wipe();
    throw error;
  }
}

/** One side's handshake through a door, with a fresh ephemeral key. */
function noiseAt(door: Door, { keys, initiator, random }: HandshakeOptions): NoiseHandshake {
  const begun = beginAt(door);
  const secret = random(X25519_BYTES);
  const ephemeral = x25519Pair(secret);
  secret.fill(0);
  return new NoiseHandshake(XXPSK0, initiator, begun, { staticPair: keys.noise, ephemeral });
}

/** Writes the next message. */
async function send(
  connection: Connection,
  noise: NoiseHandshake,
  payload: Uint8Array,
): Promise<void> {
  await writeAll(connection, refusing(() => noise.write(payload)));
}

async function readMessage(connection: Connection, length: number): Promise<Uint8Array> {
  const message = await readExactly(connection, length);
  if (!message) throw new HandshakeError("closed", "the other side ended the handshake");
  return message;
}

/** Reads the second message; tells an end before its first byte from any other. */
async function readAnswer(connection: Connection): Promise<Uint8Array> {
  let first: Uint8Array | null = null;
  let cause: unknown;
  try {
    first = await readExactly(connection, 1);
  } catch (error) {
    cause = error;
  }
  if (!first) {
    throw new HandshakeError("unanswered", "the other side gave no answer: another door", cause);
  }
  const rest = await readMessage(connection, HANDSHAKE_BYTES[1] - 1);
  return Buffer.concat([first, rest]);
}

function refusing<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw new HandshakeError("refused", "the other side has another key or version", error);
  }
}

/** The peer whose certificate this is, which must be for the static key that it proved to have. */
function identify(noise: NoiseHandshake, certificate: Uint8Array, keys: DeviceKeys): PeerId {
  let peer: PeerId;
  try {
    peer = readCertificate(certificate, noise.remoteStatic ?? NOTHING);
  } catch (error) {
    throw new HandshakeError("refused", "the other side's certificate is not valid", error);
  }
  if (peer === keys.peer) throw new HandshakeError("self", "the other side is this device");
  return peer;
}
