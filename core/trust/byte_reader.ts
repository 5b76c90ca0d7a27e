/** LEB128 takes seven bits a byte; eight bytes hold 56, one more than a safe integer can use. */
const MAX_LEB_BYTES = 8;

/**
 * Reads a stranger's bytes from the start on. It never reads beyond them, and makes its errors with `bad`.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #bad: (state: string) => Error;
  #at = 0;

  constructor(bytes: Uint8Array, bad: (state: string) => Error) {
    this.#bytes = bytes;
    this.#bad = bad;
  }

  /** Bytes not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** How many bytes were read. */
  get at(): number {
    return this.#at;
  }

  /** Goes past the next `count` bytes. */
  skip(count: number): void {
    if (count > this.left) throw this.#bad("cut short");
    this.#at += count;
  }

  /** Takes the next `count` bytes, as a view. */
  take(count: number): Uint8Array {
    this.skip(count);
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  u8(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw this.#bad("cut short");
    this.#at++;
    return byte;
  }

  /** Big-endian. */
  u32(): number {
    return this.u8() * 2 ** 24 + this.u8() * 2 ** 16 + this.u8() * 2 ** 8 + this.u8();
  }

  /** An unsigned LEB128 number of at most 53 bits in its shortest form. */
  uleb(): number {
    let value = 0;
    let unit = 1;
    for (let i = 0; i < MAX_LEB_BYTES; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * unit;
      unit *= 0x80;
      if (byte & 0x80) continue;
      if (value > Number.MAX_SAFE_INTEGER) break;
      if (byte === 0 && i > 0) throw this.#bad("with a number not in its shortest form");
      return value;
    }
    throw this.#bad("with a number of more than 53 bits");
  }

  /** A signed LEB128 number whose size has at most 53 bits, in its shortest form. */
  sleb(): number {
    let value = 0;
    let unit = 1;
    let previous = 0;
    for (let i = 0; i < MAX_LEB_BYTES; i++) {
      const byte = this.u8();
      if (byte & 0x80) {
        value += (byte & 0x7f) * unit;
        unit *= 0x80;
        previous = byte;
        continue;
      }
      const negative = (byte & 0x40) !== 0;
      // A last byte that only repeats the sign of the one before it is one too many.
      if (i > 0 && byte === (negative ? 0x7f : 0) && ((previous & 0x40) !== 0) === negative) {
        throw this.#bad("with a number not in its shortest form");
      }
      value += (negative ? byte - 0x80 : byte) * unit;
      if (!Number.isSafeInteger(value)) break;
      return value;
    }
    throw this.#bad("with a number of more than 53 bits");
  }
}
