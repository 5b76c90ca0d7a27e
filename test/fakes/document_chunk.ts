/** Documents as Automerge saves them, put together by hand: every one with a right checksum. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";

/** A column: its number, and its bytes. */
export type MadeColumn = readonly [spec: number, bytes: Uint8Array];

/** What a document is put together from. */
export interface MadeChunk {
  readonly actors?: readonly Uint8Array[];
  /** 32 bytes each. */
  readonly heads?: readonly Uint8Array[];
  readonly changes?: readonly MadeColumn[];
  readonly ops?: readonly MadeColumn[];
  readonly rest?: Uint8Array;
}

/** A number in LEB128. */
export function uleb(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 + 0x80);
  return [...bytes, value];
}

/** A number in signed LEB128. */
export function sleb(value: number): number[] {
  const bytes: number[] = [];
  for (; value < -0x40 || value >= 0x40; value = Math.floor(value / 0x80)) {
    bytes.push(((value % 0x80) + 0x80) % 0x80 + 0x80);
  }
  return [...bytes, ((value % 0x80) + 0x80) % 0x80];
}

/** So many rows of one number. */
export function repeated(times: number, value: number): Uint8Array {
  return Uint8Array.from([...sleb(times), ...uleb(value)]);
}

/** A deflated column: its number says so. */
export function deflated(spec: number, bytes: Uint8Array): MadeColumn {
  return [spec | 8, deflateRawSync(bytes)];
}

/** The chunk of a document. */
export function documentChunk(
  { actors = [], heads = [], changes = [], ops = [], rest = new Uint8Array() }: MadeChunk,
): Uint8Array {
  const heading = (columns: readonly MadeColumn[]) => [
    ...uleb(columns.length),
    ...columns.flatMap(([spec, bytes]) => [...uleb(spec), ...uleb(bytes.length)]),
  ];
  return sealedChunk(Buffer.concat([
    Buffer.from([...uleb(actors.length), ...actors.flatMap((it) => [...uleb(it.length), ...it])]),
    Buffer.from(uleb(heads.length)),
    ...heads,
    Buffer.from([...heading(changes), ...heading(ops)]),
    ...changes.map(([, bytes]) => bytes),
    ...ops.map(([, bytes]) => bytes),
    rest,
  ]));
}

/** A chunk of a type with this body, and its checksum. */
export function sealedChunk(body: Uint8Array, type = 0): Uint8Array {
  const hashed = Buffer.concat([Buffer.from([type, ...uleb(body.length)]), body]);
  const checksum = createHash("sha256").update(hashed).digest().subarray(0, 4);
  const magic = Buffer.from("856f4a83", "hex");
  return new Uint8Array(Buffer.concat([magic, checksum, hashed]));
}
