/** The exchange that PROTOCOL.md shows, byte by byte. */
import assert from "node:assert/strict";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { EMPTY_DIGEST, SpaceVectors } from "../../core/sync/space_vectors.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
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
  const [digest, empty, hello] = [read(0), read(2), read(5)];
  assert.ok(digest.type === "digest" && empty.type === "digest" && hello.type === "envelopes");
  const { actor, hash } = readChangeHeader(hello.items[0]!.change);
  const held = new Map([[doc, new Map([[actor, { seq: 1, head: hash.slice(0, 32) }]])]]);
  assert.deepEqual(new SpaceVectors(() => held).digest(), digest.digest);
  assert.deepEqual(EMPTY_DIGEST, empty.digest);
  for (const [index, author] of [[5, example.a], [7, example.b]] as const) {
    const message = read(index);
    assert.ok(message.type === "envelopes");
    for (const item of message.items) {
      const { envelope, header } = verifyEnvelope({ ...item, space: message.space });
      assert.deepEqual([envelope.author, envelope.doc, header.seq], [author, doc, 1]);
    }
  }
});
