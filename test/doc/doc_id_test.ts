import assert from "node:assert/strict";
import { parseChannelId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { MAX_SEGMENTS } from "../../core/base/limits.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { docKind, noteDoc, parseDocId, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey, readDocKey } from "../../core/doc/doc_key.ts";

const CHANNEL = parseChannelId("0123456789abcdef");
const NOTE = parseNoteId("0e".repeat(16));
const SPACE = parseSpaceId("0c".repeat(16));

Deno.test("DOC-1: a document id says what the document is for", () => {
  assert.equal(segmentDoc(CHANNEL, 0), "channel/0123456789abcdef/0");
  assert.equal(noteDoc(NOTE), `note/${"0e".repeat(16)}`);
  const last = segmentDoc(CHANNEL, MAX_SEGMENTS - 1);
  assert.deepEqual(docKind(last), {
    type: "segment",
    channel: CHANNEL,
    segment: MAX_SEGMENTS - 1,
  });
  assert.deepEqual(docKind(SPACE_DOC), { type: "space" });
  assert.deepEqual(docKind(noteDoc(NOTE)), { type: "note", note: NOTE });
  for (const doc of [SPACE_DOC, segmentDoc(CHANNEL, 7), last, noteDoc(NOTE)]) {
    assert.equal(parseDocId(doc), doc);
    assert.deepEqual(readDocKey(docKey(SPACE, doc)), { space: SPACE, doc });
  }
});

Deno.test("DOC-1: whatever is not exactly a document id is refused", () => {
  const wrong = [
    "",
    "Space",
    "space/",
    "channel",
    `channel/${CHANNEL}`,
    `channel/${CHANNEL}/`,
    `channel/${CHANNEL}/00`,
    `channel/${CHANNEL}/01`,
    `channel/${CHANNEL}/-1`,
    `channel/${CHANNEL}/1.0`,
    `channel/${CHANNEL}/1e3`,
    `channel/${CHANNEL}/${MAX_SEGMENTS}`,
    `channel/${CHANNEL}/${"9".repeat(30)}`,
    `channel/${CHANNEL}/1/2`,
    `channel/${CHANNEL.toUpperCase()}/1`,
    `note/${NOTE}/0`,
    `note/${NOTE.slice(1)}`,
    `note/../${NOTE}`,
    `note/${NOTE}${" ".repeat(100)}`,
    `channel/${CHANNEL}/1${"/".repeat(100)}`,
  ];
  for (const text of wrong) assert.throws(() => parseDocId(text), TypeError, text);
  for (const key of ["", "space", `/${SPACE}`, `${SPACE}/nothing`, `${SPACE}`]) {
    assert.throws(() => readDocKey(key), TypeError, key);
  }
  for (const segment of [-1, 0.5, NaN, MAX_SEGMENTS]) {
    assert.throws(() => segmentDoc(CHANNEL, segment), RangeError);
  }
});

Deno.test("DOC-2: a channel's id is derived from its space and name (vector)", () => {
  assert.equal(channelIdOf(SPACE, "general"), "cf3938903a22c5e8");
  assert.notEqual(channelIdOf(SPACE, "generál"), channelIdOf(SPACE, "general"));
  assert.notEqual(
    channelIdOf(parseSpaceId("0d".repeat(16)), "general"),
    channelIdOf(SPACE, "general"),
  );
});
