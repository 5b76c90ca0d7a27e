import assert from "node:assert/strict";
import { x25519 } from "@noble/curves/ed25519.js";
import { agree, x25519Pair } from "../../core/trust/x25519.ts";
import { seededBytes } from "../fakes/random.ts";

/** Every encoding of a point of small order (RFC 7748, 7), with the ignored highest bit too. */
const SMALL_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

Deno.test("x25519: agrees with another implementation", () => {
  const random = seededBytes(1);
  for (let round = 0; round < 20; round++) {
    const [ours, theirs] = [random(32), random(32)];
    const pair = x25519Pair(ours);
    assert.deepEqual(pair.publicKey, x25519.getPublicKey(ours));
    const shared = agree(pair, x25519.getPublicKey(theirs));
    assert.deepEqual(Uint8Array.from(shared), x25519.getSharedSecret(theirs, pair.publicKey));
  }
});

Deno.test("x25519: keys of small order are refused", () => {
  const pair = x25519Pair(seededBytes(1)(32));
  for (const text of SMALL_ORDER) {
    const key = Uint8Array.fromHex(text);
    assert.throws(() => agree(pair, key), Error, text);
    key[31] = (key[31] ?? 0) | 0x80;
    assert.throws(() => agree(pair, key), Error, text);
  }
});

Deno.test("x25519: keys have 32 bytes", () => {
  const pair = x25519Pair(seededBytes(1)(32));
  for (const length of [0, 31, 33]) {
    assert.throws(() => x25519Pair(new Uint8Array(length)), RangeError);
    assert.throws(() => agree(pair, new Uint8Array(length)), RangeError);
  }
});
