import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { Gate, readChange } from "../../core/doc/gate.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import { report, spread } from "./stats.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const SEGMENT = docKey(SPACE, segmentDoc("0123456789abcdef" as never, 0));
const NOTE = docKey(SPACE, noteDoc(parseNoteId("0e".repeat(16))));
const ANN = "aa".repeat(16) as ActorId;
const BEN = "bb".repeat(16) as ActorId;
const MESSAGES = 1000;
const NOTE_UNITS = 100 * 1024;
const RUNS = 20;

/** What admission costs: the look that the main thread takes, the gate in the worker, and the shadow of a note. */
export async function benchGate(): Promise<void> {
  await startAutomerge();
  const messages = written(SEGMENT, (engine, i) => {
    const key = i.toString(16).padStart(32, "0");
    const value = JSON.stringify({ text: `message ${i} ${"x".repeat(80)}` });
    return [engine.put(SEGMENT, [{ key, value }], i).change];
  }, MESSAGES);
  report("changes read", { unit: "1/s", value: perSecond(messages, readChangeHeader) });
  report("changes gated", {
    unit: "1/s",
    value: perSecond(messages, (change) => readChange(change, false), () => new Gate(false)),
  });
  const line = "The quick brown fox jumps over the lazy dog, été 😀. ";
  const typed = written(NOTE, (engine, i) => {
    const insert = line.repeat(Math.ceil(NOTE_UNITS / 16 / line.length));
    const at = i % 2 === 0 ? 0 : engine.noteText(NOTE).text.length;
    return engine.noteEdit(NOTE, engine.heads(NOTE), [{ at, remove: 0, insert }], i, "").made;
  }, 16);
  const units = lengthOf(typed);
  for (const [what, isDoubted] of [["with", true], ["without", false]] as const) {
    const times = Array.from({ length: RUNS }, () => {
      const engine = new DocumentEngine(isDoubted ? undefined : () => {});
      engine.open(NOTE, BEN, []);
      const start = performance.now();
      engine.apply(NOTE, typed);
      return (performance.now() - start) * (NOTE_UNITS / units);
    });
    report(`quarantine of 100 KB of note, ${what} loading what is saved`, {
      unit: "ms",
      ...spread(times),
    });
  }
}

function written(
  key: DocKey,
  write: (engine: DocumentEngine, i: number) => readonly Uint8Array[],
  count: number,
): Uint8Array[] {
  const engine = new DocumentEngine();
  engine.open(key, ANN, []);
  return Array.from({ length: count }, (_, i) => write(engine, i)).flat();
}

function lengthOf(changes: readonly Uint8Array[]): number {
  const engine = new DocumentEngine();
  engine.open(NOTE, BEN, changes);
  return engine.noteText(NOTE).text.length;
}

/** How many changes a second are read and, if there is a gate, let pass. */
function perSecond<T>(
  changes: readonly Uint8Array[],
  read: (change: Uint8Array) => T,
  makeGate?: () => { pass(read: T): void },
): number {
  let took = 0;
  for (let run = 0; run < RUNS; run++) {
    const gate = makeGate?.();
    const start = performance.now();
    for (const change of changes) {
      const result = read(change);
      gate?.pass(result);
    }
    // The first run warms up.
    if (run > 0) took += performance.now() - start;
  }
  return Math.round((RUNS - 1) * changes.length / (took / 1000));
}
