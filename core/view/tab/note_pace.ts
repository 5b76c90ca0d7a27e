import type { Clock, Timer } from "../../base/clock.ts";

/** The least time between two requests with keys: fast typing goes in batches. */
export const BATCH_MS = 30;
/** How long to wait before asking again after the node could not. */
export const RETRY_MS = 2_000;

/** When a note's next request may go. */
export class NotePace {
  #sentAt = -Infinity;
  #timer: Timer | null = null;
  #resting = false;

  /** `wake` is called whenever a wait is over. */
  constructor(readonly clock: Clock, readonly wake: () => void) {}

  /** Nothing may go for a while: the node could not. */
  get resting(): boolean {
    return this.#resting;
  }

  /** Whether keys may go now: at once when idle, else at the end of the batch. */
  mayGo(): boolean {
    const wait = this.#sentAt + BATCH_MS - this.clock.now();
    if (wait > 0) this.#timer ??= this.clock.after(wait, () => this.hurry());
    return wait <= 0;
  }

  /** Keys go now. */
  sent(): void {
    this.#sentAt = this.clock.now();
  }

  /** Lets nothing go for {@linkcode RETRY_MS}. */
  rest(): void {
    this.stop();
    this.#resting = true;
    this.#timer = this.clock.after(RETRY_MS, () => this.hurry());
  }

  /** Ends the wait now. */
  hurry(): void {
    this.stop();
    this.#sentAt = -Infinity;
    this.wake();
  }

  /** Ends the wait without a word. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#resting = false;
  }
}
