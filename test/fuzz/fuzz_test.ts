import assert from "node:assert/strict";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { directDocuments } from "../fakes/documents.ts";
import { minutesTest } from "../hostile/minutes.ts";
import { fuzzRound } from "./round.ts";

await startAutomerge();

async function fuzz(seeds: readonly number[]): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "earshot-fuzz-" });
  try {
    for (const seed of seeds) {
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
}

const WHAT = "spoiled changes of members harm no replica, and none differ";

Deno.test(`hostile 16, 17: ${WHAT} (short run)`, () => fuzz([1001, 1002]));

minutesTest(
  `hostile 16, 17: ${WHAT}, in a hundred stories`,
  () => fuzz(Array.from({ length: 100 }, (_, index) => 2000 + index)),
);
