import type { DocId, NoteId, SpaceId } from "../base/ids.ts";
import { parseSpaceId } from "../base/ids.ts";
import { noteDoc, parseDocId } from "./doc_id.ts";

declare const brand: unique symbol;
/** A document among all of this node's: `<SpaceId>/<DocId>`. */
export type DocKey = string & { readonly [brand]: "DocKey" };

/** Gives the key of a document. */
export function docKey(space: SpaceId, doc: DocId): DocKey {
  return `${space}/${doc}` as DocKey;
}

/** Gives the key of a note's document. */
export function noteKey(space: SpaceId, note: NoteId): DocKey {
  return docKey(space, noteDoc(note));
}

/** Takes a key apart. @throws {TypeError} if it is no key of a document. */
export function readDocKey(key: string): { space: SpaceId; doc: DocId } {
  const slash = key.indexOf("/");
  return { space: parseSpaceId(key.slice(0, slash)), doc: parseDocId(key.slice(slash + 1)) };
}
