import assert from "node:assert/strict";
import { tempFolder } from "../e2e/temp_folder.ts";
import { minutesTest } from "../hostile/minutes.ts";
import { runCrash } from "./crash_run.ts";

async function crash(kills: number, seed: number): Promise<void> {
  await using folder = await tempFolder();
  const { acknowledged } = await runCrash({ kills, seed, folder: folder.path });
  assert(acknowledged > kills, `${acknowledged} acknowledged`);
}

const WHAT = "while three write, all that was acknowledged is everywhere, and no log is torn";

Deno.test(`hostile 39: killed ${WHAT}`, () => crash(5, 1));

minutesTest(`hostile 39: killed a hundred times ${WHAT}`, () => crash(100, 2));
