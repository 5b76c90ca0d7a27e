import type { ActorId, ChannelId } from "../base/ids.ts";
import { SEGMENT_MESSAGES } from "../base/limits.ts";
import { segmentDoc } from "./doc_id.ts";
import { ANY_CHANGES, NO_CHANGES } from "./documents.ts";
import { newDocument, readSaved } from "./saved_document.ts";

/** After so many the code that reads a segment is compiled as well as it gets: from 90 ms to 13. */
const TIMES = 12;
const ACTOR = "5a".repeat(16) as ActorId;
const DOC = segmentDoc("00".repeat(8) as ChannelId, 0);

/**
 * Reads a full segment again and again, so that the first that a peer sends is read as fast as the later ones. It
 * takes about half a second.
 */
export function rehearse(): void {
  const handle = newDocument(ACTOR, false);
  for (let i = 0; i < SEGMENT_MESSAGES; i++) {
    handle.put("_root", i.toString(16).padStart(48, "0"), `message ${i}`, "str");
    handle.commit(undefined, i);
  }
  const bytes = handle.save();
  handle.free();
  for (let i = 0; i < TIMES; i++) {
    readSaved(DOC, { bytes, maxChanges: ANY_CHANGES, wanted: NO_CHANGES });
  }
}
