/** Remembers the newest of what it is told, so many of them and no more. */
export class Recent<Key> {
  readonly #max: number;
  /** In the order of telling. */
  readonly #keys = new Set<Key>();

  constructor(max: number) {
    this.#max = max;
  }

  has(key: Key): boolean {
    return this.#keys.has(key);
  }

  add(key: Key): void {
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= this.#max) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }
}
