import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { RefusedError } from "../view/api.ts";
import type { SentEntry } from "../wire/message.ts";

/** How long a person waits for a space to come before the answer says that it did not yet. */
export const ARRIVAL_MS = 10_000;
/** Spaces that are waited for at once. */
export const MAX_ARRIVALS = 32;

/** What {@linkcode Arrivals} needs. */
export interface ArrivalsParts {
  /** Nobody sets it. */
  readonly clock: Clock;
  /** Takes entries of a space from a peer, until the result is called. */
  readonly expect: (
    peer: PeerId,
    space: SpaceId,
    take: (items: readonly SentEntry[]) => void,
  ) => () => void;
  /** Admits entries of a space that is not open here; gives whether it is now: this node is a member. */
  readonly admit: (space: SpaceId, items: readonly SentEntry[], from: PeerId) => boolean;
  /** Why a space cannot come here, if so. */
  readonly refusal: (space: SpaceId) => RefusedError | null;
  /** A space is waited for no longer, and did not come. */
  readonly missed: (space: SpaceId) => void;
}

interface Arrival {
  readonly space: SpaceId;
  readonly done: Promise<SpaceId>;
  readonly stop: () => void;
}

/** Spaces that others let this person into, until their logs are here. */
export class Arrivals {
  readonly #parts: ArrivalsParts;
  readonly #arrivals = new Map<string, Arrival>();
  readonly #waits = new Set<Timer>();

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
  }

  /**
   * Takes the log of a space from a peer; resolves when the space is open here, and rejects at once if it
   * cannot come.
   */
  expect(peer: PeerId, space: SpaceId): Promise<SpaceId> {
    const name = `${peer} ${space}`;
    const before = this.#arrivals.get(name);
    if (before) return before.done;
    const refusal = this.#parts.refusal(space);
    if (refusal) {
      const refused = Promise.reject(refusal);
      // Maybe nobody waits for it any more.
      refused.catch(() => {});
      return refused;
    }
    const { promise, resolve } = Promise.withResolvers<SpaceId>();
    const stop = this.#parts.expect(peer, space, (items) => {
      if (!this.#parts.admit(space, items, peer)) return;
      this.#end(name, false);
      resolve(space);
    });
    this.#arrivals.set(name, { space, done: promise, stop });
    for (const oldest of this.#arrivals.keys()) {
      if (this.#arrivals.size <= MAX_ARRIVALS) break;
      this.#end(oldest, true);
    }
    return promise;
  }

  /** A space will not come from this peer. */
  cancel(peer: PeerId, space: SpaceId): void {
    this.#end(`${peer} ${space}`, true);
  }

  /** What comes of a promise within {@linkcode ARRIVAL_MS}, else `null`. */
  within<T>(promise: Promise<T>): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const timer = this.#parts.clock.after(ARRIVAL_MS, () => {
        this.#waits.delete(timer);
        resolve(null);
      });
      this.#waits.add(timer);
      promise.then(resolve, reject).finally(() => {
        timer.cancel();
        this.#waits.delete(timer);
      });
    });
  }

  /** Waits for nothing any more. */
  close(): void {
    for (const name of [...this.#arrivals.keys()]) this.#end(name, true);
    for (const timer of this.#waits) timer.cancel();
  }

  #end(name: string, missed: boolean): void {
    const arrival = this.#arrivals.get(name);
    if (!arrival) return;
    this.#arrivals.delete(name);
    arrival.stop();
    if (missed) this.#parts.missed(arrival.space);
  }
}
