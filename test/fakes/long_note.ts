import type { ActorId } from "../../core/base/ids.ts";
import { TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { newDocument } from "../../core/doc/saved_document.ts";
import { seededUnit } from "./random.ts";

/** Edits that one writer makes before the other goes on. */
const TURN = 500;
/** Edits of one request of a tab, whose id they bear. */
const OF_ONE_REQUEST = 20;
const WORDS = "the quick brown fox jumps over a lazy dog and été stays warm ".split(/(?= )/);

/**
 * Gives a note, as Automerge saves it, into which two writers in turn typed by hand, one change for each edit: three
 * of ten edits remove a character, now and then the cursor jumps. Needs `startAutomerge`.
 */
export function longNote(
  edits: number,
  [ann, ben]: readonly [ActorId, ActorId] = LONG_NOTE_WRITERS,
): Uint8Array {
  const unit = seededUnit(edits);
  let handle = newDocument(ann, true);
  let [length, at, typed] = [0, 0, ""];
  for (let i = 0; i < edits; i++) {
    if (i % TURN === 0) {
      const next = handle.clone(i / TURN % 2 === 0 ? ann : ben);
      handle.free();
      handle = next;
    }
    if (unit() < 0.01) at = Math.floor(unit() * (length + 1));
    if (at > 0 && unit() < 0.3) {
      handle.splice(TEXT_OBJECT, --at, 1, "");
      length--;
    } else {
      typed ||= WORDS[Math.floor(unit() * WORDS.length)] ?? "";
      handle.splice(TEXT_OBJECT, at++, 0, typed.slice(0, 1));
      typed = typed.slice(1);
      length++;
    }
    handle.commit(`t${Math.floor(i / OF_ONE_REQUEST)}`, 1_700_000_000_000 + i * 180);
  }
  const bytes = handle.save();
  handle.free();
  return bytes;
}

/** Those who wrote a {@linkcode longNote}, unless others are named. */
export const LONG_NOTE_WRITERS = ["a1".repeat(16) as ActorId, "b2".repeat(16) as ActorId] as const;
