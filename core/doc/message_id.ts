import type { Clock } from "../base/clock.ts";
import type { MessageId, PeerId } from "../base/ids.ts";
import { MAX_AHEAD_MS } from "../base/limits.ts";

const MAX_COUNTER = 0xffff;
const PREFIX_DIGITS = 16;

/** The part of a message id that tells its author: the first 8 bytes of the PeerId, in hex. */
export function messageAuthorPrefix(id: MessageId): string {
  return id.slice(PREFIX_DIGITS);
}

/** Whether a message id is one that this peer may give to its messages. */
export function messageBelongs(id: MessageId, author: PeerId): boolean {
  return messageAuthorPrefix(id) === author.slice(0, PREFIX_DIGITS);
}

/** When a message was written by its author's clock, in milliseconds since 1970. */
export function messageTime(id: MessageId): number {
  return parseInt(id.slice(0, 12), 16);
}

/**
 * When a message was written, for showing, in milliseconds since 1970: its author's time, or the time it
 * was received here if the author's clock is more than {@linkcode MAX_AHEAD_MS} ahead of that.
 */
export function displayTime(id: MessageId, receivedAt: number): number {
  const time = messageTime(id);
  return time > receivedAt + MAX_AHEAD_MS ? receivedAt : time;
}

/**
 * Gives message ids whose order respects cause (a hybrid logical clock): 6 bytes of milliseconds, 2 of a
 * counter, 8 of the author. An id is above all that were given or seen before, except those of clocks
 * too far ahead. It never goes back, even when the machine's clock does. After a start it must be shown
 * the newest ids in the store.
 */
export class MessageClock {
  readonly #suffix: string;
  readonly #clock: Pick<Clock, "now">;
  #ms = 0;
  #counter = 0;

  constructor(author: PeerId, clock: Pick<Clock, "now">) {
    this.#suffix = author.slice(0, PREFIX_DIGITS);
    this.#clock = clock;
  }

  /** Gives the next id. */
  next(): MessageId {
    const now = Math.floor(this.#clock.now());
    if (now > this.#ms) {
      this.#ms = now;
      this.#counter = 0;
    } else if (++this.#counter > MAX_COUNTER) {
      this.#ms++;
      this.#counter = 0;
    }
    const ms = this.#ms.toString(16).padStart(12, "0");
    return `${ms}${this.#counter.toString(16).padStart(4, "0")}${this.#suffix}` as MessageId;
  }

  /** Takes note of an id of anyone's, so that the next one is above it. */
  saw(id: MessageId): void {
    const ms = messageTime(id);
    const counter = parseInt(id.slice(12, PREFIX_DIGITS), 16);
    if (ms > this.#clock.now() + MAX_AHEAD_MS) return;
    if (ms > this.#ms || (ms === this.#ms && counter > this.#counter)) {
      this.#ms = ms;
      this.#counter = counter;
    }
  }
}
