import assert from "node:assert/strict";
import {
  parseActorId,
  parseChannelId,
  parseNoteId,
  parsePeerId,
  parseSpaceId,
} from "../../core/base/ids.ts";
import { MAX_CHANGE_BYTES, MAX_SEALED_BYTES } from "../../core/base/limits.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import type { Message } from "../../core/wire/message.ts";
import { seededBytes, seededUnit } from "../fakes/random.ts";
import { altered, put } from "./altered.ts";

const space = parseSpaceId("0a".repeat(16));
const author = parsePeerId("0b".repeat(32));
const actor = parseActorId("0c".repeat(16));
const branch = parseActorId("13b2230901" + "0c".repeat(16));
const channel = parseChannelId("0d".repeat(8));
const note = parseNoteId("0e".repeat(16));
const docs = [segmentDoc(channel, 0), segmentDoc(channel, 12), noteDoc(note), SPACE_DOC] as const;
const head = "0f".repeat(16);
const signature = seededBytes(1)(64);
const change = seededBytes(2)(190);

/** One of each kind, and each variant of its fields. */
const MESSAGES: readonly Message[] = [
  { type: "digest", space, digest: seededBytes(3)(32) },
  { type: "vectors", space, docs: [], lacked: null, last: true },
  {
    type: "vectors",
    space,
    docs: [
      [docs[0], [[actor, 1, head]]],
      [docs[1], []],
      [docs[2], [[actor, 2 ** 40, head], [branch, 3, head]]],
    ],
    lacked: null,
    last: false,
  },
  {
    type: "envelopes",
    space,
    live: true,
    items: docs.map((doc) => ({ doc, author, signature, change })),
  },
  {
    type: "envelopes",
    space,
    live: false,
    items: [{ doc: docs[3], author, signature, change: new Uint8Array(1) }],
  },
  { type: "held", space, items: [[docs[0], actor, 7], [docs[2], branch, 1]] },
  { type: "presence", space, name: null, place: null },
  { type: "presence", space, name: "Ana", place: { type: "channel", channel, typing: true } },
  {
    type: "presence",
    space,
    name: "Ana",
    place: { type: "note", note, anchor: `12@${actor}`, head: "s" },
  },
  { type: "buckets", space, prints: seededBytes(4)(2048) },
  {
    type: "documents",
    space,
    buckets: [[0, seededBytes(5)(32)], [7, new Uint8Array(0)], [255, seededBytes(6)(16)]],
    last: false,
  },
  { type: "documents", space, buckets: [], last: true },
  {
    type: "vectors",
    space,
    docs: [[docs[0], [[actor, 1, head]]]],
    lacked: seededBytes(7)(24),
    last: true,
  },
  { type: "coming", space, count: 0 },
  { type: "coming", space, count: 1_000_000_000 },
  { type: "relay", space, wanted: false, authors: [author] },
  { type: "relay", space, wanted: true, authors: [author, author] },
  { type: "here", space, items: [{ author, body: change, signature }] },
  { type: "sealed", space, doc: docs[1], size: 300, at: 110, bytes: change },
];

for (const message of MESSAGES) {
  Deno.test(`message ${message.type}: comes back as it went, and cut anywhere is refused`, () => {
    const bytes = encodeMessage(message);
    assert.deepEqual(decodeMessage(bytes), message);
    for (let end = 0; end < bytes.length; end++) {
      assert.throws(() => decodeMessage(bytes.subarray(0, end)), SyntaxError, `cut at ${end}`);
    }
  });
}

const [digest, , vectors, envelopes, , held, , inChannel, inNote, buckets, documents] = MESSAGES;
const coming = MESSAGES.find(({ type }) => type === "coming");
const [here, sealed] = MESSAGES.slice(-2);

const bytes = (length: number) => new Uint8Array(length);
const SEGMENT = `channel/${channel}/`;

const BOUNDS: Record<string, Uint8Array> = {
  "a space of 15 bytes": altered(digest, put([0], bytes(15))),
  "a space as text": altered(digest, put([0], space)),
  "a digest of 33 bytes": altered(digest, put([1], bytes(33))),
  "no digest": altered(digest, ([space]) => [space!]),
  "vectors out of order": altered(vectors, put([1, 1, 0], docs[0])),
  "vectors with an unknown kind of document": altered(vectors, put([1, 0, 0], "file/1")),
  "a segment out of range": altered(vectors, put([1, 0, 0], `${SEGMENT}1000000`)),
  "a segment with a leading zero": altered(vectors, put([1, 0, 0], `${SEGMENT}00`)),
  "a document id of 1,000 letters": altered(vectors, put([1, 0, 0], "s".repeat(1000))),
  "an actor of 20 bytes": altered(vectors, put([1, 0, 1, 0, 0], bytes(20))),
  "a seq of 0": altered(vectors, put([1, 0, 1, 0, 1], 0)),
  "a seq that is a text": altered(vectors, put([1, 0, 1, 0, 1], "1")),
  "a head of 15 bytes": altered(vectors, put([1, 0, 1, 0, 2], bytes(15))),
  "a log without its head": altered(vectors, put([1, 0, 1, 0], [bytes(16), 1])),
  "`lacked` of 7 bytes": altered(vectors, put([2], bytes(7))),
  "`lacked` as a text": altered(vectors, put([2], "none")),
  "`last` as a number": altered(vectors, put([3], 1)),
  "digests of 255 buckets": altered(buckets, put([1], bytes(8 * 255))),
  "digests of 257 buckets": altered(buckets, put([1], bytes(8 * 257))),
  "bucket 256": altered(documents, put([1, 2, 0], 256)),
  "a bucket twice": altered(documents, put([1, 1, 0], 0)),
  "buckets out of order": altered(documents, put([1, 0, 0], 8)),
  "a bucket without prints": altered(documents, put([1, 0], [0])),
  "a print without the other": altered(documents, put([1, 0, 1], bytes(24))),
  "more changes coming than there can be": altered(coming, put([1], 1_000_000_001)),
  "changes coming as a text": altered(coming, put([1], "1")),
  "no envelopes": altered(envelopes, put([2], [])),
  "an author of 31 bytes": altered(envelopes, put([2, 0, 1], bytes(31))),
  "a signature of 63 bytes": altered(envelopes, put([2, 0, 2], bytes(63))),
  "an empty change": altered(envelopes, put([2, 0, 3], bytes(0))),
  "a change that is too long": altered(envelopes, put([2, 0, 3], bytes(MAX_CHANGE_BYTES + 1))),
  "an envelope of three fields": altered(envelopes, put([2, 0], [docs[0], author, signature])),
  "held nothing": altered(held, put([1], [])),
  "a mark without seq": altered(held, put([1, 0], [docs[0], bytes(16)])),
  "an empty name": altered(inChannel, put([1], "")),
  "a name of 129 units": altered(inChannel, put([1], "n".repeat(129))),
  "an empty place": altered(inChannel, put([2], [])),
  "a channel of 9 bytes": altered(inChannel, put([2, 1], bytes(9))),
  "typing as text": altered(inChannel, put([2, 2], "yes")),
  "a cursor of 81 units": altered(inNote, put([2, 2], "1".repeat(81))),
  "a cursor that is a number": altered(inNote, put([2, 3], 3)),
  "a sealed document of more than 4 MiB": altered(sealed, put([2], MAX_SEALED_BYTES + 1)),
  "a part beyond its document": altered(sealed, put([3], 111)),
  "a part of nothing": altered(sealed, put([4], bytes(0))),
  "a signed presence of 1,025 bytes": altered(here, put([1, 0, 1], bytes(1025))),
  "a signed presence with 63 bytes of signature": altered(here, put([1, 0, 2], bytes(63))),
  "nobody here": altered(here, put([1], [])),
};

for (const [what, hostile] of Object.entries(BOUNDS)) {
  Deno.test(`message: refuses ${what}`, () => {
    assert.throws(() => decodeMessage(hostile), SyntaxError);
  });
}

Deno.test("message: what a later version may add is left out", () => {
  assert.equal(decodeMessage(Uint8Array.of(200, 1, 2, 3)), null);
  assert.equal(decodeMessage(Uint8Array.of(0)), null);
  assert.deepEqual(decodeMessage(altered(digest, (fields) => [...fields, "more"])), digest);
  const elsewhere = decodeMessage(altered(inChannel, put([2], [9, "file"])));
  assert.deepEqual(elsewhere, { type: "presence", space, name: "Ana", place: null });
});

Deno.test("message: garbage and flipped bytes are read or refused, never anything else", () => {
  const unit = seededUnit(4);
  const random = seededBytes(5);
  for (let i = 0; i < 5000; i++) {
    const whole = encodeMessage(MESSAGES[i % MESSAGES.length]!);
    if (i % 5 === 0) {
      whole.set(random(Math.min(40, whole.length - 1)), 1);
    } else {
      const at = Math.floor(unit() * whole.length);
      whole[at] = whole[at]! ^ (1 << Math.floor(unit() * 8));
    }
    try {
      decodeMessage(whole);
    } catch (error) {
      assert.ok(error instanceof SyntaxError, String(error));
    }
  }
});
