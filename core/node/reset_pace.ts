import type { Clock, Timer } from "../base/clock.ts";

/** How long changes are gathered after a quiet moment, in milliseconds: the first screens come in this time. */
export const FIRST_RESET_MS = 100;
/** The longest that they are gathered: each tab asks for all that it shows then. */
export const LONGEST_RESET_MS = 1000;
const GROWTH = 1.5;

/**
 * Says that much is other than it was: soon, and ever less often while more of it comes. So what comes first of a
 * long history is shown at once, and all of it costs tabs little.
 */
export class ResetPace {
  readonly #clock: Clock;
  readonly #say: () => void;
  #saidAt = -Infinity;
  #ms = FIRST_RESET_MS;
  #timer: Timer | undefined;

  constructor(clock: Clock, say: () => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** Something is other than it was. */
  take(): void {
    if (this.#timer) return;
    const isQuiet = this.#clock.now() - this.#saidAt > LONGEST_RESET_MS;
    this.#ms = isQuiet ? FIRST_RESET_MS : Math.min(this.#ms * GROWTH, LONGEST_RESET_MS);
    this.#timer = this.#clock.after(this.#ms, () => {
      this.#timer = undefined;
      this.#saidAt = this.#clock.now();
      this.#say();
    });
  }

  /** Says nothing more. */
  close(): void {
    this.#timer?.cancel();
  }
}
