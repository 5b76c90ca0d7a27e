import assert from "node:assert/strict";
import {
  type ActorId,
  HEAD_BYTES,
  parseActorId,
  parseChannelId,
  parsePeerId,
  parseSpaceId,
} from "../../core/base/ids.ts";
import { MAX_CHANGE_BYTES } from "../../core/base/limits.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { MAX_MESSAGE_BYTES } from "../../core/net/link.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import {
  type DocVector,
  type LogTop,
  type Mark,
  type SentEnvelope,
} from "../../core/wire/message.ts";
import { packEnvelopes, packHeld, packVectors } from "../../core/wire/pack.ts";
import { seededBytes, seededUnit } from "../fakes/random.ts";

const space = parseSpaceId("0a".repeat(16));
const author = parsePeerId("0b".repeat(32));
const channel = parseChannelId("0d".repeat(8));
const random = seededBytes(1);
const unit = seededUnit(2);
const someActor = (): ActorId => parseActorId(random(unit() < 0.5 ? 16 : 21).toHex());
const someDocs = (count: number) =>
  Array.from({ length: count }, (_, i) => segmentDoc(channel, i)).sort();

/** Reads messages back and checks that each fits into a frame and that few are nearly empty. */
function read(messages: Iterable<Uint8Array>) {
  const all = [...messages];
  for (const message of all) assert.ok(message.length <= MAX_MESSAGE_BYTES, `${message.length}`);
  return all.map((message) => decodeMessage(message));
}

Deno.test("pack: vectors are cut into frames, in order, and the last one says so", () => {
  const docs: DocVector[] = someDocs(3000).map((doc, i) => [
    doc,
    Array.from(
      { length: i === 1500 ? 5000 : Math.floor(unit() * 9) },
      () => [someActor(), 1 + Math.floor(2 ** 48 * unit() ** 9), random(HEAD_BYTES).toHex()],
    ),
  ]);
  const messages = read(packVectors(space, docs, null, MAX_MESSAGE_BYTES));
  assert.ok(messages.length > 4);
  const merged = new Map<string, LogTop[]>();
  let before = "";
  for (const [i, message] of messages.entries()) {
    assert.equal(message?.type, "vectors");
    assert.equal(message.last, i === messages.length - 1);
    for (const [doc, actors] of message.docs) {
      assert.ok(doc >= before, "ascending; only a document that is cut comes again");
      before = doc;
      merged.set(doc, [...merged.get(doc) ?? [], ...actors]);
    }
  }
  assert.deepEqual([...merged], docs);
});

Deno.test("pack: of nothing there is one empty list of vectors and no other message", () => {
  assert.deepEqual(read(packVectors(space, [], null, MAX_MESSAGE_BYTES)), [
    { type: "vectors", space, docs: [], lacked: null, last: true },
  ]);
  assert.deepEqual([...packEnvelopes(space, true, [], MAX_MESSAGE_BYTES)], []);
  assert.deepEqual([...packHeld(space, [], MAX_MESSAGE_BYTES)], []);
});

Deno.test("pack: envelopes fill frames, the longest change fits in one", () => {
  const [doc] = someDocs(1);
  assert.ok(doc);
  const signature = random(64);
  const sized = (length: number): SentEnvelope => ({
    doc,
    author,
    signature,
    change: random(length),
  });
  const items = [
    sized(MAX_CHANGE_BYTES),
    ...Array.from({ length: 600 }, () => sized(1 + Math.floor(1000 * unit()))),
    sized(MAX_CHANGE_BYTES),
    sized(MAX_CHANGE_BYTES),
  ];
  const messages = read(packEnvelopes(space, false, items, MAX_MESSAGE_BYTES));
  assert.ok(messages.length < 12, `${messages.length} messages`);
  assert.deepEqual(
    messages.flatMap((message) => message?.type === "envelopes" ? message.items : []),
    items,
  );
});

Deno.test("pack: marks fill frames", () => {
  const marks: Mark[] = someDocs(3000).map((doc) => [doc, someActor(), 2 ** 40]);
  const messages = read(packHeld(space, marks, MAX_MESSAGE_BYTES));
  assert.ok(messages.length > 1 && messages.length < 6, `${messages.length} messages`);
  assert.deepEqual(
    messages.flatMap((message) => message?.type === "held" ? message.items : []),
    marks,
  );
});
