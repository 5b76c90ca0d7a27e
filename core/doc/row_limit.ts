import type { DocId } from "../base/ids.ts";
import { MAX_CHANGE_ROWS } from "../base/limits.ts";
import { docKind } from "./doc_id.ts";

/** Operations that any change may have, whatever its length. */
const FREE_ROWS = 8;
/** Bytes that each further operation takes at least, outside of notes: a message takes a hundred. */
const BYTES_PER_ROW = 16;

/**
 * Gives how many operations a change of so many bytes may have in a document. In a note few bytes may remove
 * much. Elsewhere a change writes entries, and operations that take no bytes are there to weigh the document
 * down: fifty such changes made a channel that could be opened in no time that it was given.
 */
export function maxRows(doc: DocId, bytes: number): number {
  return docKind(doc).type === "note" ? MAX_CHANGE_ROWS : maxEntries(bytes);
}

/** The same, of a document that is no note. */
export function maxEntries(bytes: number): number {
  return FREE_ROWS + Math.floor(bytes / BYTES_PER_ROW);
}
