import assert from "node:assert/strict";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { directDocuments } from "../fakes/documents.ts";
import { fuzzRound } from "./round.ts";

await startAutomerge();

Deno.test("hostile 16, 17: spoiled changes of members harm no replica, and none differ (short run)", async () => {
  const directory = await Deno.makeTempDir({ prefix: "earshot-fuzz-" });
  try {
    for (const seed of [1001, 1002]) {
      const { mutants, admitted, byAutomerge } = await fuzzRound(
        seed,
        200,
        directory,
        directDocuments,
      );
      assert.equal(mutants, 200);
      assert.ok(admitted > 10 && admitted < 120, `${admitted} admitted`);
      assert.equal(byAutomerge, 0, "what the gate lets pass Automerge takes");
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
