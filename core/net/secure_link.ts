import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Door } from "../trust/door.ts";
import { FrameReader, FrameType, MAX_WIRE_BYTES } from "./frame.ts";
import { type HandshakeOptions, type Session, shakeHands } from "./handshake.ts";
import { type Lane, type Link, MAX_MESSAGE_BYTES, type MessageHandler } from "./link.ts";
import { Liveness } from "./liveness.ts";
import { Outbox } from "./outbox.ts";
import { writeAll } from "./stream.ts";
import type { Address, Connection } from "./transport.ts";

/** What one lane of a link may hold; more is a peer that does not read, or a sender that does not wait. */
export const MAX_LANE_BYTES = 8 * 1024 * 1024;
/** How long a closing link may take to write what is live and its goodbye, in milliseconds. */
export const CLOSE_MS = 1_000;

/** What a link needs. */
export type LinkOptions = HandshakeOptions & { readonly log: Log };

/**
 * Opens a link over a connection, which it owns from here on.
 * @throws {HandshakeError} after closing the connection.
 */
export async function openLink(connection: Connection, options: LinkOptions): Promise<SecureLink> {
  const session = await shakeHands(connection, options);
  return SecureLink.open(connection, session, options);
}

/**
 * A link of sealed frames over a connection (PROTOCOL.md, LINK). Two loops own it, one reads and one
 * writes; `closed` resolves when both have ended, so a message handler must not wait for it.
 */
export class SecureLink implements Link {
  readonly peer: PeerId;
  readonly remote: Address;
  readonly initiator: boolean;
  readonly binding: Uint8Array;
  readonly noiseKey: Uint8Array;
  readonly certificate: Uint8Array;
  readonly door: Door;
  readonly closed: Promise<string>;

  readonly #connection: Connection;
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #liveness: Liveness;
  readonly #outbox: Outbox;
  readonly #handler = Promise.withResolvers<MessageHandler | undefined>();
  readonly #closed = Promise.withResolvers<string>();
  #started = false;
  /** Set once, with what ended the link or made it begin to close. */
  #reason: string | undefined;
  #ended = false;
  #closeTimer: Timer | undefined;

  private constructor(connection: Connection, session: Session, options: LinkOptions) {
    this.peer = session.peer;
    this.remote = connection.remote;
    this.initiator = options.initiator;
    this.binding = session.binding;
    this.noiseKey = session.noiseKey;
    this.certificate = session.certificate;
    this.door = session.door;
    this.closed = this.#closed.promise;
    this.#connection = connection;
    this.#session = session;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#outbox = new Outbox(session.send);
    this.#liveness = new Liveness(options.clock, {
      ping: () => this.#outbox.ping(),
      dead: (reason) => this.#end(reason),
    });
  }

  /** Starts the loops of a link whose handshake is done. */
  static open(connection: Connection, session: Session, options: LinkOptions): SecureLink {
    const link = new SecureLink(connection, session, options);
    void link.#run();
    return link;
  }

  get queuedBytes(): number {
    return this.#outbox.bytes("live") + this.#outbox.bytes("bulk");
  }

  start(handler: MessageHandler): void {
    if (this.#started) throw new Error(`Cannot start the link to "${this.peer}": it is started`);
    this.#started = true;
    this.#handler.resolve(handler);
  }

  send(message: Uint8Array, lane: Lane = "live"): void {
    if (message.length > MAX_MESSAGE_BYTES) {
      throw new RangeError(
        `Cannot send a message of ${message.length} bytes: longer than ${MAX_MESSAGE_BYTES}`,
      );
    }
    if (this.#reason !== undefined) return;
    this.#outbox.push(message, lane);
    if (this.#outbox.bytes(lane) > MAX_LANE_BYTES) {
      this.#end(`the peer does not read: more than ${MAX_LANE_BYTES} bytes wait`);
    }
  }

  ping(): void {
    if (this.#reason === undefined) this.#outbox.ping();
  }

  async drained(): Promise<boolean> {
    await this.#outbox.drained();
    return this.#reason === undefined;
  }

  close(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#closeTimer = this.#clock.after(CLOSE_MS, () => this.#end(reason));
    this.#outbox.bye();
  }

  /** Ends the link at once. The first reason stays. */
  #end(reason: string): void {
    this.#reason ??= reason;
    if (this.#ended) return;
    this.#ended = true;
    this.#closeTimer?.cancel();
    this.#liveness.stop();
    this.#connection.close();
    this.#handler.resolve(undefined);
    this.#outbox.clear();
    this.#outbox.wake();
  }

  /** Owns both loops. It never rejects: whatever they throw ends the link with a reason. */
  async #run(): Promise<void> {
    const facts = { peer: this.peer, initiator: this.initiator, door: this.door.name };
    this.#log("debug", "link open", facts);
    await Promise.all([this.#guard(() => this.#readAll()), this.#guard(() => this.#writeAll())]);
    this.#session.send.wipe();
    this.#session.receive.wipe();
    const reason = this.#reason ?? "closed";
    this.#log("debug", "link closed", { ...facts, reason });
    this.#closed.resolve(reason);
  }

  async #guard(loop: () => Promise<string>): Promise<void> {
    try {
      this.#end(await loop());
    } catch (error) {
      this.#end(error instanceof Error ? error.message : String(error));
    }
  }

  /** Reads until the link ends; gives the reason. */
  async #readAll(): Promise<string> {
    const reader = new FrameReader(this.#session.receive);
    for (;;) {
      this.#liveness.reading();
      const count = await this.#connection.read(reader.space);
      this.#liveness.heard();
      if (count === null) {
        return reader.inFrame ? "the connection ended inside a frame" : "the connection ended";
      }
      const messages: Uint8Array[] = [];
      for (const { type, body } of reader.take(count)) {
        if (type === FrameType.message) messages.push(body);
        else if (type === FrameType.ping) this.#outbox.pong();
        else if (type === FrameType.bye) {
          await this.#deliver(messages);
          return "the peer closed the link";
        }
      }
      await this.#deliver(messages);
    }
  }

  async #deliver(messages: Uint8Array[]): Promise<void> {
    if (messages.length === 0) return;
    const handler = await this.#handler.promise;
    // A link that is closing reads on, for the peer's goodbye, but delivers nothing.
    if (!handler || this.#reason !== undefined) return;
    try {
      await handler(messages);
    } catch (error) {
      this.#log("warn", "messages of a peer failed", { peer: this.peer, error: String(error) });
      throw error;
    }
  }

  /** Writes until the link ends; gives the reason. One write carries all frames that fit in it. */
  async #writeAll(): Promise<string> {
    const out = new Uint8Array(MAX_WIRE_BYTES);
    while (!this.#ended) {
      const count = this.#outbox.fill(out);
      if (count > 0) {
        this.#liveness.writing();
        await writeAll(this.#connection, out.subarray(0, count), () => this.#liveness.writing());
        this.#liveness.written();
        this.#outbox.written();
      } else if (this.#reason !== undefined) {
        return this.#reason;
      } else {
        await this.#outbox.filled();
      }
    }
    return "closed";
  }
}
