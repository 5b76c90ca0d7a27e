import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { PeerId } from "../../core/base/ids.ts";
import { HandshakeError, type HandshakeFailure } from "../../core/net/handshake.ts";
import type { Link, MessageHandler } from "../../core/net/link.ts";
import { readExactly, writeAll } from "../../core/net/stream.ts";
import type { Connection } from "../../core/net/transport.ts";
import { type Door, LOBBY_DOOR } from "../../core/trust/door.ts";

/** The length of every message of a fake link, in bytes. */
export const FAKE_MESSAGE_BYTES = 8;

/**
 * Shakes hands in the rhythm of Noise XX, three messages, but with a door's key and names only: through `door`
 * if this side dialled, else through any of `doors`.
 */
export async function openFakeLink(
  connection: Connection,
  self: PeerId,
  door: Door | null,
  doors: readonly Door[] = [LOBBY_DOOR],
): Promise<Link> {
  try {
    const met = await (door ? initiate(connection, self, door) : respond(connection, self, doors));
    if (met.peer === self) throw new HandshakeError("self", "the other side is this device");
    const [one, other] = door ? [self, met.peer] : [met.peer, self];
    return new FakeLink(connection, met.peer, met.door, door !== null, fakeFacts(one, other));
  } catch (error) {
    connection.close();
    if (error instanceof HandshakeError) throw error;
    throw new HandshakeError("closed", "the connection broke", error);
  }
}

interface Met {
  readonly peer: PeerId;
  readonly door: Door;
}

async function initiate(connection: Connection, self: PeerId, door: Door): Promise<Met> {
  await writeAll(connection, door.psk);
  const peer = await readPeer(connection, "unanswered");
  await writeAll(connection, Buffer.from(self));
  return { peer, door };
}

async function respond(
  connection: Connection,
  self: PeerId,
  doors: readonly Door[],
): Promise<Met> {
  const psk = await readExactly(connection, 32);
  if (!psk) throw new HandshakeError("closed", "ended");
  const door = doors.find((one) => Buffer.compare(one.psk, psk) === 0);
  if (!door) throw new HandshakeError("refused", "no such door");
  await writeAll(connection, Buffer.from(self));
  return { peer: await readPeer(connection, "closed"), door };
}

async function readPeer(connection: Connection, failure: HandshakeFailure): Promise<PeerId> {
  const bytes = await readExactly(connection, 64);
  if (!bytes) throw new HandshakeError(failure, "ended");
  return Buffer.from(bytes).toString() as PeerId;
}

/** What a handshake would have left behind; `which` tells apart links from one peer to another. */
export function fakeFacts(dialler: PeerId, dialled: PeerId, which = ""): LinkFacts {
  return {
    binding: sha256(`binding ${dialler} ${dialled} ${which}`),
    noiseKeyOf: (peer) => sha256(`noise ${peer}`),
    certificateOf: (peer) => Buffer.concat([Buffer.from(peer, "hex"), new Uint8Array(64)]),
  };
}

/** What {@linkcode fakeFacts} gives. */
export interface LinkFacts {
  readonly binding: Uint8Array;
  noiseKeyOf(peer: PeerId): Uint8Array;
  certificateOf(peer: PeerId): Uint8Array;
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(text).digest());
}

/** A link in clear, with messages of one length. Like a real one it reads on before it is started. */
class FakeLink implements Link {
  readonly closed: Promise<string>;
  readonly queuedBytes = 0;
  readonly #closed = Promise.withResolvers<string>();
  readonly #handler = Promise.withResolvers<MessageHandler>();
  #queue: Promise<void> = Promise.resolve();
  #isClosed = false;

  readonly binding: Uint8Array;
  readonly noiseKey: Uint8Array;
  readonly certificate: Uint8Array;

  constructor(
    readonly connection: Connection,
    readonly peer: PeerId,
    readonly door: Door,
    readonly initiator: boolean,
    facts: LinkFacts,
  ) {
    this.binding = facts.binding;
    this.noiseKey = facts.noiseKeyOf(peer);
    this.certificate = facts.certificateOf(peer);
    this.closed = this.#closed.promise;
    void this.#readAll();
  }

  get remote() {
    return this.connection.remote;
  }

  start(handler: MessageHandler): void {
    this.#handler.resolve(handler);
  }

  /** What it stands for is judged by the bytes that the test sends. */
  ping(): void {}

  send(message: Uint8Array): void {
    if (this.#isClosed) return;
    this.#queue = this.#queue
      .then(() => writeAll(this.connection, message))
      .catch(() => this.close("broken"));
  }

  async drained(): Promise<boolean> {
    await this.#queue;
    return !this.#isClosed;
  }

  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.connection.close();
    this.#closed.resolve(reason);
  }

  async #readAll(): Promise<void> {
    try {
      for (;;) {
        const message = await readExactly(this.connection, FAKE_MESSAGE_BYTES);
        if (!message) return this.close("ended");
        const handler = await Promise.race([this.#handler.promise, this.closed]);
        if (typeof handler === "string") return;
        await handler([message]);
      }
    } catch {
      this.close("broken");
    }
  }
}
