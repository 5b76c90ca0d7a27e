import assert from "node:assert/strict";
import { parsePeerId, parseSpaceId } from "../../core/base/ids.ts";
import { inviteKeys, inviteProof, isProof } from "../../core/trust/invite.ts";

const SECRET = new Uint8Array(16).fill(7);
const SPACE = parseSpaceId("0c".repeat(16));
const PEER = parsePeerId("0a".repeat(32));

Deno.test("INV-1: an invitation's secret gives a key and a door (vector)", () => {
  const { key, door, signer } = inviteKeys(SECRET);
  assert.equal(signer.peer, key.toHex());
  assert.deepEqual([key.toHex(), door.toHex()], [
    "b56ddd57b05ac74e27b282a77edbb55fe773a1dcb74483b9b67a5181fbaf06b9",
    "e3c548569f7f10ec4ea43d598f7091c0487f03b88ad6de393be0d9bfc454755c",
  ]);
  assert.throws(() => inviteKeys(new Uint8Array(15)), RangeError);
});

Deno.test("INV-2: hostile 11: a proof lets one peer into one space (vector)", () => {
  const { key } = inviteKeys(SECRET);
  const proof = inviteProof(SECRET, SPACE, PEER);
  assert.equal(
    proof.toHex(),
    "4383a4be190b62e63f911ed5c3bc5064b74ecc09258a65b74f800a0b7d80d5ba0293e4957fd63977486828111852467487c94f40966dd4267264e42749701c05",
  );
  assert.ok(isProof(key, proof, SPACE, PEER));
  assert.ok(!isProof(key, proof, parseSpaceId("0d".repeat(16)), PEER));
  assert.ok(!isProof(key, proof, SPACE, parsePeerId("0b".repeat(32))));
  assert.ok(!isProof(inviteKeys(new Uint8Array(16)).key, proof, SPACE, PEER));
});
