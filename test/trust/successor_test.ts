import assert from "node:assert/strict";
import { isSuccessor, signSuccessor, successorText } from "../../core/trust/successor.ts";
import { deviceKeys } from "../fakes/device.ts";

const [OLD, NEXT, EVE] = [deviceKeys(1), deviceKeys(2), deviceKeys(3)];

Deno.test("MEMB-10: the old key says which key goes on for it, and nobody else can", () => {
  const signature = signSuccessor(OLD, NEXT.peer);
  assert.ok(isSuccessor(OLD.peer, NEXT.peer, signature));
  assert.equal(
    new TextDecoder().decode(successorText(NEXT.peer).subarray(0, 19)),
    "earshot/successor/1",
  );
  assert.ok(!isSuccessor(OLD.peer, EVE.peer, signature));
  assert.ok(!isSuccessor(EVE.peer, NEXT.peer, signature));
  assert.ok(!isSuccessor(NEXT.peer, OLD.peer, signature));
  assert.ok(!isSuccessor(OLD.peer, OLD.peer, signSuccessor(OLD, OLD.peer)), "not of itself");
  signature[5]! ^= 1;
  assert.ok(!isSuccessor(OLD.peer, NEXT.peer, signature));
});
