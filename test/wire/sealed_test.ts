import assert from "node:assert/strict";
import { parseActorId, parsePeerId, parseSpaceId } from "../../core/base/ids.ts";
import { MAX_SEALED_BYTES } from "../../core/base/limits.ts";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { SealedParts } from "../../core/sync/sealed_parts.ts";
import type { SealedDocument } from "../../core/trust/sealed_document.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import type { SealedMessage } from "../../core/wire/message.ts";
import { decodeSealed, encodeSealed, packSealed } from "../../core/wire/sealed.ts";
import { seededBytes } from "../fakes/random.ts";

const MAX_MESSAGE_BYTES = 1000;
const space = parseSpaceId("0a".repeat(16));
const sealed: SealedDocument = {
  space,
  doc: SPACE_DOC,
  bytes: seededBytes(1)(5000),
  seals: [1, 2].map((n) => ({
    actor: parseActorId(`0${n}`.repeat(16)),
    author: parsePeerId(`0${n}`.repeat(32)),
    seq: 2 ** 20 * n,
    signature: seededBytes(n)(64),
  })),
};

const parts = (): SealedMessage[] =>
  [...packSealed(sealed, MAX_MESSAGE_BYTES)].map((bytes) => {
    assert.ok(bytes.length <= MAX_MESSAGE_BYTES);
    const message = decodeMessage(bytes);
    assert.ok(message?.type === "sealed");
    return message;
  });

Deno.test("sealed: comes back as it went, and cut anywhere is refused", () => {
  const bytes = encodeSealed({ ...sealed, bytes: seededBytes(3)(20) });
  assert.deepEqual(decodeSealed(space, SPACE_DOC, encodeSealed(sealed)), sealed);
  for (let end = 0; end < bytes.length; end++) {
    assert.throws(() => decodeSealed(space, SPACE_DOC, bytes.subarray(0, end)), SyntaxError);
  }
});

Deno.test("sealed: one without seals is refused", () => {
  const bare = encodeSealed({ ...sealed, seals: [] });
  assert.throws(() => decodeSealed(space, SPACE_DOC, bare), SyntaxError);
});

Deno.test("sealed parts: make the whole, one document after another", () => {
  const assembly = new SealedParts();
  for (let i = 0; i < 2; i++) {
    const all = parts();
    assert.ok(all.length > 5);
    const last = all.pop();
    for (const part of all) assert.equal(assembly.add(part), undefined);
    assert.ok(last);
    assert.deepEqual(assembly.add(last), sealed);
  }
});

const [first, second, third] = parts();
const OUT_OF_ORDER: Record<string, readonly (SealedMessage | undefined)[]> = {
  "a part without a beginning": [second],
  "a part that is left out": [first, third],
  "a part that comes twice": [first, first],
  "a part of another document": [first, second && { ...second, doc: "note/1" as never }],
  "a document that grows": [first, second && { ...second, size: MAX_SEALED_BYTES }],
};

for (const [what, messages] of Object.entries(OUT_OF_ORDER)) {
  Deno.test(`sealed parts: refuse ${what}`, () => {
    const assembly = new SealedParts();
    assert.throws(() => {
      for (const message of messages) if (message) assembly.add(message);
    }, /do not follow each other/);
  });
}
