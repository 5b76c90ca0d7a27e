import { MAX_SEGMENTS } from "../base/limits.ts";
import type { ChannelId, DocId, NoteId } from "../base/ids.ts";
import { parseChannelId, parseNoteId } from "../base/ids.ts";

/** What a document is for; its id says it. */
export type DocKind =
  | { readonly type: "space" }
  | { readonly type: "segment"; readonly channel: ChannelId; readonly segment: number }
  | { readonly type: "note"; readonly note: NoteId };

/** The document of a space itself: its name, channels, notes and people. */
export const SPACE_DOC = "space" as DocId;

/** Gives the document of a channel's segment. @throws {RangeError} if there can be no such segment. */
export function segmentDoc(channel: ChannelId, segment: number): DocId {
  if (!Number.isInteger(segment) || segment < 0 || segment >= MAX_SEGMENTS) {
    throw new RangeError(`Cannot name segment "${segment}": not in 0 to ${MAX_SEGMENTS - 1}`);
  }
  return `channel/${channel}/${segment}` as DocId;
}

/** Gives the document of a note. */
export function noteDoc(note: NoteId): DocId {
  return `note/${note}` as DocId;
}

/**
 * Parses a document id: `space`, `channel/<ChannelId>/<segment>` or `note/<NoteId>`, the segment as a
 * decimal number without leading zeros.
 *
 * @throws {TypeError} if it is none of these.
 */
export function parseDocId(text: string): DocId {
  readKind(text);
  return text as DocId;
}

/** Tells what a document is for. */
export function docKind(doc: DocId): DocKind {
  return readKind(doc);
}

function readKind(text: string): DocKind {
  if (text === SPACE_DOC) return { type: "space" };
  const [head, id, segment, ...rest] = text.slice(0, 80).split("/");
  if (head === "note" && id !== undefined && segment === undefined) {
    return { type: "note", note: parseNoteId(id) };
  }
  if (
    head === "channel" && id !== undefined && segment !== undefined && rest.length === 0 &&
    /^(0|[1-9][0-9]{0,8})$/.test(segment) && Number(segment) < MAX_SEGMENTS
  ) {
    return { type: "segment", channel: parseChannelId(id), segment: Number(segment) };
  }
  throw new TypeError(`Cannot read document id "${text.slice(0, 80)}": no such kind`);
}
