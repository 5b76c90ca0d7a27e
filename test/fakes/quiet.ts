import { setImmediate } from "node:timers";

/**
 * Lets every microtask that waits run, and those they start, as `settle` does, but without waiting for
 * a timer: for tests that go through many thousand steps.
 */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
