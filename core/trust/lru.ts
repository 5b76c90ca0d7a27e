/** A map that holds at most `limit` entries: a new one pushes out the one unused for longest. */
export class Lru<Key, Value> {
  /** In order of last use, as a Map keeps the order of insertion. */
  readonly #entries = new Map<Key, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of `key`, made by `make` when it is not held. What `make` throws is not remembered. */
  get(key: Key, make: (key: Key) => Value): Value {
    const held = this.#entries.has(key);
    const value = held ? this.#entries.get(key) as Value : make(key);
    if (held) this.#entries.delete(key);
    else if (this.#entries.size >= this.#limit) this.#dropOldest();
    this.#entries.set(key, value);
    return value;
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
