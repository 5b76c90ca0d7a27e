import { Buffer } from "node:buffer";
import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import { CERTIFICATE_BYTES, readCertificate } from "../trust/certificate.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import { PSK_BYTES } from "../trust/lobby.ts";
import { X25519_BYTES, x25519Pair } from "../trust/x25519.ts";
import { TAG_BYTES } from "./cipher_state.ts";
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

const PROLOGUE = Buffer.from("earshot/1");
const NOTHING = new Uint8Array(0);

/**
 * Why there is no session: the other side `closed`, was not done at the `deadline`, was `refused` (other
 * pre-shared key or version, altered bytes, a bad certificate), or is this very device (`self`).
 */
export type HandshakeFailure = "closed" | "deadline" | "refused" | "self";

/** A handshake that failed; its connection is closed. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";

  constructor(readonly failure: HandshakeFailure, state: string, cause?: unknown) {
    super(`Cannot open a link: ${state}`, { cause });
  }
}

/** What a handshake needs. */
export interface HandshakeOptions {
  readonly keys: DeviceKeys;
  /** The pre-shared key, 32 bytes: `LOBBY_PSK` or a secret. Without it the other side gets no answer. */
  readonly psk: Uint8Array;
  /** Whether this node dialled. */
  readonly initiator: boolean;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** An authenticated peer, and the keys of both directions. */
export interface Session extends TransportKeys {
  readonly peer: PeerId;
}

/**
 * Proves this device to the other side and the other side to this device (PROTOCOL.md, HAND). It reads
 * no byte past the handshake.
 * @throws {HandshakeError} after closing the connection.
 * @throws {RangeError} if the pre-shared key is not 32 bytes.
 */
export async function shakeHands(
  connection: Connection,
  options: HandshakeOptions,
): Promise<Session> {
  const { keys, psk, initiator, clock, random } = options;
  if (psk.length !== PSK_BYTES) {
    throw new RangeError(`Cannot use a pre-shared key of ${psk.length} bytes: not ${PSK_BYTES}`);
  }
  const secret = random(X25519_BYTES);
  const ephemeral = x25519Pair(secret);
  secret.fill(0);
  const noise = new NoiseHandshake(XXPSK0, initiator, PROLOGUE, {
    staticPair: keys.noise,
    ephemeral,
    psks: [psk],
  });
  let late = false;
  const deadline = clock.after(HANDSHAKE_MS, () => {
    late = true;
    connection.close();
  });
  try {
    const peer = initiator
      ? await initiate(connection, noise, keys)
      : await respond(connection, noise, keys);
    // The deadline may have closed the connection while the last bytes were on their way to here.
    if (late) throw new HandshakeError("deadline", "too late");
    return { peer, ...noise.split() };
  } catch (error) {
    noise.wipe();
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
  noise: NoiseHandshake,
  keys: DeviceKeys,
): Promise<PeerId> {
  await send(connection, noise, NOTHING);
  const peer = identify(noise, await receive(connection, noise, HANDSHAKE_BYTES[1]), keys);
  await send(connection, noise, keys.certificate);
  return peer;
}

async function respond(
  connection: Connection,
  noise: NoiseHandshake,
  keys: DeviceKeys,
): Promise<PeerId> {
  await receive(connection, noise, HANDSHAKE_BYTES[0]);
  await send(connection, noise, keys.certificate);
  return identify(noise, await receive(connection, noise, HANDSHAKE_BYTES[2]), keys);
}

/** Writes the next message. */
async function send(
  connection: Connection,
  noise: NoiseHandshake,
  payload: Uint8Array,
): Promise<void> {
  await writeAll(connection, refusing(() => noise.write(payload)));
}

/** Reads the next message; gives its payload. */
async function receive(
  connection: Connection,
  noise: NoiseHandshake,
  length: number,
): Promise<Uint8Array> {
  const message = await readExactly(connection, length);
  if (!message) throw new HandshakeError("closed", "the other side ended the handshake");
  return refusing(() => noise.read(message));
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
