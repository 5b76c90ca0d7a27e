import type { SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Event, SpaceEvent } from "../view/event.ts";

/** Passes an event to all who listen. */
export type Tell = (event: Event) => void;

/** Passes what happened in one space to all who listen. */
export type TellInSpace = (event: SpaceEvent) => void;

/** Tells what happens in a space, with its id. */
export function inSpace(tell: Tell, space: SpaceId): TellInSpace {
  return (event) => tell({ ...event, space });
}

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
