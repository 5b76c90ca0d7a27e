/** A timer that can be stopped; stopping it twice does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time, passed to whatever needs it, so that tests run on a time of their own. */
export interface Clock {
  /** Milliseconds: of the wall clock since 1970, of a steady one since some moment of its own. */
  now(): number;
  /** Calls back once after `ms` milliseconds; soon if that is past. */
  after(ms: number, callback: () => void): Timer;
  /** Calls back every `ms` milliseconds until cancelled. */
  every(ms: number, callback: () => void): Timer;
}

/** The machine's clock, which people and time servers set forth and back. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    // Of less than nothing a warning would be written.
    const id = setTimeout(callback, Math.max(0, ms));
    return { cancel: () => clearTimeout(id) };
  },
  every(ms, callback) {
    const id = setInterval(callback, ms);
    return { cancel: () => clearInterval(id) };
  },
};

/** A clock that nobody sets: for pauses and deadlines. It stands still while the machine sleeps. */
export const steadyClock: Clock = { ...systemClock, now: () => performance.now() };
