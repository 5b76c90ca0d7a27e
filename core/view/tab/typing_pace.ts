import type { Clock, Timer } from "../../base/clock.ts";

/** How long after the last key a person still counts as typing, in milliseconds. */
export const TYPING_MS = 4_000;

/** Turns keys into "typing" and "not typing" at a pace that others can be told. */
export class TypingPace {
  readonly #clock: Clock;
  readonly #tell: (typing: boolean) => void;
  #typing = false;
  #end: Timer | null = null;

  constructor(clock: Clock, tell: (typing: boolean) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** A key changed the text; an empty one is nothing being typed. */
  key(text: string): void {
    if (text.trim() === "") return this.stop();
    this.#end?.cancel();
    this.#end = this.#clock.after(TYPING_MS, () => this.stop());
    if (!this.#typing) this.#tell(this.#typing = true);
  }

  /** Typing is over: sent, left, or gone elsewhere. */
  stop(): void {
    this.#end?.cancel();
    if (this.#typing) this.#tell(this.#typing = false);
  }
}
