import type { Cbor } from "../base/cbor.ts";
import {
  readActor,
  readBoolean,
  readBytes,
  readCount,
  readEntryHash,
  readList,
  readPeer,
  readSeq,
  readSpace,
  readText,
  readWord,
} from "../base/fields.ts";
import { type DocId, HEAD_BYTES, type SpaceId } from "../base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_SEALED_BYTES } from "../base/limits.ts";
import { parseDocId } from "../doc/doc_id.ts";
import { decodeBody } from "./cbor.ts";
import { readPlace } from "./decode_place.ts";
import {
  ASK_STEPS,
  type BucketPrints,
  BUCKETS,
  type DocVector,
  type Mark,
  MAX_COMING,
  MAX_HERE_BYTES,
  MAX_MEET_TAGS,
  MAX_PAIR_BYTES,
  MAX_RELAY_AUTHORS,
  MAX_SENT_ENTRY_BYTES,
  MAX_SENT_NAME_UNITS,
  type Message,
  MESSAGE_TYPES,
  type NodeMessage,
  PAIR_STEPS,
  PRINT_BYTES,
  REFUSAL_REASONS,
  type SealedMessage,
  type SentEntry,
  type SentEnvelope,
  type SentHere,
  type SpaceMessage,
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
      const [actor, seq, head] = readList(item, "top of a log", 3);
      return [readActor(actor), readSeq(seq), readBytes(head, "head", HEAD_BYTES).toHex()] as const;
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

/** Prints, in groups of so many. */
function readPrints(field: Cbor | undefined, what: string, perGroup: number): Uint8Array {
  const bytes = readBytes(field, what, 0, Infinity);
  if (bytes.length % (perGroup * PRINT_BYTES) !== 0) {
    throw new SyntaxError(`Cannot read ${what}: ${bytes.length} bytes`);
  }
  return bytes;
}

function readBuckets(field: Cbor | undefined): readonly BucketPrints[] {
  let before = -1;
  return readList(field, "buckets", 0, BUCKETS).map((item) => {
    const [bucket, prints] = readList(item, "bucket", 2);
    if (typeof bucket !== "number" || bucket >= BUCKETS || bucket <= before) {
      throw new SyntaxError("Cannot read bucket: out of range or order");
    }
    before = bucket;
    return [bucket, readPrints(prints, "documents", 2)] as const;
  });
}

function readEntry(field: Cbor): SentEntry {
  const [bytes, signature] = readList(field, "entry", 2);
  return {
    bytes: readBytes(bytes, "entry", 1, MAX_SENT_ENTRY_BYTES),
    signature: readBytes(signature, "signature", 64),
  };
}

function readSentHere(field: Cbor): SentHere {
  const [author, body, signature] = readList(field, "presence", 3);
  return {
    author: readPeer(author),
    body: readBytes(body, "presence", 1, MAX_HERE_BYTES),
    signature: readBytes(signature, "signature", 64),
  };
}

function readPart(space: SpaceId, ...[doc, size, at, bytes]: Fields): SealedMessage {
  const part = {
    type: "sealed",
    space,
    doc: readDoc(doc),
    size: readCount(size, "size", MAX_SEALED_BYTES),
    at: readCount(at, "place", MAX_SEALED_BYTES),
    bytes: readBytes(bytes, "part", 1, MAX_SEALED_BYTES),
  } as const;
  if (part.at + part.bytes.length <= part.size) return part;
  throw new SyntaxError("Cannot read a part: it goes beyond its document");
}

const spaceReaders = new Map<number, (space: SpaceId, fields: Fields) => SpaceMessage>([
  [MESSAGE_TYPES.digest, (space, [digest]) => ({
    type: "digest",
    space,
    digest: readBytes(digest, "digest", 32),
  })],
  [MESSAGE_TYPES.buckets, (space, [prints]) => ({
    type: "buckets",
    space,
    prints: readBytes(prints, "buckets", BUCKETS * PRINT_BYTES),
  })],
  [MESSAGE_TYPES.documents, (space, [buckets, last]) => ({
    type: "documents",
    space,
    buckets: readBuckets(buckets),
    last: readBoolean(last, "last"),
  })],
  [MESSAGE_TYPES.coming, (space, [count]) => ({
    type: "coming",
    space,
    count: readCount(count, "coming", MAX_COMING),
  })],
  [MESSAGE_TYPES.vectors, (space, [docs, lacked, last]) => ({
    type: "vectors",
    space,
    docs: readVectors(docs),
    lacked: lacked === null ? null : readPrints(lacked, "lacked", 1),
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
  [MESSAGE_TYPES.relay, (space, [wanted, authors]) => ({
    type: "relay",
    space,
    wanted: readBoolean(wanted, "wanted"),
    authors: readList(authors, "authors", 1, MAX_RELAY_AUTHORS).map(readPeer),
  })],
  [MESSAGE_TYPES.sealed, (space, [doc, size, at, bytes]) => readPart(space, doc, size, at, bytes)],
  [MESSAGE_TYPES.log, (space, [hashes, last]) => ({
    type: "log",
    space,
    hashes: readList(hashes, "hashes", 0).map(readEntryHash),
    last: readBoolean(last, "last"),
  })],
  [MESSAGE_TYPES.entries, (space, [items]) => ({
    type: "entries",
    space,
    items: readList(items, "entries", 1).map(readEntry),
  })],
  [MESSAGE_TYPES.here, (space, [items]) => ({
    type: "here",
    space,
    items: readList(items, "presences", 1).map(readSentHere),
  })],
]);

/** What gives `null` is of a kind that only a later version knows. */
const nodeReaders = new Map<number, (fields: Fields) => NodeMessage | null>([
  [MESSAGE_TYPES.meet, ([tags]) => ({
    type: "meet",
    tags: readList(tags, "tags", 0, MAX_MEET_TAGS).map((tag) => readBytes(tag, "tag", 16)),
  })],
  [MESSAGE_TYPES.join, ([space, invite, proof]) => ({
    type: "join",
    space: readSpace(space),
    invite: readBytes(invite, "invitation", 32),
    proof: readBytes(proof, "proof", 64),
  })],
  [MESSAGE_TYPES.pair, ([word, bytes]) => {
    const step = readWord(word, "step", PAIR_STEPS);
    const read = readBytes(bytes, "step", 0, MAX_PAIR_BYTES);
    return step ? { type: "pair", step, bytes: read } : null;
  }],
  [MESSAGE_TYPES.ask, ([word, space]) => {
    const step = readWord(word, "step", ASK_STEPS);
    if (!step) return null;
    return { type: "ask", step, space: step === "made" ? readSpace(space) : null };
  }],
  [MESSAGE_TYPES.refused, ([about, word]) => {
    const what = readWord(about, "refusal", ["join", "pair"] as const);
    const reason = readWord(word, "reason", REFUSAL_REASONS);
    return what && reason ? { type: "refused", what, reason } : null;
  }],
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
  const [readInSpace, readOfNode] = [spaceReaders.get(type), nodeReaders.get(type)];
  if (!readInSpace && !readOfNode) return null;
  const fields = readList(decodeBody(bytes.subarray(1)), "message", 1);
  if (readOfNode) return readOfNode(fields);
  const [space, ...rest] = fields;
  return readInSpace?.(readSpace(space), rest) ?? null;
}
