import { type Cbor, decodeCbor } from "../base/cbor.ts";

/** Nesting of arrays; the deepest message needs five. */
export const MAX_CBOR_DEPTH = 6;
/** Values in one body, arrays included. A body at its size limit of two-byte values has fewer. */
export const MAX_CBOR_VALUES = 32_768;

/** Reads the body of a link message. @throws {SyntaxError} if it is not as the wire's CBOR must be. */
export function decodeBody(bytes: Uint8Array): Cbor {
  return decodeCbor(bytes, { depth: MAX_CBOR_DEPTH, values: MAX_CBOR_VALUES });
}
