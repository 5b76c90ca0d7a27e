import type { PeerId } from "../../core/base/ids.ts";
import type { Lane, Link, MessageHandler } from "../../core/net/link.ts";
import { MAX_MESSAGE_BYTES } from "../../core/net/link.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { LOBBY_DOOR } from "../../core/trust/door.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { MESSAGE_TYPES } from "../../core/wire/message.ts";
import type { FakeClock } from "../fakes/clock.ts";

/** What went over links. */
export interface Traffic {
  /** Without signed presences. */
  messages: number;
  bytes: number;
  /** Signed presences, each counted by itself. */
  presences: number;
  presenceBytes: number;
}

export const noTraffic = (): Traffic => ({
  messages: 0,
  bytes: 0,
  presences: 0,
  presenceBytes: 0,
});

/** How many there were, so that each has a name of its own. */
let links = 0;

/**
 * One end of a link in memory: whole messages, in order per lane, each after a delay. It loses none before it falls
 * silent or ends, and repeats none before it stutters.
 */
export class SimLink implements Link {
  readonly remote = { host: "sim", port: 1 };
  readonly door = LOBBY_DOOR;
  readonly closed: Promise<string>;
  readonly sent: Traffic = noTraffic();
  readonly #closed = Promise.withResolvers<string>();
  readonly #arrivals: Record<Lane, number> = { live: 0, bulk: 0 };
  readonly #flying: Record<Lane, number> = { live: 0, bulk: 0 };
  #other!: SimLink;
  #handler: MessageHandler | undefined;
  #inbox: Uint8Array[] = [];
  #delivering = false;
  #drained: ((open: boolean) => void)[] = [];
  #open = true;
  #silent = false;
  #times = 1;

  private constructor(
    readonly binding: Uint8Array,
    readonly other: DeviceKeys,
    readonly initiator: boolean,
    readonly clock: FakeClock,
    readonly delay: () => number,
  ) {
    this.closed = this.#closed.promise;
  }

  /**
   * Both ends of a link: at `a` and at `b`. `delay` gives milliseconds from `a` to `b`, anew for each message,
   * `back` those from `b` to `a`.
   */
  static pair(
    clock: FakeClock,
    a: DeviceKeys,
    b: DeviceKeys,
    delay: () => number,
    back = delay,
  ): [SimLink, SimLink] {
    const binding = new Uint8Array(32);
    new DataView(binding.buffer).setUint32(0, ++links);
    const atA = new SimLink(binding, b, true, clock, delay);
    const atB = new SimLink(binding, a, false, clock, back);
    atA.#other = atB;
    atB.#other = atA;
    return [atA, atB];
  }

  get peer(): PeerId {
    return this.other.peer;
  }

  get noiseKey(): Uint8Array {
    return this.other.noise.publicKey;
  }

  get certificate(): Uint8Array {
    return this.other.certificate;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get queuedBytes(): number {
    return this.#flying.live + this.#flying.bulk;
  }

  /** Nothing that is in memory falls silent. */
  ping(): void {}

  start(handler: MessageHandler): void {
    this.#handler = handler;
    void this.#deliver();
  }

  send(message: Uint8Array, lane: Lane = "live"): void {
    if (message.length > MAX_MESSAGE_BYTES) throw new RangeError(`${message.length} bytes`);
    if (!this.#open) return;
    this.#count(message);
    const copy = message.slice();
    this.#flying[lane] += copy.length;
    const now = this.clock.now();
    const at = Math.max(now + this.delay(), this.#arrivals[lane]);
    this.#arrivals[lane] = at;
    this.clock.after(at - now, () => {
      this.#flying[lane] -= copy.length;
      if (this.#flying.bulk === 0) this.#wake();
      if (!this.#open || !this.#other.#open || this.#silent) return;
      for (let i = 0; i < this.#times; i++) this.#other.#inbox.push(copy);
      void this.#other.#deliver();
    });
  }

  #count(bytes: Uint8Array): void {
    if (bytes[0] === MESSAGE_TYPES.here) {
      const message = decodeMessage(bytes);
      if (message?.type === "here") this.sent.presences += message.items.length;
      this.sent.presenceBytes += bytes.length;
    } else {
      this.sent.messages++;
      this.sent.bytes += bytes.length;
    }
  }

  drained(): Promise<boolean> {
    if (!this.#open || this.#flying.bulk === 0) return Promise.resolve(this.#open);
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  close(reason: string): void {
    this.#end(reason);
    this.clock.after(this.delay(), () => this.#other.#end("closed by the peer"));
  }

  /** From now on nothing arrives at the other end, not what flies either, and neither end knows. */
  fallSilent(): void {
    this.#silent = true;
  }

  /** From now on all arrives twice at the other end, though no real link does that. */
  stutter(): void {
    this.#times = 2;
  }

  /** Ends both sides at once; what flies is lost. */
  cut(): void {
    this.#end("cut");
    this.#other.#end("cut");
  }

  #end(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#inbox = [];
    this.#wake();
    this.#closed.resolve(reason);
  }

  #wake(): void {
    for (const resolve of this.#drained.splice(0)) resolve(this.#open);
  }

  /** Hands over what has arrived meanwhile as one batch, when the batch before was taken. */
  async #deliver(): Promise<void> {
    if (this.#delivering || !this.#handler) return;
    this.#delivering = true;
    try {
      while (this.#open && this.#inbox.length > 0) await this.#handler(this.#inbox.splice(0));
    } catch (error) {
      this.close(`the handler failed: ${error}`);
    } finally {
      this.#delivering = false;
    }
  }
}
