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

const refuses = (document: SealedDocument, why: RegExp, tops = TOPS) =>
  assert.throws(() => verifySeals(document, tops), (error) => {
    assert.ok(error instanceof EnvelopeError);
    assert.match(error.message, why);
    return true;
  });

Deno.test("SEAL: a document is sealed when each of its logs is, in whatever order", () => {
  verifySeals(sealed([seal(ANN), seal(BEN)]), TOPS);
  verifySeals(sealed([seal(BEN), seal(ANN)]), TOPS);
  verifySeals(sealed([]), new Map());
});

Deno.test("SEAL: not each log has one seal", () => {
  refuses(sealed([seal(ANN)]), /one seal/);
  refuses(sealed([]), /one seal/);
  refuses(sealed([seal(ANN), seal(ANN)]), /one seal/);
  refuses(sealed([seal(ANN), seal(BEN), seal(BEN)]), /one seal/);
  refuses(sealed([seal(ANN), seal(BEN), seal(EVE)]), /one seal/);
  refuses(sealed([seal(ANN)]), /one seal/, new Map());
});

Deno.test("SEAL: a seal is of the last change of its log", () => {
  refuses(sealed([seal(ANN, { seq: 2 }), seal(BEN)]), /goes on after its seal/);
  refuses(sealed([seal(ANN, { seq: 4 }), seal(BEN)]), /goes on after its seal/);
  // As many seals as logs, one of a log that is not there.
  refuses(sealed([seal(ANN), seal(EVE)]), /goes on after its seal/);
});

Deno.test("SEAL: a log is sealed by the peer whose actor it is", () => {
  const anns = actorOf(ANN.peer, SPACE, DOC);
  refuses(sealed([seal(EVE, { actor: anns }), seal(BEN)]), /not its author's/);
  refuses(sealed([seal(ANN, { signer: EVE }), seal(BEN)]), /not sealed by/);
  refuses(sealed([seal(ANN, { signature: new Uint8Array(64) }), seal(BEN)]), /not sealed by/);
  // Right signatures, of the other's log each.
  const [of, by] = [seal(ANN), seal(BEN)];
  refuses(
    sealed([{ ...of, signature: by.signature }, { ...by, signature: of.signature }]),
    /not sealed by/,
  );
});

Deno.test("SEAL: a seal is for one space and one document", () => {
  refuses(sealed([seal(ANN, { space: OTHER_SPACE }), seal(BEN)]), /not sealed by/);
  refuses(sealed([seal(ANN, { doc: OTHER_DOC }), seal(BEN)]), /not sealed by/);
  refuses(sealed([seal(ANN), seal(BEN)], { doc: OTHER_DOC }), /not its author's/);
  refuses(sealed([seal(ANN), seal(BEN)], { space: OTHER_SPACE }), /not its author's/);
});

Deno.test("SEAL: a branch of an actor is its author's too", () => {
  const branch = branchOf(actorOf(ANN.peer, SPACE, DOC), 1);
  const hash = "c".repeat(64) as ChangeHash;
  const tops = new Map<ActorId, { seq: number; hash: ChangeHash }>([[branch, { seq: 1, hash }]]);
  verifySeals(sealed([seal(ANN, { actor: branch })]), tops);
  refuses(sealed([seal(BEN, { actor: branch })]), /not its author's/, tops);
});
