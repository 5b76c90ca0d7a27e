import assert from "node:assert/strict";
import { type Cbor, encodeCbor } from "../../core/base/cbor.ts";
import { decodeBody } from "../../core/wire/cbor.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import type { Message } from "../../core/wire/message.ts";

/** Writes a message whose fields (of most the space is the first) were altered. */
export function altered(
  message: Message | undefined,
  alter: (fields: Cbor[]) => Cbor[],
): Uint8Array {
  assert.ok(message);
  const bytes = encodeMessage(message);
  const fields = decodeBody(bytes.subarray(1));
  assert.ok(Array.isArray(fields));
  const body = encodeCbor(alter([...fields]));
  return Uint8Array.from([bytes[0]!, ...body]);
}

/** Replaces what stands at a path of indices. */
export function put(path: readonly number[], value: Cbor): (fields: Cbor[]) => Cbor[] {
  return (fields) => {
    const [at, ...rest] = path as [number, ...number[]];
    const inner = fields[at];
    fields[at] = rest.length === 0
      ? value
      : put(rest, value)(Array.isArray(inner) ? [...inner] : []);
    return fields;
  };
}
