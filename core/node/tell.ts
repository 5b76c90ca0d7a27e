import type { Log } from "../base/log.ts";
import type { Event } from "../view/event.ts";

/** Passes an event to all who listen. */
export type Tell = (event: Event) => void;

/** Those who listen to a node's events. One that throws is logged and the others hear all the same. */
export class Listeners {
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a listener; the result takes it away again. */
  add(listener: (event: Event) => void): () => void {
    // A function of its own, so that one added twice is told twice and taken away once.
    const own = (event: Event) => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  readonly tell: Tell = (event) => {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log("error", "A listener failed", { type: event.type, error: String(error) });
      }
    }
  };
}
