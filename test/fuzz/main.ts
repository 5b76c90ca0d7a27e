/**
 * `deno task fuzz [--count N] [--seed S]`: N spoiled changes through the whole of admission, in rounds; one
 * line of JSON at the end. It ends with an error when something is admitted that does harm.
 *
 * @module
 */
import minimist from "minimist";
import { directDocuments } from "../fakes/documents.ts";
import { fuzzRound } from "./round.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";

const MUTANTS_PER_ROUND = 1000;

const { count = 10_000, seed = 1 } = minimist(Deno.args);
await startAutomerge();
const start = performance.now();
const total = { mutants: 0, admitted: 0, honest: 0, rounds: 0, readMs: 0, admitMs: 0 };
const refusals = new Map<string, number>();
for (let round = Number(seed); total.mutants < Number(count); round++) {
  const directory = await Deno.makeTempDir({ prefix: "earshot-fuzz-" });
  try {
    const mutants = Math.min(MUTANTS_PER_ROUND, Number(count) - total.mutants);
    const figures = await fuzzRound(round, mutants, directory, directDocuments);
    total.rounds++;
    for (const name of ["mutants", "admitted", "honest"] as const) total[name] += figures[name];
    for (const name of ["readMs", "admitMs"] as const) {
      total[name] = Math.max(total[name], Math.round(figures[name] * 10) / 10);
    }
    for (const [reason, times] of figures.refusals) {
      refusals.set(reason, (refusals.get(reason) ?? 0) + times);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
const line = {
  fuzz: "admission",
  seed: Number(seed),
  ...total,
  seconds: Math.round((performance.now() - start) / 1000),
  refusals: refusals.size,
};
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
if (Deno.args.includes("--reasons")) {
  for (const [r, t] of [...refusals].sort((a, b) => b[1] - a[1])) console.log(t, r);
}
