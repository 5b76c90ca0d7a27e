/**
 * `deno task crash [--kills N] [--seed S]`: kills nodes that write, again and again, and looks that nothing
 * acknowledged is lost. One line every ten kills, and one of JSON with the figures at the end.
 *
 * @module
 */
import { parseArgs } from "@std/cli";
import { tempFolder } from "../e2e/temp_folder.ts";
import { runCrash } from "./crash_run.ts";

const { kills, seed } = parseArgs(Deno.args, {
  string: ["kills", "seed"],
  default: { kills: "1000", seed: "39" },
});

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

await using folder = await tempFolder();
const figures = await runCrash({
  kills: Number(kills),
  seed: Number(seed),
  folder: folder.path,
  progress: (done, { acknowledged }) => {
    if (done % 10 === 0) say(`${done} kills, ${acknowledged} acknowledged`);
  },
});
say(JSON.stringify({ crash: "ok", seed: Number(seed), ...figures }));
