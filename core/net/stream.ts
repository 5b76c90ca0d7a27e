import type { Connection } from "./transport.ts";

/**
 * Reads exactly `length` bytes and none after them; `null` if the connection ends before.
 * `length` is the protocol's own number, never one that a peer sent.
 */
export async function readExactly(
  connection: Connection,
  length: number,
): Promise<Uint8Array | null> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) return null;
    at += count;
  }
  return bytes;
}

/** Writes all of `bytes`, and calls `progress` each time a part was taken. */
export async function writeAll(
  connection: Connection,
  bytes: Uint8Array,
  progress?: () => void,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await connection.write(bytes.subarray(at));
    progress?.();
  }
}
