import { decode, type DecodeOptions, encode, Token, Tokenizer, Type } from "cborg";

/** What Earshot's part of CBOR (RFC 8949) can say. */
export type Cbor = number | boolean | null | string | Uint8Array | readonly Cbor[];

/** What is bounded while reading, before anything is built. */
export interface CborBounds {
  /** Nesting of arrays. */
  readonly depth: number;
  /** Values in all, arrays included. */
  readonly values: number;
}

const options: DecodeOptions = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
};

const allowed = new Set([
  Type.uint,
  Type.bytes,
  Type.string,
  Type.array,
  Type.false,
  Type.true,
  Type.null,
]);

/**
 * Stops at what is not used, at depth and at count before cborg builds anything from it:
 * cborg descends by recursion, and 64 KiB can nest 65,000 deep.
 */
class BoundedTokenizer extends Tokenizer {
  readonly #bounds: CborBounds;
  #values = 0;
  /** Values still to come in each open array, the innermost last. */
  #open: number[] = [];

  constructor(bytes: Uint8Array, bounds: CborBounds) {
    super(bytes, options);
    this.#bounds = bounds;
  }

  override next(): Token {
    const token = super.next();
    if (!allowed.has(token.type)) throw new SyntaxError(`a ${token.type.name} is not used`);
    if (++this.#values > this.#bounds.values) throw new SyntaxError("too many values");
    const last = this.#open.length - 1;
    if (last >= 0) this.#open[last]! -= 1;
    if (token.type === Type.array) {
      const count: unknown = token.value;
      if (typeof count !== "number" || count > this.#bounds.values) {
        throw new SyntaxError("an array is too long");
      }
      this.#open.push(count);
      if (this.#open.length > this.#bounds.depth) throw new SyntaxError("arrays nest too deep");
    }
    while (this.#open.at(-1) === 0) this.#open.pop();
    return token;
  }
}

/** Writes a value as CBOR, in the one shortest form. */
export function encodeCbor(value: Cbor): Uint8Array {
  return encode(value);
}

/**
 * Reads one value. Only shortest forms, definite lengths, unsigned integers below 2^53, byte and text
 * strings, arrays, booleans and null are taken; depth and count are bounded by `bounds`.
 *
 * @throws {SyntaxError} for anything else, also for bytes after the value.
 */
export function decodeCbor(bytes: Uint8Array, bounds: CborBounds): Cbor {
  try {
    return decode(bytes, { ...options, tokenizer: new BoundedTokenizer(bytes, bounds) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read CBOR: ${reason}`, { cause: error });
  }
}
