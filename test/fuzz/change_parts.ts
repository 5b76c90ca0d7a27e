import { createHash } from "node:crypto";
import { ByteReader } from "../../core/trust/byte_reader.ts";

/** The body of a change taken apart, not judged: it can be put together again as something else. */
export interface Parts {
  /** All up to the other actors. */
  head: Uint8Array;
  others: string[];
  columns: { spec: number; bytes: Uint8Array }[];
}

export function readParts(body: Uint8Array): Parts {
  const reader = new ByteReader(body, (state) => new Error(`Cannot take apart: ${state}`));
  reader.take(32 * reader.uleb());
  reader.take(reader.uleb());
  reader.uleb();
  reader.uleb();
  reader.sleb();
  reader.take(reader.uleb());
  const head = body.slice(0, body.length - reader.left);
  const others = Array.from({ length: reader.uleb() }, () => reader.take(reader.uleb()).toHex());
  const heads = Array.from(
    { length: reader.uleb() },
    () => [reader.uleb(), reader.uleb()] as const,
  );
  const columns = heads.map(([spec, length]) => ({ spec, bytes: reader.take(length).slice() }));
  return { head, others, columns };
}

export function writeParts({ head, others, columns }: Parts): Uint8Array {
  const heads = columns.flatMap(({ spec, bytes }) => [...uleb(spec), ...uleb(bytes.length)]);
  return new Uint8Array([
    ...head,
    ...uleb(others.length),
    ...others.flatMap((actor) => [...uleb(actor.length / 2), ...Uint8Array.fromHex(actor)]),
    ...uleb(columns.length),
    ...heads,
    ...columns.flatMap(({ bytes }) => [...bytes]),
  ]);
}

/** A chunk of a type with the checksum of a body. */
export function chunkOf(type: number, content: Uint8Array, body: Uint8Array): Uint8Array {
  const hashed = new Uint8Array([1, ...uleb(body.length), ...body]);
  const checksum = createHash("sha256").update(hashed).digest().subarray(0, 4);
  const head = [0x85, 0x6f, 0x4a, 0x83, ...checksum, type, ...uleb(content.length)];
  return new Uint8Array([...head, ...content]);
}

export function uleb(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 + 0x80);
  return [...bytes, value];
}
