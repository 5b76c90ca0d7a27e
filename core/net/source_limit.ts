/** Packets of one source that are read in a second; the rest is dropped unread. */
export const MAX_PACKETS_PER_SOURCE = 50;
/** Packets of all sources in a second: a flood from forged addresses costs no more than this. */
export const MAX_PACKETS = 500;
const SECOND_MS = 1_000;

/** Counts packets per source in steps of a second. */
export class SourceLimit {
  readonly #counts = new Map<string, number>();
  #total = 0;
  #startedAt = -Infinity;

  /** Whether one more packet of `source` may be read at `now`, in milliseconds. */
  admit(source: string, now: number): boolean {
    // A clock set back must not stop the counting for hours.
    if (now - this.#startedAt >= SECOND_MS || now < this.#startedAt) {
      this.#counts.clear();
      this.#total = 0;
      this.#startedAt = now;
    }
    const count = (this.#counts.get(source) ?? 0) + 1;
    if (count > MAX_PACKETS_PER_SOURCE || this.#total >= MAX_PACKETS) return false;
    this.#counts.set(source, count);
    this.#total++;
    return true;
  }
}
