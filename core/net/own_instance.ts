import type { RandomBytes } from "../base/random.ts";

/** Names of before that are still known as one's own: what was said under them may be heard for a while. */
const MAX_FORMER = 4;

/**
 * The nonce that names this process on the network, 16 hex digits. It is made anew at each start and again
 * and again while it runs, so that nobody can follow a machine by it (MDNS-12).
 */
export class OwnInstance {
  readonly #random: RandomBytes;
  /** The one in use last. */
  #names: string[];

  constructor(random: RandomBytes) {
    this.#random = random;
    this.#names = [makeInstance(random)];
  }

  /** The one in use. */
  get current(): string {
    return this.#names.at(-1)!;
  }

  /** Whether this process goes, or went a while ago, by this name. */
  has(instance: string): boolean {
    return this.#names.includes(instance);
  }

  /** Takes another name. */
  renew(): void {
    this.#names = [...this.#names.slice(-MAX_FORMER), makeInstance(this.#random)];
  }
}

function makeInstance(random: RandomBytes): string {
  return Array.from(random(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
