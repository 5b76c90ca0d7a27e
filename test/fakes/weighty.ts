import type { ActorId } from "../../core/base/ids.ts";
import { newHandle } from "../../core/doc/automerge.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";

/** A sound change of some 200 bytes that writes under one key again and again. Needs `startAutomerge`. */
export function weightyPut(actor: ActorId, rows: number): Uint8Array {
  const handle = newHandle(actor);
  for (let i = 0; i < rows; i++) handle.put("_root", "k", i % 2 === 0 ? "a" : "b", "str");
  return committed(handle);
}

/** A sound change of some 200 bytes that inserts one character again and again, as the first of a note. */
export function weightyInsert(actor: ActorId, rows: number): Uint8Array {
  const handle = newHandle(actor);
  handle.applyChanges([GENESIS]);
  handle.splice(TEXT_OBJECT, 0, 0, "x".repeat(rows));
  return committed(handle);
}

function committed(handle: ReturnType<typeof newHandle>): Uint8Array {
  const hash = handle.commit(null, 0);
  const change = hash && handle.getChangeByHash(hash);
  handle.free();
  if (!change) throw new Error("Cannot make a change: nothing written");
  return change;
}
