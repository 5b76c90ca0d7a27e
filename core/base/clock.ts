/** A timer that can be stopped; stopping it twice does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time, passed to whatever needs it, so that tests run on a time of their own. */
export interface Clock {
  /** Wall time in milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms` milliseconds. */
  after(ms: number, callback: () => void): Timer;
  /** Calls back every `ms` milliseconds until cancelled. */
  every(ms: number, callback: () => void): Timer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const id = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(id) };
  },
  every(ms, callback) {
    const id = setInterval(callback, ms);
    return { cancel: () => clearInterval(id) };
  },
};
