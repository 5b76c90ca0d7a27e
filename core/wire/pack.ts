import { type EntryHash, HEAD_BYTES, type PeerId, type SpaceId } from "../base/ids.ts";
import { encodeMessage } from "./encode.ts";
import {
  type BucketPrints,
  type DocVector,
  type Mark,
  MAX_RELAY_AUTHORS,
  PRINT_BYTES,
  type SentEntry,
  type SentEnvelope,
  type SentHere,
} from "./message.ts";

/** A message around its items at most: type, array, space, a flag and the count of items. */
const FRAME_BYTES = 1 + 1 + 17 + 1 + 5;
/** An actor and its seq at most: array, 21 bytes, a number of 64 bits. */
const LOG_BYTES = 1 + 22 + 9;
/** The same with the log's head. */
const TOP_BYTES = LOG_BYTES + 1 + HEAD_BYTES;
/** The hash of an entry. */
const HASH_BYTES = 34;
/** An entry besides its bytes: array, their head, a signature. */
const ENTRY_BYTES = 1 + 3 + 66;
/** A document id in a list at most, besides its text: array, text, array of actors. */
const DOC_BYTES = 1 + 2 + 5;
/** A bucket besides its prints: array, number, byte string. */
const BUCKET_BYTES = 1 + 2 + 5;
/** An author, a signature and the head of a change. */
const SEAL_BYTES = 34 + 66 + 3;

/** A signed presence besides its body: array, author, head of the body, signature. */
const HERE_BYTES = 1 + 34 + 3 + 66;

const vectorBytes = ([doc, actors]: DocVector): number =>
  DOC_BYTES + doc.length + actors.length * TOP_BYTES;

const markBytes = ([doc]: Mark): number => DOC_BYTES + doc.length + LOG_BYTES;

/** How many bytes an envelope takes in a message, at most; a document id is ASCII. */
export const envelopeBytes = ({ doc, change }: SentEnvelope): number =>
  DOC_BYTES + doc.length + SEAL_BYTES + change.length;

/** Cuts items into runs that fit into `maxBytes` with a message around them; one item always fits. */
function* runs<T>(
  items: Iterable<T>,
  maxBytes: number,
  size: (item: T) => number,
): Generator<T[]> {
  let run: T[] = [];
  let used = FRAME_BYTES;
  for (const item of items) {
    const bytes = size(item);
    if (run.length > 0 && used + bytes > maxBytes) {
      yield run;
      run = [];
      used = FRAME_BYTES;
    }
    run.push(item);
    used += bytes;
  }
  if (run.length > 0) yield run;
}

/** The parts of a list, each with whether it is the last; of none there is an empty one. */
function* parts<T>(runs: Iterable<T[]>): Generator<readonly [run: readonly T[], last: boolean]> {
  let before: readonly T[] | undefined;
  for (const run of runs) {
    if (before) yield [before, false];
    before = run;
  }
  yield [before ?? [], true];
}

/** Cuts a vector that fits into no message into several of the same document. */
function* pieces([doc, actors]: DocVector, maxBytes: number): Generator<DocVector> {
  const most = Math.floor((maxBytes - FRAME_BYTES - DOC_BYTES - doc.length) / TOP_BYTES);
  if (actors.length === 0) yield [doc, actors];
  for (let i = 0; i < actors.length; i += most) yield [doc, actors.slice(i, i + most)];
}

function* allPieces(docs: Iterable<DocVector>, maxBytes: number): Generator<DocVector> {
  for (const vector of docs) yield* pieces(vector, maxBytes);
}

/**
 * Writes `vectors` messages of at most `maxBytes`, one at least, from documents in ascending order; `lacked` is
 * `null` if they are all there are. They are made as they are asked for.
 */
export function* packVectors(
  space: SpaceId,
  docs: Iterable<DocVector>,
  lacked: Uint8Array | null,
  maxBytes: number,
): Generator<Uint8Array> {
  const none = lacked && new Uint8Array(0);
  for (const prints of slices(lacked ?? new Uint8Array(0), maxBytes, PRINT_BYTES)) {
    yield encodeMessage({ type: "vectors", space, docs: [], lacked: prints, last: false });
  }
  for (const [run, last] of parts(runs(allPieces(docs, maxBytes), maxBytes, vectorBytes))) {
    yield encodeMessage({ type: "vectors", space, docs: run, lacked: none, last });
  }
}

/** Cuts bytes that come in units into slices that fit into a message. */
function* slices(bytes: Uint8Array, maxBytes: number, unit: number): Generator<Uint8Array> {
  const most = maxBytes - FRAME_BYTES - BUCKET_BYTES;
  const step = most - most % unit;
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}

/** Cuts the prints of a bucket that fit into no message into several of the same bucket. */
function* bucketPieces(
  buckets: Iterable<BucketPrints>,
  maxBytes: number,
): Generator<BucketPrints> {
  for (const [bucket, prints] of buckets) {
    for (const slice of slices(prints, maxBytes, 2 * PRINT_BYTES)) yield [bucket, slice];
  }
}

/**
 * Writes `documents` messages of at most `maxBytes`, one at least, from buckets in ascending order. They are made as
 * they are asked for.
 */
export function* packDocuments(
  space: SpaceId,
  buckets: Iterable<BucketPrints>,
  maxBytes: number,
): Generator<Uint8Array> {
  const size = ([, prints]: BucketPrints) => BUCKET_BYTES + prints.length;
  for (const [run, last] of parts(runs(bucketPieces(buckets, maxBytes), maxBytes, size))) {
    yield encodeMessage({ type: "documents", space, buckets: run, last });
  }
}

/** Writes `envelopes` messages of at most `maxBytes`; they are made as they are asked for. */
export function* packEnvelopes(
  space: SpaceId,
  live: boolean,
  envelopes: Iterable<SentEnvelope>,
  maxBytes: number,
): Generator<Uint8Array> {
  for (const items of runs(envelopes, maxBytes, envelopeBytes)) {
    yield encodeMessage({ type: "envelopes", space, live, items });
  }
}

/** Writes `log` messages of at most `maxBytes`, one at least. */
export function packLog(
  space: SpaceId,
  hashes: readonly EntryHash[],
  maxBytes: number,
): Uint8Array[] {
  return [...parts(runs(hashes, maxBytes, () => HASH_BYTES))].map(([run, last]) =>
    encodeMessage({ type: "log", space, hashes: run, last })
  );
}

/** Writes `entries` messages of at most `maxBytes`; the longest entry fits into one. */
export function* packEntries(
  space: SpaceId,
  entries: Iterable<SentEntry>,
  maxBytes: number,
): Generator<Uint8Array> {
  for (const items of runs(entries, maxBytes, ({ bytes }) => ENTRY_BYTES + bytes.length)) {
    yield encodeMessage({ type: "entries", space, items });
  }
}

/** Writes `held` messages of at most `maxBytes`. */
export function* packHeld(
  space: SpaceId,
  marks: Iterable<Mark>,
  maxBytes: number,
): Generator<Uint8Array> {
  for (const items of runs(marks, maxBytes, markBytes)) {
    yield encodeMessage({ type: "held", space, items });
  }
}

/** Writes `relay` messages; each has as many authors as it may, which fit. */
export function* packRelay(
  space: SpaceId,
  wanted: boolean,
  authors: readonly PeerId[],
): Generator<Uint8Array> {
  for (let at = 0; at < authors.length; at += MAX_RELAY_AUTHORS) {
    const some = authors.slice(at, at + MAX_RELAY_AUTHORS);
    yield encodeMessage({ type: "relay", space, wanted, authors: some });
  }
}

/** Writes `here` messages of at most `maxBytes`. */
export function* packHere(
  space: SpaceId,
  presences: Iterable<SentHere>,
  maxBytes: number,
): Generator<Uint8Array> {
  for (const items of runs(presences, maxBytes, ({ body }) => HERE_BYTES + body.length)) {
    yield encodeMessage({ type: "here", space, items });
  }
}
