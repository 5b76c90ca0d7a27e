import { inflateRawSync } from "node:zlib";
import { ByteReader } from "./byte_reader.ts";

type Bad = (state: string, options?: ErrorOptions) => Error;

const MAGIC = 0x856f4a83;
const CHECKSUM_BYTES = 4;
/** Of a chunk, what its hash is made of begins here: its type, its length and what is in it. */
export const HASHED_FROM = 4 + CHECKSUM_BYTES;

/** A chunk of Automerge's, of whatever type. */
export interface Chunk {
  /** The beginning of its hash, as it says; not verified. */
  readonly checksum: Uint8Array;
  readonly type: number;
  readonly body: Uint8Array;
}

/**
 * Takes a chunk of Automerge's apart (the binary document format, section "Chunks").
 *
 * @throws what `bad` makes, when it is not exactly one.
 */
export function openChunk(bytes: Uint8Array, bad: Bad): Chunk {
  const chunk = new ByteReader(bytes, bad);
  if (chunk.u32() !== MAGIC) throw bad("no chunk of Automerge");
  const checksum = chunk.take(CHECKSUM_BYTES);
  const type = chunk.u8();
  const length = chunk.uleb();
  if (length !== chunk.left) throw bad("of another length than it says");
  return { checksum, type, body: chunk.take(length) };
}

/** Inflates to `maxOutputLength` bytes at most. @throws what `bad` makes, when it cannot. */
export function inflate(packed: Uint8Array, maxOutputLength: number, bad: Bad): Uint8Array {
  // Deno's zlib knows this option of Node's too; its types do not.
  const options = { maxOutputLength, rejectGarbageAfterEnd: true };
  try {
    return inflateRawSync(packed, options);
  } catch (cause) {
    throw bad("deflated, but not soundly or to too much", { cause });
  }
}
