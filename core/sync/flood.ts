import type { Clock } from "../base/clock.ts";
import type { Link } from "../net/link.ts";
import type { SentEnvelope } from "../wire/message.ts";

/** Envelopes that a link may push in a second, on average. */
export const MAX_PUSHED_PER_S = 200;
/** Bytes of changes that a link may push in a second, on average. */
export const MAX_PUSHED_BYTES_PER_S = 8 * 1024 * 1024;
/**
 * Envelopes that were asked for and of which nothing came, refused or made to wait: what a link may bring of them in
 * a second. Each costs the verification of a signature.
 */
export const MAX_VAIN_PER_S = 1000;
/** How much may come at once: what is due in this time, in seconds. */
export const PUSH_BURST_S = 5;

/**
 * Envelopes of others that a node passes on over all links in a second, half of what a link may push; the rest
 * comes by repair, so that no flood holds up what a relay says itself.
 */
export const MAX_RELAYED_PER_S = MAX_PUSHED_PER_S / 2;

/** Signed presences that are read of a link in a second, on average; more are let go. */
export const MAX_HERE_PER_S = 400;

/** What may be spent: it grows with time up to what is due in {@linkcode PUSH_BURST_S}. */
export class Bucket {
  #left: number;
  #at: number;

  constructor(readonly perSecond: number, now: number) {
    this.#left = perSecond * PUSH_BURST_S;
    this.#at = now;
  }

  /** Spends; gives in how many milliseconds the debt is made good. */
  spend(amount: number, now: number): number {
    const grown = this.#left + this.perSecond * (now - this.#at) / 1000;
    this.#left = Math.min(grown, this.perSecond * PUSH_BURST_S) - amount;
    this.#at = now;
    return Math.max(0, -this.#left / this.perSecond * 1000);
  }

  /** Spends what is there, and gives whether it was. */
  afford(amount: number, now: number): boolean {
    if (this.spend(amount, now) === 0) return true;
    this.#left += amount;
    return false;
  }
}

/**
 * Holds a link to the rate at which people write: what it pushes beyond that is taken, but the link is not
 * read on before its time, so its peer must slow down and nobody else does. PROTOCOL.md, FLOOD.
 */
export class Flood {
  readonly #link: Pick<Link, "closed">;
  readonly #clock: Clock;
  readonly #envelopes: Bucket;
  readonly #bytes: Bucket;
  readonly #vain: Bucket;

  constructor(link: Pick<Link, "closed">, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#envelopes = new Bucket(MAX_PUSHED_PER_S, clock.now());
    this.#bytes = new Bucket(MAX_PUSHED_BYTES_PER_S, clock.now());
    this.#vain = new Bucket(MAX_VAIN_PER_S, clock.now());
  }

  /** The link pushed these; resolves when it may be read on, or is closed. */
  async pushed(items: readonly SentEnvelope[]): Promise<void> {
    const now = this.#clock.now();
    const bytes = items.reduce((sum, { change }) => sum + change.length, 0);
    const ms = Math.max(
      this.#envelopes.spend(items.length, now),
      this.#bytes.spend(bytes, now),
    );
    await this.#pause(ms);
  }

  /** So many were asked for and of no use; resolves when the link may be read on, or is closed. */
  async vain(count: number): Promise<void> {
    await this.#pause(this.#vain.spend(count, this.#clock.now()));
  }

  async #pause(ms: number): Promise<void> {
    if (ms === 0) return;
    const due = Promise.withResolvers<void>();
    const timer = this.#clock.after(ms, due.resolve);
    await Promise.race([due.promise, this.#link.closed]);
    timer.cancel();
  }
}
