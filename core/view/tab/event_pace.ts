import type { Clock, Timer } from "../../base/clock.ts";
import type { Event } from "../event.ts";

/** The least time between two rounds of events, in milliseconds: about a frame. */
export const EVENTS_REST_MS = 16;

/**
 * Hands on events in rounds. After a quiet moment one goes on at once; thousands that come from another
 * machine, each as one event, are drawn once a frame and not one by one. Their order stays.
 */
export class EventPace {
  readonly #clock: Clock;
  readonly #hand: (events: readonly Event[]) => void;
  #waiting: Event[] = [];
  #rest: Timer | null = null;

  constructor(clock: Clock, hand: (events: readonly Event[]) => void) {
    this.#clock = clock;
    this.#hand = hand;
  }

  /** Takes an event; an urgent one goes on at once, with all before it. */
  take(event: Event, urgent: boolean): void {
    this.#waiting.push(event);
    if (urgent || !this.#rest) this.flush();
  }

  /** Hands on what waits. */
  flush(): void {
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    this.#rest?.cancel();
    this.#rest = this.#clock.after(EVENTS_REST_MS, () => {
      this.#rest = null;
      this.flush();
    });
    this.#hand(events);
  }

  /** Lets go of what waits. */
  close(): void {
    this.#rest?.cancel();
    this.#waiting = [];
  }
}
