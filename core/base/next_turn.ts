import { setImmediate } from "node:timers";

/** Resolves in a later turn of the event loop: what waits there has its turn first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
