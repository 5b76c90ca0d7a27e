import type { ActorId } from "../../core/base/ids.ts";
import { newDocument } from "../../core/doc/saved_document.ts";
import { TEXT_OBJECT } from "../../core/doc/genesis.ts";
import { seededUnit } from "./random.ts";

/** Edits that one writer makes before the next goes on. */
const TURN = 500;
const WORDS = "the quick brown fox jumps over a lazy dog and été stays warm ".split(/(?= )/);

/**
 * Makes a note in which so many edits were typed by a hand, one change each, by two writers in turn: three of
 * ten remove a character, now and then the cursor jumps. Needs `startAutomerge`.
 */
export function longNote(
  edits: number,
  seed = 1,
): { bytes: Uint8Array; writers: readonly [ActorId, ActorId] } {
  const unit = seededUnit(seed);
  const writers = ["a1".repeat(16) as ActorId, "b2".repeat(16) as ActorId] as const;
  let handle = newDocument(writers[0], true);
  let length = 0;
  let at = 0;
  let typed = "";
  for (let i = 0; i < edits; i++) {
    if (i % TURN === 0 && i > 0) {
      const next = handle.clone(writers[i / TURN % 2 === 0 ? 0 : 1]);
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
    handle.commit(`t${Math.floor(i / 20)}`, 1_700_000_000_000 + i * 180);
  }
  const bytes = handle.save();
  handle.free();
  return { bytes, writers };
}
