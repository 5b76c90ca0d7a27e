import assert from "node:assert/strict";
import { type Cbor, encodeCbor } from "../../core/base/cbor.ts";
import { decodeBody, MAX_CBOR_DEPTH } from "../../core/wire/cbor.ts";

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(" ", ""));

/** How long the decoder takes to refuse something hostile, in milliseconds. */
function refusal(hostile: Uint8Array): number {
  const start = performance.now();
  assert.throws(() => decodeBody(hostile), SyntaxError);
  return performance.now() - start;
}

Deno.test("cbor: values come back as they went", () => {
  const values: Cbor[] = [
    0,
    23,
    24,
    65_536,
    Number.MAX_SAFE_INTEGER,
    true,
    false,
    null,
    "",
    "name\u00e9",
    new Uint8Array(0),
    new Uint8Array(300).fill(7),
    [],
    [1, ["a", [null, [new Uint8Array([1])]]]],
  ];
  for (const value of values) assert.deepEqual(decodeBody(encodeCbor(value)), value);
});

const REFUSED: Record<string, string> = {
  "nothing": "",
  "bytes after the value": "01 01",
  "a long form of a small number": "18 01",
  "a long form of a small length": "58 01 00",
  "a number of 64 bits": "1b ffffffffffffffff",
  "a negative number": "20",
  "a float": "f9 3c00",
  "NaN": "f9 7e00",
  "undefined": "f7",
  "a simple value": "f8 20",
  "a tag": "c1 01",
  "a map": "a1 61 61 01",
  "a map with one key twice": "a2 61 61 01 61 61 02",
  "an array without end": "9f ff",
  "a byte string in pieces": "5f 41 00 ff",
  "a text in pieces": "7f 61 61 ff",
  "a lone break": "ff",
  "an array that says too much": "82 01",
  "an array of 2^32 - 1": "9a ffffffff",
  "an array of 2^53": "9b 0020000000000000",
  "a byte string that says too much": "42 01",
  "a byte string of 4 GiB": "5a ffffffff",
  "a reserved head": "1c",
};

for (const [what, hex] of Object.entries(REFUSED)) {
  Deno.test(`cbor: refuses ${what}`, () => {
    assert.throws(() => decodeBody(bytes(hex)), SyntaxError);
  });
}

Deno.test("cbor: depth is bounded before anything is built", () => {
  const nested = (depth: number) => new Uint8Array(depth).fill(0x81).with(depth - 1, 0x80);
  assert.ok(decodeBody(nested(MAX_CBOR_DEPTH)));
  assert.throws(() => decodeBody(nested(MAX_CBOR_DEPTH + 1)), /nest too deep/);
});

Deno.test("cbor: 64 KiB of malice cost little", () => {
  const full = 65_519;
  const deep = new Uint8Array(full).fill(0x81);
  const wide = new Uint8Array(full);
  wide.set(bytes("99 ffff"));
  const many = new Uint8Array(full).fill(0x80);
  many.set(bytes("9a 0000ffec"));
  const liar = new Uint8Array(full).fill(0x9a);
  for (const hostile of [deep, wide, many, liar]) {
    refusal(hostile);
    const ms = Math.min(refusal(hostile), refusal(hostile), refusal(hostile));
    // Measured below 4 ms each; the bound is wide, what it excludes is time that grows with a square.
    assert.ok(ms < 100, `${ms} ms`);
  }
});
