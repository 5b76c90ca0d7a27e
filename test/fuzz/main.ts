/**
 * `deno task fuzz [--count N] [--seed S] [--worker]`: N spoiled changes through the whole of admission, in
 * rounds, with the documents in this thread or in their workers; one line of JSON at the end. It ends with an
 * error when something is admitted that does harm.
 *
 * @module
 */
import minimist from "minimist";
import type { Log } from "../../core/base/log.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { openDocuments } from "../../core/doc/document_worker.ts";
import type { Load } from "../../core/doc/documents.ts";
import { writeLine } from "../e2e/write_line.ts";
import { directDocuments } from "../fakes/documents.ts";
import { memoryDirectory } from "../fakes/memory_directory.ts";
import { fuzzRound } from "./round.ts";

const MUTANTS_PER_ROUND = 1000;

const { count = 10_000, seed = 1, worker = false } = minimist(Deno.args, { boolean: ["worker"] });
await startAutomerge();
let workerDeaths = 0;
const log: Log = (_level, text) => {
  if (text === "the document worker is replaced") workerDeaths++;
};
const open = (load: Load) => worker ? openDocuments({ load, log }) : directDocuments(load);
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
  const directory = memoryDirectory("earshot-fuzz-");
  try {
    const mutants = Math.min(MUTANTS_PER_ROUND, Number(count) - total.mutants);
    const figures = await fuzzRound(round, mutants, directory, open);
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
  ...(worker ? { workerDeaths } : {}),
  seconds: Math.round((performance.now() - start) / 1000),
  kindsOfRefusal: kinds.size,
};
writeLine(line);
if (total.byAutomerge > 0 || workerDeaths > 0 || total.readMs > MAX_STALL_MS) Deno.exit(1);
