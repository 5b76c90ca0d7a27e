import assert from "node:assert/strict";
import { type Cbor, decodeCbor, encodeCbor } from "../../core/base/cbor.ts";
import type { DocId, EntryHash } from "../../core/base/ids.ts";
import { WHOLE_CUT } from "../../core/trust/cut.ts";
import { entryText, readEntry, signEntry, spaceIdOf } from "../../core/trust/entry.ts";
import { type EntryBody, MAX_ENTRY_BYTES, MAX_MEMBERS } from "../../core/trust/entry_body.ts";
import { EnvelopeError } from "../../core/trust/envelope.ts";
import { inviteKeys, inviteProof } from "../../core/trust/invite.ts";
import { deviceKeys } from "../fakes/device.ts";
import { type EntryVector, exampleLog } from "../fakes/entry_examples.ts";
import { AT, fakeSeal, identityOf, SpaceLog } from "../fakes/space_log.ts";
import file from "./entry_vectors.json" with { type: "json" };

const vectors = file as unknown as readonly EntryVector[];
const [ANN, BEN, CAT] = [deviceKeys(1), deviceKeys(2), deviceKeys(3)];
const log = exampleLog();
const bytes = (hex: string) => Uint8Array.fromHex(hex);

/** Signs any array as an entry of Ann's. */
function forged(value: Cbor) {
  const body = encodeCbor(value);
  return { bytes: body, signature: ANN.sign(entryText(body)) };
}

/** The array that the example log's entry `n` is, with its signed body at 5. */
function parts(n: number): Cbor[] {
  return [...decodeCbor(log.entries[n]!.bytes, { depth: 9, values: 999 }) as readonly Cbor[]];
}

function sign(body: EntryBody, on: readonly EntryHash[] = [log.created.hash]) {
  return signEntry(ANN, { space: log.space, author: ANN.peer, parents: on, at: AT, body });
}

Deno.test("MEMB-2: one entry of each kind, as bytes, signature, name and space (vectors)", () => {
  assert.equal(vectors.length, log.entries.length);
  vectors.forEach((vector, n) => {
    const { entry, hash, space, bytes: written, signature } = log.entries[n]!;
    assert.deepEqual(
      { ...vector },
      { what: entry.body.type, bytes: written.toHex(), signature: signature.toHex(), hash, space },
    );
    const read = readEntry({ bytes: bytes(vector.bytes), signature: bytes(vector.signature) });
    assert.deepEqual(read, log.entries[n]);
  });
  assert.equal(spaceIdOf(log.created.bytes), log.space);
  assert.ok(log.entries.every(({ hash }) => log.membership.isAlive(hash)), "and each counts");
});

Deno.test("MEMB-2: hostile 12: an entry altered by one bit, or signed by another, is refused", () => {
  const { bytes: whole, signature } = log.entries[3]!;
  for (let bit = 0; bit < whole.length * 8; bit += 3) {
    const altered = whole.slice();
    altered[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => readEntry({ bytes: altered, signature }), EnvelopeError);
  }
  const others = [BEN.sign(entryText(whole)), log.entries[4]!.signature, new Uint8Array(63)];
  for (const other of others) {
    assert.throws(() => readEntry({ bytes: whole, signature: other }), /not signed by its author/);
  }
});

Deno.test("MEMB-2: hostile 5: an author whose key has small order is refused", () => {
  const key = new Uint8Array(32).fill(0).with(0, 1);
  const body = encodeCbor(parts(1).with(2, key));
  const signature = new Uint8Array(64).with(0, 1);
  assert.throws(() => readEntry({ bytes: body, signature }), /not signed by its author/);
});

Deno.test("MEMB-4: what an entry must be by itself", () => {
  const hash = (n: number) => bytes(log.entries[n]!.hash);
  const [invite, join, role, remove] = [1, 2, 5, 7].map(parts) as [Cbor[], Cbor[], Cbor[], Cbor[]];
  const body = (entry: Cbor[]) => entry[5] as readonly Cbor[];
  const create = parts(0);
  const refused: Record<string, Cbor> = {
    "no array": 5,
    "too few fields": invite.slice(0, 5),
    "a field too many": [...invite, 1],
    "another version": invite.with(0, 2),
    "no space": invite.with(1, new Uint8Array(0)),
    "a create entry of a space": create.with(1, bytes(log.space)),
    "a create entry with parents": create.with(3, [hash(0)]),
    "no parents": invite.with(3, []),
    "17 parents": invite.with(3, Array.from({ length: 17 }, (_, i) => new Uint8Array(32).fill(i))),
    "the same parent twice": invite.with(3, [hash(0), hash(0)]),
    "no time": invite.with(4, null),
    "an unknown kind": invite.with(5, [9]),
    "an empty body": invite.with(5, []),
    "a body with a field too many": invite.with(5, [...body(invite), 1]),
    "an unknown role": invite.with(5, body(invite).with(3, 3)),
    "a short key": invite.with(5, body(invite).with(1, new Uint8Array(31))),
    "a name that is not clean": create.with(5, body(create).with(1, "Crew ")),
    "an empty name": create.with(5, body(create).with(1, "")),
    "a name with an override": create.with(5, body(create).with(1, "\u202eCrew")),
    "a name of a thousand letters": create.with(5, body(create).with(1, "x".repeat(1025))),
    "another founder": create.with(
      5,
      body(create).with(3, [
        BEN.noise.publicKey,
        BEN.certificate,
      ]),
    ),
    "a certificate of another key": join.with(
      5,
      body(join).with(1, [
        CAT.noise.publicKey,
        BEN.certificate,
      ]),
    ),
    "who joins itself": join.with(5, body(join).with(1, [ANN.noise.publicKey, ANN.certificate])),
    "a seal for another": join.with(5, body(join).with(5, [[bytes(ANN.peer), new Uint8Array(80)]])),
    "a short seal": join.with(5, body(join).with(5, [[bytes(BEN.peer), new Uint8Array(79)]])),
    "who replaces another": join.with(5, body(join).with(3, null).with(4, bytes(CAT.peer))),
    "who replaces by invite": join.with(5, body(join).with(4, bytes(ANN.peer))),
    "a reader without a cut": role.with(5, [4, bytes(CAT.peer), 0, null]),
    "a cut for a member": role.with(5, [4, bytes(CAT.peer), 1, [true, []]]),
    "a removal without a cut": remove.with(5, body(remove).with(2, null)),
    "a seal for the removed": remove.with(
      5,
      body(remove).with(3, [[bytes(CAT.peer), new Uint8Array(80)]]),
    ),
    "who leaves and begins an epoch": remove.with(5, body(remove).with(1, bytes(ANN.peer))),
    "a cut out of order": remove.with(5, body(remove).with(2, [true, [["b", []], ["a", []]]])),
    "a cut of no document": remove.with(5, body(remove).with(2, [true, [["A b", []]]])),
    "a cut at 0": remove.with(
      5,
      body(remove).with(2, [true, [["space", [[new Uint8Array(16), 0]]]]]),
    ),
    "a rekey for nobody": parts(8).with(5, [6, []]),
    "seals out of order": parts(8).with(5, [6, [
      [new Uint8Array(32).fill(2), new Uint8Array(80)],
      [new Uint8Array(32).fill(1), new Uint8Array(80)],
    ]]),
  };
  for (const [what, value] of Object.entries(refused)) {
    assert.throws(() => readEntry(forged(value)), EnvelopeError, what);
  }
  readEntry(forged(invite));
  assert.throws(() => readEntry({ bytes: new Uint8Array(0), signature: new Uint8Array(64) }));
});

Deno.test("MEMB-4: an entry is bounded in bytes, and an epoch for all members fits into one", () => {
  const peers = Array.from(
    { length: MAX_MEMBERS + 1 },
    (_, i) => fakeSeal(i.toString(16).padStart(64, "0") as typeof ANN.peer),
  );
  const { bytes: largest } = sign({
    type: "remove",
    peer: BEN.peer,
    cut: WHOLE_CUT,
    seals: peers.slice(0, MAX_MEMBERS),
  });
  assert.ok(largest.length < MAX_ENTRY_BYTES - 4000, `${largest.length} bytes`);
  assert.throws(() => sign({ type: "rekey", seals: peers }), EnvelopeError);
  const docs = Array.from(
    { length: 1500 },
    (_, i) => [`note/${i.toString(16).padStart(32, "0")}` as DocId, []] as const,
  );
  assert.throws(
    () => sign({ type: "remove", peer: BEN.peer, cut: { docs, rest: false }, seals: [] }),
    /bytes/,
  );
});

Deno.test("MEMB-2: whatever has an order is put into it where it is signed", () => {
  const peers = [ANN.peer, BEN.peer, CAT.peer].toSorted().toReversed();
  const parents = log.entries.slice(0, 3).map(({ hash }) => hash).toSorted().toReversed();
  const { entry } = sign({ type: "rekey", seals: peers.map(fakeSeal) }, parents);
  assert.deepEqual(entry.parents, parents.toReversed());
  assert.ok(entry.body.type === "rekey");
  assert.deepEqual(entry.body.seals.map(({ peer }) => peer), peers.toReversed());
});

Deno.test("INV-2: hostile 11: a join by an invite that it has no proof of is refused", () => {
  const secret = new Uint8Array(16).fill(7);
  const { key } = inviteKeys(secret);
  const other = new SpaceLog(BEN);
  for (
    const proof of [
      inviteProof(secret, other.space, CAT.peer),
      inviteProof(secret, log.space, BEN.peer),
      inviteProof(new Uint8Array(16), log.space, CAT.peer),
    ]
  ) {
    const identity = identityOf(CAT);
    const join = { type: "join", identity, role: "member", replaces: null, seals: [] } as const;
    assert.throws(() => sign({ ...join, invite: { key, proof } }), /not signed by the invite/);
  }
});
