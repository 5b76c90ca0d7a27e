/** Does things one after another for each key, and at once for different ones. */
export class Turns<Key> {
  readonly #last = new Map<Key, Promise<void>>();

  /** Does `act` when all that was asked for before under this key is done, well or not. */
  run<T>(key: Key, act: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(act);
    // Who asked hears of a failure; the next turn comes all the same.
    const over: Promise<void> = turn.then(() => {}, () => {}).then(() => {
      if (this.#last.get(key) === over) this.#last.delete(key);
    });
    this.#last.set(key, over);
    return turn;
  }

  /** Resolves when nothing is under way that was asked for before. */
  async idle(): Promise<void> {
    await Promise.all(this.#last.values());
  }
}
