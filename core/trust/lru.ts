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
    const value = this.#entries.has(key) ? this.#entries.get(key) as Value : make(key);
    this.set(key, value);
    return value;
  }

  /** The value of `key`, if it is held; that is no use of it. */
  peek(key: Key): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: Key, value: Value): void {
    if (!this.#entries.delete(key) && this.#entries.size >= this.#limit) this.#dropOldest();
    this.#entries.set(key, value);
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}
