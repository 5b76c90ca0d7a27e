/** A set of small numbers, one bit each. All sets that meet in one operation have the same size. */
export class Bits {
  readonly #words: Uint32Array;

  /** An empty set for the numbers below `size`, or a copy. */
  constructor(size: number | Bits) {
    this.#words = typeof size === "number"
      ? new Uint32Array((size + 31) >>> 5)
      : size.#words.slice();
  }

  has(n: number): boolean {
    return (this.#words[n >>> 5]! >>> (n & 31) & 1) === 1;
  }

  add(n: number): this {
    this.#words[n >>> 5]! |= 1 << (n & 31);
    return this;
  }

  delete(n: number): void {
    this.#words[n >>> 5]! &= ~(1 << (n & 31));
  }

  /** Adds what is in `other`. */
  join(other: Bits): this {
    for (let i = 0; i < this.#words.length; i++) this.#words[i]! |= other.#words[i]!;
    return this;
  }

  /** Keeps what is in `other` too. */
  meet(other: Bits): this {
    for (let i = 0; i < this.#words.length; i++) this.#words[i]! &= other.#words[i]!;
    return this;
  }

  /** Drops what is in `other`. */
  drop(other: Bits): this {
    for (let i = 0; i < this.#words.length; i++) this.#words[i]! &= ~other.#words[i]!;
    return this;
  }

  get isEmpty(): boolean {
    return this.#words.every((word) => word === 0);
  }

  /** Whether something is in both. */
  touches(other: Bits): boolean {
    for (let i = 0; i < this.#words.length; i++) {
      if ((this.#words[i]! & other.#words[i]!) !== 0) return true;
    }
    return false;
  }

  /** Whether all that is here is in `other`. */
  isWithin(other: Bits): boolean {
    for (let i = 0; i < this.#words.length; i++) {
      if ((this.#words[i]! & ~other.#words[i]!) !== 0) return false;
    }
    return true;
  }

  /** The lowest number that is in both, or -1. */
  firstIn(other: Bits): number {
    for (let i = 0; i < this.#words.length; i++) {
      const word = this.#words[i]! & other.#words[i]!;
      if (word !== 0) return (i << 5) + 31 - Math.clz32(word & -word);
    }
    return -1;
  }

  /** In ascending order; what is added or deleted meanwhile may be missed. */
  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.#words.length; i++) {
      for (let word = this.#words[i]!; word !== 0; word &= word - 1) {
        yield (i << 5) + 31 - Math.clz32(word & -word);
      }
    }
  }
}
