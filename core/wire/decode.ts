import type { Cbor } from "../base/cbor.ts";
import {
  readActor,
  readBoolean,
  readBytes,
  readChannel,
  readList,
  readNote,
  readPeer,
  readSeq,
  readSpace,
  readText,
} from "../base/fields.ts";
import type { DocId, SpaceId } from "../base/ids.ts";
import { MAX_CHANGE_BYTES } from "../base/limits.ts";
import { parseDocId } from "../doc/doc_id.ts";
import { decodeBody } from "./cbor.ts";
import {
  type DocVector,
  type Mark,
  MAX_CURSOR_UNITS,
  MAX_SENT_NAME_UNITS,
  type Message,
  MESSAGE_TYPES,
  type SentEnvelope,
  type SentPlace,
} from "./message.ts";

type Fields = readonly (Cbor | undefined)[];

const MAX_DOC_UNITS = 64;

function readDoc(field: Cbor | undefined): DocId {
  const text = readText(field, "document", MAX_DOC_UNITS);
  try {
    return parseDocId(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read document: "${text}"`, { cause: error });
  }
}

function readEnvelope(field: Cbor): SentEnvelope {
  const [doc, author, signature, change] = readList(field, "envelope", 4);
  return {
    doc: readDoc(doc),
    author: readPeer(author),
    signature: readBytes(signature, "signature", 64),
    change: readBytes(change, "change", 1, MAX_CHANGE_BYTES),
  };
}

function readMark(field: Cbor): Mark {
  const [doc, actor, seq] = readList(field, "mark", 3);
  return [readDoc(doc), readActor(actor), readSeq(seq)];
}

function readVector(field: Cbor): DocVector {
  const [doc, actors] = readList(field, "vector", 2);
  return [
    readDoc(doc),
    readList(actors, "actors", 0).map((item) => {
      const [actor, seq] = readList(item, "actor and seq", 2);
      return [readActor(actor), readSeq(seq)] as const;
    }),
  ];
}

function readVectors(field: Cbor | undefined): readonly DocVector[] {
  const docs = readList(field, "vectors", 0).map(readVector);
  for (let i = 1; i < docs.length; i++) {
    if (docs[i - 1]![0] >= docs[i]![0]) {
      throw new SyntaxError(`Cannot read vectors: "${docs[i]![0]}" is out of order`);
    }
  }
  return docs;
}

function readPlace(field: Cbor | undefined): SentPlace | null {
  if (field === null) return null;
  const [type, ...rest] = readList(field, "place", 1);
  switch (type) {
    case 1: {
      const [channel, typing] = rest;
      return {
        type: "channel",
        channel: readChannel(channel),
        typing: readBoolean(typing, "typing"),
      };
    }
    case 2: {
      const [note, anchor, head] = rest;
      return {
        type: "note",
        note: readNote(note),
        anchor: readText(anchor, "anchor", MAX_CURSOR_UNITS),
        head: readText(head, "head", MAX_CURSOR_UNITS),
      };
    }
    default:
      // A kind of place that a later version has: the person is here, and nowhere this one can show.
      return null;
  }
}

const readers = new Map<number, (space: SpaceId, fields: Fields) => Message>([
  [MESSAGE_TYPES.digest, (space, [digest]) => ({
    type: "digest",
    space,
    digest: readBytes(digest, "digest", 32),
  })],
  [MESSAGE_TYPES.vectors, (space, [docs, last]) => ({
    type: "vectors",
    space,
    docs: readVectors(docs),
    last: readBoolean(last, "last"),
  })],
  [MESSAGE_TYPES.envelopes, (space, [live, items]) => ({
    type: "envelopes",
    space,
    live: readBoolean(live, "live"),
    items: readList(items, "envelopes", 1).map(readEnvelope),
  })],
  [MESSAGE_TYPES.held, (space, [items]) => ({
    type: "held",
    space,
    items: readList(items, "held", 1).map(readMark),
  })],
  [MESSAGE_TYPES.presence, (space, [name, place]) => ({
    type: "presence",
    space,
    name: name === null ? null : readText(name, "name", MAX_SENT_NAME_UNITS),
    place: readPlace(place),
  })],
]);

/**
 * Reads a message. Fields after the known ones are a later version's and left out.
 *
 * @returns `null` for a type this version does not know: it is skipped.
 * @throws {SyntaxError} if a message of a known type is not as it must be.
 */
export function decodeMessage(bytes: Uint8Array): Message | null {
  const [type] = bytes;
  if (type === undefined) throw new SyntaxError("Cannot read a message: it is empty");
  const read = readers.get(type);
  if (!read) return null;
  const [space, ...fields] = readList(decodeBody(bytes.subarray(1)), "message", 1);
  return read(readSpace(space), fields);
}
