import type { NoteId, SpaceId } from "../../core/base/ids.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import { NO_CHANGES, type SavedChanges } from "../../core/doc/documents.ts";
import { readSaved } from "../../core/doc/saved_document.ts";
import { actorOf } from "../../core/trust/actor.ts";
import { envelopeText } from "../../core/trust/envelope.ts";
import type { SealedDocument } from "../../core/trust/sealed_document.ts";
import { deviceKeys } from "./device.ts";
import { longNote } from "./long_note.ts";

/** A {@linkcode longNote} of a space as its two writers sealed it, and what is read of it. Needs `startAutomerge`. */
export function sealedNote(
  space: SpaceId,
  note: NoteId,
  edits: number,
): { sealed: SealedDocument; saved: SavedChanges } {
  const doc = noteDoc(note);
  const [ann, ben] = [deviceKeys(901), deviceKeys(902)];
  const bytes = longNote(edits, [actorOf(ann.peer, space, doc), actorOf(ben.peer, space, doc)]);
  const saved = readSaved(doc, { bytes, maxChanges: edits, wanted: NO_CHANGES });
  const seals = [ann, ben].flatMap((keys) => {
    const actor = actorOf(keys.peer, space, doc);
    const top = saved.logs.get(actor)?.top;
    if (!top) return [];
    const signature = keys.sign(envelopeText(space, doc, top.hash));
    return [{ actor, author: keys.peer, seq: top.seq, signature }];
  });
  return { sealed: { space, doc, bytes, seals }, saved };
}
