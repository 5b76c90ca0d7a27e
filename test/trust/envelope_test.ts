import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createPrivateKey, sign } from "node:crypto";
import { type ActorId, type DocId, parseSpaceId } from "../../core/base/ids.ts";
import { newHandle, startAutomerge } from "../../core/doc/automerge.ts";
import { GENESIS_ACTOR } from "../../core/doc/genesis.ts";
import { actorOf } from "../../core/trust/actor.ts";
import {
  type Envelope,
  EnvelopeError,
  envelopeText,
  signEnvelope,
  verifyEnvelope,
} from "../../core/trust/envelope.ts";
import { deviceKeys } from "../fakes/device.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const DOC = "space" as DocId;
const ANN = deviceKeys(1);
const BEN = deviceKeys(2);

await startAutomerge();

function change(actor: ActorId, value = "hello"): Uint8Array {
  const handle = newHandle(actor);
  handle.put("_root", "key", value, "str");
  const bytes = handle.getChangeByHash(handle.commit(null, 1_700_000_000_000) ?? "");
  assert.ok(bytes);
  handle.free();
  return bytes;
}

const ANNS = change(actorOf(ANN.peer, SPACE, DOC));

Deno.test("ENV-1: an envelope signs context, space, document and change hash (vector)", () => {
  const { envelope, header } = signEnvelope(ANN, SPACE, DOC, ANNS);
  const text = Buffer.from(envelopeText(SPACE, DOC, header.hash)).toString("hex");
  assert.equal(
    text,
    Buffer.from("earshot/envelope/1\0").toString("hex") + SPACE + "0005" +
      Buffer.from("space").toString("hex") + header.hash,
  );
  assert.equal(
    Buffer.from(envelope.signature).toString("hex"),
    "1df66cd414f5768112f2c2f36d5d6fb19e1cf443fc5f02b0b9274f49cb7c0a6a209add1e03738fa1e0be358b6f916e44821d3d5816855b358094d2695ce5bd06",
  );
  assert.deepEqual(verifyEnvelope(envelope).header, header);
});

Deno.test("ENV-2: hostile 12: an envelope altered by one bit is refused", () => {
  const { envelope } = signEnvelope(ANN, SPACE, DOC, ANNS);
  for (const part of ["change", "signature"] as const) {
    for (let bit = 0; bit < envelope[part].length * 8; bit += part === "change" ? 1 : 3) {
      const bytes = envelope[part].slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      assert.throws(() => verifyEnvelope({ ...envelope, [part]: bytes }), EnvelopeError);
    }
  }
});

Deno.test("ENV-2: hostile 12: an envelope moved to another space, document or author is refused", () => {
  const { envelope } = signEnvelope(ANN, SPACE, DOC, ANNS);
  const moved: Partial<Envelope>[] = [
    { space: parseSpaceId("0d".repeat(16)) },
    { doc: `note/${"0e".repeat(16)}` as DocId },
    { author: BEN.peer },
  ];
  for (const part of moved) {
    assert.throws(() => verifyEnvelope({ ...envelope, ...part }), EnvelopeError);
  }
  for (const length of [0, 63, 65]) {
    const signature = new Uint8Array(length);
    assert.throws(() => verifyEnvelope({ ...envelope, signature }), /not signed/);
  }
});

Deno.test("ENV-3: hostile 13: nobody writes under another's actor, whoever signs", () => {
  const hash = signEnvelope(ANN, SPACE, DOC, ANNS).header.hash;
  const squatted = {
    space: SPACE,
    doc: DOC,
    author: BEN.peer,
    signature: BEN.sign(envelopeText(SPACE, DOC, hash)),
    change: ANNS,
  };
  assert.throws(() => verifyEnvelope(squatted), /actor is not its author's/);
  assert.throws(() => signEnvelope(BEN, SPACE, DOC, ANNS), /actor is not its author's/);
  const branch = `13b2230901${actorOf(ANN.peer, SPACE, DOC)}` as ActorId;
  for (const actor of [GENESIS_ACTOR, "aa".repeat(16) as ActorId, branch]) {
    assert.throws(() => signEnvelope(BEN, SPACE, DOC, change(actor)), EnvelopeError);
  }
  verifyEnvelope(signEnvelope(ANN, SPACE, DOC, change(branch)).envelope);
});

Deno.test("ENV-2: hostile 5: a small-order key does not sign for everything", () => {
  const author = "01".padEnd(64, "0") as Envelope["author"];
  const signature = new Uint8Array(64);
  signature[0] = 1;
  const own = change(actorOf(author, SPACE, DOC));
  assert.throws(
    () => verifyEnvelope({ space: SPACE, doc: DOC, author, signature, change: own }),
    /not signed/,
  );
});

Deno.test("ENV-1: the signature is plain Ed25519 of RFC 8032, as any library makes it", () => {
  const { envelope, header } = signEnvelope(ANN, SPACE, DOC, ANNS);
  const seed = Buffer.from(ANN.export().signing, "hex");
  const key = createPrivateKey({
    format: "der",
    type: "pkcs8",
    key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]),
  });
  const expected = sign(null, envelopeText(SPACE, DOC, header.hash), key);
  assert.ok(expected.equals(envelope.signature));
});
