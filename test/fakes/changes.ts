import { createHash } from "node:crypto";
import type { ActorId } from "../../core/base/ids.ts";
import { newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import { GENESIS, TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { seededUnit } from "./random.ts";

/** Real changes of every shape that this program makes and more, by three actors in one document. */
export async function manyChanges(
  actors: readonly ActorId[],
  count: number,
): Promise<Uint8Array[]> {
  await startAutomerge();
  const unit = seededUnit(count);
  const handles = actors.map((actor) => {
    const handle = newHandle(actor);
    handle.applyChanges([GENESIS]);
    return handle;
  });
  const changes: Uint8Array[] = [];
  const past = [handles[0]!.getHeads()];
  for (let i = 0; i < count; i++) {
    const handle = handles[Math.floor(unit() * handles.length)]!;
    const kind = unit();
    const old = past[Math.floor(unit() * past.length)]!;
    const aside = kind > 0.8 && handle.getMissingDeps(old).length === 0;
    if (aside) handle.isolate(old);
    if (kind < 0.3) handle.put("_root", `key${i % 7}`, `${i} `.repeat(Math.floor(1 + unit() * 99)));
    else if (kind < 0.4) handle.put("_root", `n${i % 3}`, i * 1e9, "int");
    else handle.splice(TEXT_OBJECT, 0, 0, "été 😀 ".repeat(1 + Math.floor(unit() * 60)));
    const message = unit() < 0.3 ? `id${i}é` : undefined;
    const hash = handle.commit(message, Math.floor((unit() - 0.2) * 2e12));
    const change = hash && handle.getChangeByHash(hash);
    if (!change) throw new Error("Cannot make a change: nothing written");
    past.push(handle.getHeads());
    if (aside) handle.integrate();
    changes.push(change);
    for (const other of handles) if (unit() < 0.7) other.applyChanges(changes);
  }
  for (const handle of handles) handle.free();
  return changes;
}

/** Mends the checksum of a plain change chunk whose body was tampered with. */
export function mendChecksum(change: Uint8Array): Uint8Array {
  const digest = createHash("sha256").update(change.subarray(8)).digest();
  change.set(digest.subarray(0, 4), 4);
  return change;
}
