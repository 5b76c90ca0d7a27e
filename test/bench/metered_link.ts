import type { Lane, Link, MessageHandler } from "../../core/net/link.ts";
import { MESSAGE_TYPES } from "../../core/wire/message.ts";

/** One end of a link whose messages about the content of spaces are counted. */
export class MeteredLink implements Link {
  messages = 0;
  bytes = 0;
  /** Digests that came. */
  digests = 0;
  /** The longest chain of messages, each sent after the one before it came from the other end. */
  hops = 0;
  #heard = 0;
  #other!: MeteredLink;
  /** What was sent, with its place in such a chain. */
  readonly #sent = new Map<string, number>();

  private constructor(readonly link: Link) {}

  /** Both ends of a link. */
  static pair(a: Link, b: Link): [MeteredLink, MeteredLink] {
    const [one, other] = [new MeteredLink(a), new MeteredLink(b)];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  get peer() {
    return this.link.peer;
  }
  get remote() {
    return this.link.remote;
  }
  get initiator() {
    return this.link.initiator;
  }
  get binding() {
    return this.link.binding;
  }
  get noiseKey() {
    return this.link.noiseKey;
  }
  get certificate() {
    return this.link.certificate;
  }
  get door() {
    return this.link.door;
  }
  get closed() {
    return this.link.closed;
  }
  get queuedBytes() {
    return this.link.queuedBytes;
  }

  start(handler: MessageHandler): void {
    this.link.start((messages) => {
      for (const message of messages) {
        if (message[0] === MESSAGE_TYPES.digest) this.digests++;
        const place = this.#other.#sent.get(message.toHex()) ?? 0;
        this.#heard = Math.max(this.#heard, place);
      }
      return handler(messages);
    });
  }

  send(message: Uint8Array, lane?: Lane): void {
    if (message[0]! < MESSAGE_TYPES.meet) {
      this.messages++;
      this.bytes += message.length;
      this.hops = this.#heard + 1;
      const hex = message.toHex();
      // A beat that says the same again is no link of a chain.
      if (!this.#sent.has(hex)) this.#sent.set(hex, this.hops);
    }
    this.link.send(message, lane);
  }

  ping(): void {
    this.link.ping();
  }

  drained(): Promise<boolean> {
    return this.link.drained();
  }

  close(reason: string): void {
    this.link.close(reason);
  }
}
