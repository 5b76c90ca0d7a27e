import { setImmediate } from "node:timers";

/**
 * Lets every microtask that waits run, and those they start, like `settle`, but a thousand times faster than
 * a timer of 0 ms: for simulations of many steps.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
