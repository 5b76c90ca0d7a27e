import assert from "node:assert/strict";
import { tempFolder } from "../e2e/temp_folder.ts";
import { runCrash } from "./crash_run.ts";

Deno.test("hostile 39: killed while three write, all that was acknowledged is everywhere, and no log is torn", async () => {
  await using folder = await tempFolder();
  const figures = await runCrash({ kills: 5, seed: 1, folder: folder.path });
  assert.equal(figures.kills, 5);
  assert(figures.acknowledged > 0);
});
