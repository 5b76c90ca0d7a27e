import type { ActorId } from "../base/ids.ts";
import { decodeChange } from "./automerge.ts";
import type { Entry } from "./entry.ts";

/** What Automerge says of an operation that matters here; its own type has gaps. */
interface RawOp {
  readonly action: string;
  readonly obj: string;
  readonly key?: unknown;
  readonly value?: unknown;
  readonly datatype?: unknown;
}

/**
 * Gives the strings that a change writes under keys of the root map, in its order. Everything else in it
 * (other values, objects, deletions) means nothing to this program.
 */
export function readEntries(change: Uint8Array): Entry[] {
  const { actor, startOp, ops } = decodeChange(change);
  const entries: Entry[] = [];
  for (const [i, op] of (ops as readonly RawOp[]).entries()) {
    if (op.action !== "set" || op.obj !== "_root" || typeof op.key !== "string") continue;
    if (typeof op.value !== "string" || (op.datatype ?? "str") !== "str") continue;
    const id = { counter: startOp + i, actor: actor as ActorId };
    entries.push({ key: op.key, value: op.value, op: id });
  }
  return entries;
}
