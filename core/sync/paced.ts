import type { Clock, Timer } from "../base/clock.ts";

/** What a {@linkcode Paced} is made with. */
export interface PacedParts<T> {
  readonly clock: Clock;
  /** The least time between two tellings, in milliseconds. */
  readonly ms: number;
  /** What counts as told at the beginning. */
  readonly first: T;
  readonly tell: (value: T) => void;
}

/** A value (one that JSON can say) that is told when it changes: at once, but not too often, then the newest. */
export class Paced<T> {
  readonly #parts: PacedParts<T>;
  #value: T;
  #told: T;
  #timer: Timer | undefined;

  constructor(parts: PacedParts<T>) {
    this.#parts = parts;
    this.#value = this.#told = parts.first;
  }

  get value(): T {
    return this.#value;
  }

  /** What was told last. */
  get told(): T {
    return this.#told;
  }

  set(value: T): void {
    this.#value = value;
    if (!this.#timer) this.#tell();
  }

  /** Tells nothing more by itself. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tell(): void {
    const { clock, ms, tell } = this.#parts;
    if (JSON.stringify(this.#value) === JSON.stringify(this.#told)) return;
    this.#told = this.#value;
    this.#timer = clock.after(ms, () => {
      this.#timer = undefined;
      this.#tell();
    });
    tell(this.#value);
  }
}
