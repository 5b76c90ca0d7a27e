import { Buffer } from "node:buffer";
import type { PeerId } from "../../core/base/ids.ts";
import { HandshakeError } from "../../core/net/handshake.ts";
import type { Link, MessageHandler } from "../../core/net/link.ts";
import { readExactly, writeAll } from "../../core/net/stream.ts";
import type { Connection } from "../../core/net/transport.ts";

/** The length of every message of a fake link, in bytes. */
export const FAKE_MESSAGE_BYTES = 8;

/** Shakes hands in the rhythm of Noise XX, three messages, but with names only. */
export async function openFakeLink(
  connection: Connection,
  self: PeerId,
  initiator: boolean,
): Promise<Link> {
  try {
    const peer = await (initiator ? initiate : respond)(connection, self);
    if (peer === self) throw new HandshakeError("self", "the other side is this device");
    return new FakeLink(connection, peer, initiator);
  } catch (error) {
    connection.close();
    if (error instanceof HandshakeError) throw error;
    throw new HandshakeError("closed", "the connection broke", error);
  }
}

async function initiate(connection: Connection, self: PeerId): Promise<PeerId> {
  await writeAll(connection, new Uint8Array(1));
  const peer = await readPeer(connection);
  await writeAll(connection, Buffer.from(self));
  return peer;
}

async function respond(connection: Connection, self: PeerId): Promise<PeerId> {
  if (!await readExactly(connection, 1)) throw new HandshakeError("closed", "ended");
  await writeAll(connection, Buffer.from(self));
  return await readPeer(connection);
}

async function readPeer(connection: Connection): Promise<PeerId> {
  const bytes = await readExactly(connection, 64);
  if (!bytes) throw new HandshakeError("closed", "ended");
  return Buffer.from(bytes).toString() as PeerId;
}

/** A link in clear, with messages of one length. Like a real one it reads on before it is started. */
class FakeLink implements Link {
  readonly closed: Promise<string>;
  readonly queuedBytes = 0;
  readonly #closed = Promise.withResolvers<string>();
  readonly #handler = Promise.withResolvers<MessageHandler>();
  #queue: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    readonly connection: Connection,
    readonly peer: PeerId,
    readonly initiator: boolean,
  ) {
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
