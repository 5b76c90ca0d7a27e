import type { Clock, Timer } from "../../core/base/clock.ts";

interface Due {
  at: number;
  order: number;
  callback: () => void;
  repeat: number | undefined;
}

/** Time that stands still until told to go on. Timers fire in order of their due time. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  #due = new Set<Due>();

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Timer {
    return this.#add(ms, callback, undefined);
  }

  every(ms: number, callback: () => void): Timer {
    return this.#add(ms, callback, ms);
  }

  #add(ms: number, callback: () => void, repeat: number | undefined): Timer {
    const due: Due = { at: this.#now + Math.max(0, ms), order: this.#order++, callback, repeat };
    this.#due.add(due);
    return { cancel: () => this.#due.delete(due) };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#due.size;
  }

  /** Milliseconds until the next timer, or `undefined` when none waits. */
  untilNext(): number | undefined {
    const next = this.#next();
    return next && Math.max(0, next.at - this.#now);
  }

  #next(): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) {
      if (!first || due.at < first.at || (due.at === first.at && due.order < first.order)) {
        first = due;
      }
    }
    return first;
  }

  /** Goes `ms` forward and fires what comes due on the way, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) {
      this.#now = Math.max(this.#now, next.at);
      if (next.repeat === undefined) this.#due.delete(next);
      else next.at += next.repeat, next.order = this.#order++;
      next.callback();
    }
    this.#now = end;
  }
}
