/** The exchange that PROTOCOL.md shows, byte by byte. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { SpaceVectors } from "../../core/sync/space_vectors.ts";
import { verifyEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import type { Message } from "../../core/wire/message.ts";
import example from "./example.json" with { type: "json" };

const doc = segmentDoc(channelIdOf(LOBBY, "general"), 0);

function read(index: number): Message {
  const line = example.messages[index];
  assert.ok(line);
  const message = decodeMessage(Uint8Array.fromHex(line.hex));
  assert.equal(message?.type, line.type);
  return message;
}

Deno.test("example exchange: every message is read, and written the same again", () => {
  for (const [index, { hex }] of example.messages.entries()) {
    assert.equal(encodeMessage(read(index)).toHex(), hex, `message ${index}`);
  }
});

Deno.test("example exchange: the digest is that of the vectors, and the envelopes are signed", () => {
  const [digest, vectors] = [read(0), read(4)];
  assert.ok(digest.type === "digest" && vectors.type === "vectors");
  const held = new Map(vectors.docs.map(([doc, actors]) => {
    const tops = actors.map(([actor, seq, head]) => [actor, { seq, head }] as const);
    return [doc, new Map(tops)] as const;
  }));
  assert.deepEqual(new SpaceVectors(() => held).digest(), digest.digest);
  for (const [index, author] of [[6, example.a], [8, example.b]] as const) {
    const message = read(index);
    assert.ok(message.type === "envelopes");
    for (const item of message.items) {
      const { envelope, header } = verifyEnvelope({ ...item, space: message.space });
      assert.deepEqual([envelope.author, envelope.doc, header.seq], [author, doc, 1]);
    }
  }
});
