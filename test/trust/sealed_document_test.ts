/** The seals of a document: each of its logs to its end, by the peer whose log it is, and by nobody else. */
import assert from "node:assert/strict";
import {
  type ActorId,
  type ChangeHash,
  type DocId,
  parseSpaceId,
  type SpaceId,
} from "../../core/base/ids.ts";
import { actorOf, branchOf } from "../../core/trust/actor.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { EnvelopeError, envelopeText } from "../../core/trust/envelope.ts";
import { type Seal, type SealedDocument, verifySeals } from "../../core/trust/sealed_document.ts";
import { deviceKeys } from "../fakes/device.ts";

const SPACE = parseSpaceId("0c".repeat(16));
const OTHER_SPACE = parseSpaceId("0d".repeat(16));
const DOC = "channel/0123456789abcdef/0" as DocId;
const OTHER_DOC = "channel/0123456789abcdef/1" as DocId;
const [ANN, BEN, EVE] = [deviceKeys(1), deviceKeys(2), deviceKeys(3)];
const TOPS = new Map([
  [actorOf(ANN.peer, SPACE, DOC), { seq: 3, hash: "a".repeat(64) as ChangeHash }],
  [actorOf(BEN.peer, SPACE, DOC), { seq: 1, hash: "b".repeat(64) as ChangeHash }],
]);

/** The seal of an author's log, whoever signs it and for what. */
function seal(
  author: DeviceKeys,
  { signer = author, space = SPACE, doc = DOC, ...changed }: Partial<Seal> & {
    signer?: DeviceKeys;
    space?: SpaceId;
    doc?: DocId;
  } = {},
): Seal {
  const actor = changed.actor ?? actorOf(author.peer, SPACE, DOC);
  const { seq, hash } = TOPS.get(actor) ?? { seq: 1, hash: "c".repeat(64) as ChangeHash };
  const signature = signer.sign(envelopeText(space, doc, hash));
  return { actor, author: author.peer, seq, signature, ...changed };
}

function sealed(seals: readonly Seal[], from: Partial<SealedDocument> = {}): SealedDocument {
  return { space: SPACE, doc: DOC, bytes: new Uint8Array(), seals, ...from };
}

const pause = () => Promise.resolve();
const refuses = (document: SealedDocument, why: RegExp, tops = TOPS) =>
  assert.rejects(verifySeals(document, tops, pause), (error) => {
    assert.ok(error instanceof EnvelopeError);
    assert.match(error.message, why);
    return true;
  });

Deno.test("SEAL: a document is sealed when each of its logs is, in whatever order", async () => {
  await verifySeals(sealed([seal(ANN), seal(BEN)]), TOPS, pause);
  await verifySeals(sealed([seal(BEN), seal(ANN)]), TOPS, pause);
  await verifySeals(sealed([]), new Map(), pause);
});

Deno.test("SEAL: not each log has one seal", async () => {
  await refuses(sealed([seal(ANN)]), /one seal/);
  await refuses(sealed([]), /one seal/);
  await refuses(sealed([seal(ANN), seal(ANN)]), /one seal/);
  await refuses(sealed([seal(ANN), seal(BEN), seal(BEN)]), /one seal/);
  await refuses(sealed([seal(ANN), seal(BEN), seal(EVE)]), /one seal/);
  await refuses(sealed([seal(ANN)]), /one seal/, new Map());
});

Deno.test("SEAL: a seal is of the last change of its log", async () => {
  await refuses(sealed([seal(ANN, { seq: 2 }), seal(BEN)]), /goes on after its seal/);
  await refuses(sealed([seal(ANN, { seq: 4 }), seal(BEN)]), /goes on after its seal/);
  // As many seals as logs, one of a log that is not there.
  await refuses(sealed([seal(ANN), seal(EVE)]), /goes on after its seal/);
});

Deno.test("SEAL: a log is sealed by the peer whose actor it is", async () => {
  const anns = actorOf(ANN.peer, SPACE, DOC);
  await refuses(sealed([seal(EVE, { actor: anns }), seal(BEN)]), /not its author's/);
  await refuses(sealed([seal(ANN, { signer: EVE }), seal(BEN)]), /not sealed by/);
  await refuses(sealed([seal(ANN, { signature: new Uint8Array(64) }), seal(BEN)]), /not sealed by/);
  // Right signatures, of the other's log each.
  const [of, by] = [seal(ANN), seal(BEN)];
  await refuses(
    sealed([{ ...of, signature: by.signature }, { ...by, signature: of.signature }]),
    /not sealed by/,
  );
});

Deno.test("SEAL: a seal is for one space and one document", async () => {
  await refuses(sealed([seal(ANN, { space: OTHER_SPACE }), seal(BEN)]), /not sealed by/);
  await refuses(sealed([seal(ANN, { doc: OTHER_DOC }), seal(BEN)]), /not sealed by/);
  await refuses(sealed([seal(ANN), seal(BEN)], { doc: OTHER_DOC }), /not its author's/);
  await refuses(sealed([seal(ANN), seal(BEN)], { space: OTHER_SPACE }), /not its author's/);
});

Deno.test("SEAL: a branch of an actor is its author's too", async () => {
  const branch = branchOf(actorOf(ANN.peer, SPACE, DOC), 1);
  const hash = "c".repeat(64) as ChangeHash;
  const tops = new Map<ActorId, { seq: number; hash: ChangeHash }>([[branch, { seq: 1, hash }]]);
  await verifySeals(sealed([seal(ANN, { actor: branch })]), tops, pause);
  await refuses(sealed([seal(BEN, { actor: branch })]), /not its author's/, tops);
});

Deno.test("SEAL: others get their turn while thousands of seals are verified", async () => {
  const people = Array.from({ length: 200 }, (_, i) => deviceKeys(100 + i));
  const seals = people.map((author) => {
    const hash = "c".repeat(64) as ChangeHash;
    const signature = author.sign(envelopeText(SPACE, DOC, hash));
    return {
      actor: actorOf(author.peer, SPACE, DOC),
      author: author.peer,
      seq: 1,
      signature,
      hash,
    };
  });
  let pauses = 0;
  await verifySeals(
    sealed(seals),
    new Map(seals.map(({ actor, seq, hash }) => [actor, { seq, hash }])),
    () => Promise.resolve(void pauses++),
  );
  assert.equal(pauses, 3);
});
