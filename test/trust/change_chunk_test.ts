import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { parseActorId } from "../../core/base/ids.ts";
import { splitChunks } from "../../core/trust/change_chunk.ts";
import { manyChanges } from "../fakes/changes.ts";

const ACTOR = parseActorId("0a".repeat(16));

Deno.test("chunks that lie one after another are taken apart, and one that is cut short is refused", async () => {
  const changes = await manyChanges([ACTOR], 40);
  const joined = new Uint8Array(Buffer.concat(changes));
  assert.deepEqual(
    splitChunks(joined).map((chunk) => chunk.toHex()),
    changes.map((c) => c.toHex()),
  );
  assert.deepEqual(splitChunks(new Uint8Array()), []);
  for (const short of [1, 8, 9, 60]) {
    const cut = joined.subarray(0, joined.length - short);
    assert.throws(() => splitChunks(cut), SyntaxError, `${short} bytes short`);
  }
});
