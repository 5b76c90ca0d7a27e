import { countFirst } from "../base/count_first.ts";
import type { ActorId } from "../base/ids.ts";
import type { DocumentChunk } from "../trust/document_chunk.ts";
import { numbers, odd, sumsBefore } from "./document_columns.ts";

// The binary document format of Automerge, section "Document Chunks".
const CHANGE = { actor: 0x01, seq: 0x03, maxOp: 0x13, depCount: 0x40, dep: 0x43 } as const;

/** The changes of one actor in a saved document, each at `seq - 1`. */
export interface GraphLog {
  readonly actor: ActorId;
  /** Their places among all changes. */
  readonly changes: Int32Array;
  /** The numbers of their last operations; they grow. */
  readonly maxOps: Int32Array;
}

/** The changes of a saved document, each after those it rests on. */
export interface SavedGraph {
  readonly logs: readonly GraphLog[];
  /** Of each change, the place of its log among the logs, and its own in its log, from 1 on. */
  readonly logOf: Int32Array;
  readonly seqs: Int32Array;
  /** The dependencies of change `i` are `deps` from `depsFrom[i]` up to `depsFrom[i + 1]`. */
  readonly depsFrom: Int32Array;
  readonly deps: Int32Array;
}

/**
 * Reads how the changes of a saved document rest on one another.
 *
 * @throws {SyntaxError} if a change does not come after those it rests on, the one before it in its log included.
 */
export function readGraph({ actors, changes }: DocumentChunk): SavedGraph {
  const logOf = numbers(changes, CHANGE.actor);
  const size = logOf.length;
  const seqs = numbers(changes, CHANGE.seq, size);
  const maxOps = numbers(changes, CHANGE.maxOp, size);
  const places: number[][] = actors.map(() => []);
  for (let i = 0; i < size; i++) {
    if (places[logOf[i] ?? -1]?.push(i) !== seqs[i]) throw odd("changes out of order");
  }
  const logs = actors.map((actor, i): GraphLog => {
    const changes = Int32Array.from(places[i] ?? []);
    return { actor: actor as ActorId, changes, maxOps: changes.map((i) => maxOps[i] ?? 0) };
  });
  const depsFrom = sumsBefore(numbers(changes, CHANGE.depCount, size));
  const deps = numbers(changes, CHANGE.dep, depsFrom[size]);
  for (let i = 0; i < size; i++) {
    const end = depsFrom[i + 1] ?? 0;
    for (let at = depsFrom[i] ?? 0; at < end; at++) {
      const dep = deps[at] ?? -1;
      if (dep < 0 || dep >= i) throw odd("changes out of order");
    }
  }
  return { logs, logOf, seqs, depsFrom, deps };
}

/** The place in its log of the change that has an operation of that number, or would have it. */
export function changeWith({ maxOps }: GraphLog, counter: number): number {
  return countFirst(maxOps, (maxOp) => maxOp < counter);
}
