import { type Handle, isDeath, isPanic } from "./automerge.ts";
import type { ReadChange } from "./gate.ts";
import { TEXT_OBJECT } from "./genesis.ts";
import { positionAfter, positionOf } from "./note_handle.ts";
import type { TextOps } from "./text_ops.ts";

/** More changes at once are applied: Automerge takes as long for many as for one. */
const MAX_CHANGES = 4;
/** A change in more places of a text is applied: each is looked for, in 0.1 ms. Each character removed is one. */
const MAX_PLACES = 64;

/**
 * Makes changes again as their authors typed them, in a copy, which has just these changes then: that their hashes are
 * the same proves it. To apply a change takes Automerge a time in proportion to what is there (0.7 ms with 1,000
 * messages, 3 ms with 10,000 edits of a note, 80 ms with 260,000); to make one takes a fourth of that, or a fifteenth.
 *
 * @param reads Each rests on the one before it, the first on all that is in the document; they passed the gate.
 * @returns the copy, or `undefined` if one is to be applied all the same.
 */
export function retype(handle: Handle, reads: readonly ReadChange[]): Handle | undefined {
  if (reads.length > MAX_CHANGES) return undefined;
  let copy: Handle | undefined;
  for (const read of reads) {
    const before = copy;
    copy = typeOne(before ?? handle, read);
    before?.free();
    if (!copy) return undefined;
  }
  return copy;
}

function typeOne(handle: Handle, { header, text, writes }: ReadChange): Handle | undefined {
  // It names its author's last change besides. Who had not seen all that is here makes another one here.
  const deps: readonly string[] = header.deps;
  if (!handle.getHeads().every((head) => deps.includes(head))) return undefined;
  const copy = handle.clone(header.actor);
  try {
    if (text) typeText(copy, text, header.startOp);
    for (const { key, value } of writes) copy.put("_root", key, value, "str");
    const hash = copy.commit(header.messageText ?? undefined, header.time);
    if (hash === header.hash) return copy;
  } catch (error) {
    if (isDeath(error)) throw error;
    // What a panic left behind is not touched again, not even to free it.
    if (isPanic(error)) return undefined;
  }
  copy.free();
  return undefined;
}

/** Removes and inserts, row by row, what is removed and inserted there. @throws {RangeError} if it is too much. */
function typeText(copy: Handle, ops: TextOps, startOp: number): void {
  const characters = ops.text[Symbol.iterator]();
  let [row, places] = [0, 0];
  for (const [i, times] of ops.insertRuns.entries()) {
    const inserts = i % 2 === 1;
    for (const end = row + times; row < end;) {
      if (++places > MAX_PLACES) throw new RangeError("It is in many places");
      if (inserts) {
        const at = ops.counters[row] === 0 ? 0 : positionAfter(copy, characterAt(ops, row));
        let text = "";
        // Most insert a word, each character after the one before it.
        do text += characters.next().value; while (++row < end && isAfterLast(ops, row, startOp));
        copy.splice(TEXT_OBJECT, at, 0, text);
      } else {
        copy.splice(TEXT_OBJECT, positionOf(copy, characterAt(ops, row)), 1, "");
        row++;
      }
    }
  }
}

/** Whether a row inserts after the character of the row before it. */
function isAfterLast({ actors, counters }: TextOps, row: number, startOp: number): boolean {
  return actors[row] === 0 && counters[row] === startOp + row - 1;
}

/** The character that a row is about, as Automerge's cursors name it. */
function characterAt(ops: TextOps, row: number): string {
  return `${ops.counters[row]}@${ops.actor(ops.actors[row] ?? -1)}`;
}
