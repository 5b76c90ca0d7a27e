import type { Clock } from "../base/clock.ts";
import type { Receipts } from "../store/receipts.ts";

/** Does each request once, however often it comes: before a restart, after it, or while it is being done. */
export class Once {
  readonly #receipts: Receipts;
  readonly #clock: Clock;
  readonly #doing = new Map<string, Promise<unknown>>();

  constructor(receipts: Receipts, clock: Clock) {
    this.#receipts = receipts;
    this.#clock = clock;
  }

  /**
   * Gives the answer that the request `id` had, or does it now. `act` leaves the receipt, in the transaction
   * that writes what was asked for.
   */
  async do<T>(id: string, act: () => Promise<T>): Promise<T> {
    const doing = this.#doing.get(id);
    if (doing) return await doing as T;
    const receipt = this.#receipts.get(id, this.#clock.now());
    if (receipt) return receipt.answer as T;
    const promise = act();
    this.#doing.set(id, promise);
    try {
      return await promise;
    } finally {
      this.#doing.delete(id);
    }
  }

  /** The same, for what leaves no receipt itself: it is left when all was done. */
  keep<T>(id: string, act: () => Promise<T>): Promise<T> {
    return this.do(id, async () => {
      const answer = await act();
      this.#receipts.put(id, answer, this.#clock.now());
      return answer;
    });
  }
}
