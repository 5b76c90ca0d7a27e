import type { Lane } from "./link.ts";

/** Messages in order, first in first out, each step in constant time. */
class Queue {
  #items: (Uint8Array | undefined)[] = [];
  #head = 0;

  get first(): Uint8Array | undefined {
    return this.#items[this.#head];
  }

  push(message: Uint8Array): void {
    this.#items.push(message);
  }

  shift(): void {
    this.#items[this.#head++] = undefined;
    // Moves the rest only when at least as many were taken: constant on average.
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
  }
}

/**
 * The messages that wait on a link to be written, `live` ahead of `bulk`. A message counts, with
 * `overhead`, until it is {@linkcode written}, not only until it is taken.
 */
export class Lanes {
  readonly #overhead: number;
  readonly #queues = { live: new Queue(), bulk: new Queue() };
  readonly #queued = { live: 0, bulk: 0 };
  readonly #taken = { live: 0, bulk: 0 };

  /** `overhead` is what a message costs besides its own bytes, so that empty ones are bounded too. */
  constructor(overhead: number) {
    this.#overhead = overhead;
  }

  /** Bytes of a lane queued and not yet written. */
  bytes(lane: Lane): number {
    return this.#queued[lane] + this.#taken[lane];
  }

  /** Whether nothing waits to be taken. */
  get empty(): boolean {
    return this.#queued.live + this.#queued.bulk === 0;
  }

  push(message: Uint8Array, lane: Lane): void {
    this.#queues[lane].push(message);
    this.#queued[lane] += this.#cost(message);
  }

  /** Takes the next message if it and its overhead fit in `room`. */
  take(room: number): Uint8Array | undefined {
    const lane = this.#queues.live.first ? "live" : "bulk";
    const message = this.#queues[lane].first;
    if (!message || this.#cost(message) > room) return undefined;
    this.#queues[lane].shift();
    this.#queued[lane] -= this.#cost(message);
    this.#taken[lane] += this.#cost(message);
    return message;
  }

  /** What was taken is written. */
  written(): void {
    this.#taken.live = 0;
    this.#taken.bulk = 0;
  }

  /** Drops what waits in a lane. */
  clear(lane: Lane): void {
    this.#queues[lane].clear();
    this.#queued[lane] = 0;
  }

  #cost(message: Uint8Array): number {
    return message.length + this.#overhead;
  }
}
