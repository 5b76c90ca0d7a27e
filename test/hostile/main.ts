/**
 * `deno task hostile`: all hostile tests, those that need minutes too, and a line for each attack.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { readJunit, type Result } from "./junit.ts";
import { numbersOf, readTable } from "./table.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const junit = await Deno.makeTempFile({ prefix: "earshot-hostile-", suffix: ".xml" });
const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-P=test", "--filter", "/hostile \\d/", `--junit-path=${junit}`, "test/"],
  cwd: ROOT,
  env: { EARSHOT_MINUTES: "1", NO_COLOR: "1" },
  stdin: "null",
  stdout: "piped",
  stderr: "piped",
}).output();
const results = readJunit(await Deno.readTextFile(junit));
await Deno.remove(junit);
if (code !== 0) {
  say(`It ended with ${code}`);
  for (const bytes of [stdout, stderr]) say(new TextDecoder().decode(bytes));
}
for (const { numbers, attack, isApplicable } of readTable()) {
  const own = results.filter(({ name }) => numbersOf(name).some((one) => numbers.includes(one)));
  const count = (state: Result["state"]) => own.filter((result) => result.state === state).length;
  const seconds = own.reduce((sum, result) => sum + result.seconds, 0);
  const facts = !isApplicable ? ["not applicable"] : [
    count("ok") > 0 ? `${count("ok")} ok` : "NONE ok",
    ...(count("failed") > 0 ? [`${count("failed")} FAILED`] : []),
    ...(count("skipped") > 0 ? [`${count("skipped")} skipped`] : []),
    `${seconds.toFixed(1)} s`,
  ];
  say(`${numbers.join(", ").padStart(6)}  ${attack}: ${facts.join(", ")}`);
}
for (const { name, state } of results) if (state === "failed") say(`FAILED: ${name}`);
for (const { name, state } of results) if (state === "skipped") say(`skipped: ${name}`);
Deno.exit(code);
