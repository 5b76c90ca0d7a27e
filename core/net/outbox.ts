import type { CipherState } from "./cipher_state.ts";
import { FRAME_OVERHEAD_BYTES, FrameType, FrameWriter } from "./frame.ts";
import { Lanes } from "./lanes.ts";
import type { Lane } from "./link.ts";

const NOTHING = new Uint8Array(0);

/** What a link has to write: answers first, then live messages, then bulk, at last its goodbye. */
export class Outbox {
  readonly #writer: FrameWriter;
  readonly #lanes = new Lanes(FRAME_OVERHEAD_BYTES);
  #pingDue = false;
  #pongDue = false;
  #byeDue = false;
  #wake: (() => void) | undefined;
  #drainWaiters: (() => void)[] = [];

  constructor(cipher: CipherState) {
    this.#writer = new FrameWriter(cipher);
  }

  /** Bytes of a lane queued and not yet written, what they cost as frames included. */
  bytes(lane: Lane): number {
    return this.#lanes.bytes(lane);
  }

  push(message: Uint8Array, lane: Lane): void {
    this.#lanes.push(message, lane);
    this.wake();
  }

  ping(): void {
    this.#pingDue = true;
    this.wake();
  }

  /** However many pings came, one answer is owed: a peer cannot make this node queue answers. */
  pong(): void {
    this.#pongDue = true;
    this.wake();
  }

  /** Drops bulk; says goodbye once what is live is written. */
  bye(): void {
    this.#lanes.clear("bulk");
    this.#byeDue = true;
    this.wake();
    this.#releaseDrainWaiters();
  }

  /** Drops everything. */
  clear(): void {
    this.#lanes.clear("live");
    this.#lanes.clear("bulk");
    this.#pingDue = this.#pongDue = this.#byeDue = false;
    this.written();
  }

  /** Resolves at the next thing to write, or at {@linkcode wake}; for one waiter. */
  filled(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  wake(): void {
    this.#wake?.();
  }

  /** Resolves when bulk is written or dropped. */
  drained(): Promise<void> {
    if (this.#lanes.bytes("bulk") === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drainWaiters.push(resolve));
  }

  /** Seals as many frames into `out` as fit; gives their bytes, 0 when nothing waits. */
  fill(out: Uint8Array): number {
    let at = 0;
    const put = (type: number, body: Uint8Array) => {
      at += this.#writer.write(type, body, out.subarray(at));
    };
    if (this.#pongDue) put(FrameType.pong, NOTHING);
    if (this.#pingDue) put(FrameType.ping, NOTHING);
    this.#pongDue = this.#pingDue = false;
    for (;;) {
      const message = this.#lanes.take(out.length - at);
      if (!message) break;
      put(FrameType.message, message);
    }
    if (this.#byeDue && this.#lanes.empty && out.length - at >= FRAME_OVERHEAD_BYTES) {
      put(FrameType.bye, NOTHING);
      this.#byeDue = false;
    }
    return at;
  }

  /** What {@linkcode fill} gave is written. */
  written(): void {
    this.#lanes.written();
    if (this.#lanes.bytes("bulk") === 0) this.#releaseDrainWaiters();
  }

  #releaseDrainWaiters(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const release of waiters) release();
  }
}
