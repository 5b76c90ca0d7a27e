/**
 * `deno task fuzz [--count N] [--seed S]`: N spoiled changes through the whole of admission, in rounds; one
 * line of JSON at the end. It ends with an error when something is admitted that does harm.
 *
 * @module
 */
import minimist from "minimist";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { directDocuments } from "../fakes/documents.ts";
import { fuzzRound } from "./round.ts";

const MUTANTS_PER_ROUND = 1000;

const { count = 10_000, seed = 1 } = minimist(Deno.args);
await startAutomerge();
const start = performance.now();
const total = {
  mutants: 0,
  admitted: 0,
  honest: 0,
  rounds: 0,
  byAutomerge: 0,
  readMs: 0,
  admitMs: 0,
};
const kinds = new Set<string>();
for (let round = Number(seed); total.mutants < Number(count); round++) {
  const directory = await Deno.makeTempDir({ prefix: "earshot-fuzz-" });
  try {
    const mutants = Math.min(MUTANTS_PER_ROUND, Number(count) - total.mutants);
    const figures = await fuzzRound(round, mutants, directory, directDocuments);
    total.rounds++;
    for (const name of ["mutants", "admitted", "honest", "byAutomerge"] as const) {
      total[name] += figures[name];
    }
    for (const name of ["readMs", "admitMs"] as const) {
      total[name] = Math.max(total[name], Math.round(figures[name] * 10) / 10);
    }
    for (const reason of figures.refusals.keys()) {
      kinds.add(reason.replace(/[0-9a-f]*\d[0-9a-f]*/g, "N"));
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
/** The longest that the main thread may be held up, in milliseconds. */
const MAX_STALL_MS = 250;
const line = {
  fuzz: "admission",
  seed: Number(seed),
  ...total,
  seconds: Math.round((performance.now() - start) / 1000),
  kindsOfRefusal: kinds.size,
};
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
if (total.byAutomerge > 0 || total.readMs > MAX_STALL_MS) Deno.exit(1);
