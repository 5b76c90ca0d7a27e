import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createPublicKey, verify as verifyWithoutAdmission } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { parsePeerId } from "../../core/base/ids.ts";
import { createDeviceKeys } from "../../core/trust/device_keys.ts";
import { isAdmissible, keyOfPeer, peerOfKey, verify } from "../../core/trust/peer_key.ts";
import { seededBytes } from "../fakes/random.ts";

/** The eight points of small order, and encodings of them that are not canonical. */
const SMALL_ORDER = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

const ANY = Buffer.from("anything at all");

Deno.test("peer key: keys of small order are refused, as is the signature that verifies everything", () => {
  const always = new Uint8Array(64);
  always[0] = 1;
  const spki = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(SMALL_ORDER[0] ?? "", "hex"),
  ]);
  const key = createPublicKey({ format: "der", type: "spki", key: spki });
  assert.ok(verifyWithoutAdmission(null, ANY, key, always), "node:crypto alone accepts it");
  for (const text of SMALL_ORDER) {
    assert.equal(isAdmissible(parsePeerId(text)), false, text);
    assert.equal(verify(parsePeerId(text), ANY, always), false, text);
  }
});

Deno.test("peer key: an honest key with a torsion part is refused", () => {
  const honest = ed25519.Point.fromBytes(keyOfPeer(createDeviceKeys(seededBytes(1)).peer));
  for (const text of SMALL_ORDER.slice(1, 8)) {
    const mixed = honest.add(ed25519.Point.fromHex(text));
    assert.equal(mixed.isSmallOrder(), false);
    assert.equal(isAdmissible(peerOfKey(mixed.toBytes())), false, text);
  }
});

Deno.test("peer key: what is no point, or not its canonical encoding, is refused", () => {
  const notOnCurve = "0200000000000000000000000000000000000000000000000000000000000000";
  const beyondField = "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f";
  for (const text of [notOnCurve, beyondField, "ff".repeat(32)]) {
    assert.equal(isAdmissible(parsePeerId(text)), false, text);
  }
  assert.throws(() => peerOfKey(new Uint8Array(31)), TypeError);
});

Deno.test("peer key: a signature holds for its peer and its bytes only", () => {
  const [ours, theirs] = [createDeviceKeys(seededBytes(1)), createDeviceKeys(seededBytes(2))];
  const signature = ours.sign(ANY);
  assert.ok(verify(ours.peer, ANY, signature));
  assert.equal(verify(theirs.peer, ANY, signature), false);
  assert.equal(verify(ours.peer, Buffer.from("other"), signature), false);
  for (const length of [0, 63]) {
    assert.equal(verify(ours.peer, ANY, signature.subarray(0, length)), false);
  }
  assert.equal(verify(ours.peer, ANY, Buffer.concat([signature, new Uint8Array(1)])), false);
  for (let bit = 0; bit < 512; bit++) {
    const altered = Uint8Array.from(signature);
    altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.equal(verify(ours.peer, ANY, altered), false);
  }
});

Deno.test("peer key: a signature has one form, S + L is refused", () => {
  const keys = createDeviceKeys(seededBytes(1));
  const signature = keys.sign(ANY);
  const half = (at: number) =>
    BigInt(`0x${Buffer.from(signature.slice(at, at + 32)).reverse().toString("hex")}`);
  const raised = (half(32) + ed25519.Point.Fn.ORDER).toString(16).padStart(64, "0");
  const other = Buffer.concat([signature.slice(0, 32), Buffer.from(raised, "hex").reverse()]);
  assert.equal(verify(keys.peer, ANY, other), false);
});
