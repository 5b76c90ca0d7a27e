import assert from "node:assert/strict";
import type { ActorId } from "../../core/base/ids.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { ENVELOPE_BYTES } from "../../core/store/envelopes.ts";
import type { Envelope, VerifiedEnvelope } from "../../core/trust/envelope.ts";
import { seededUnit } from "../fakes/random.ts";
import { envelope, GENERAL, NOW, peer, SPACE, withStore } from "./made.ts";

const DOC = segmentDoc(GENERAL, 0);

/** Envelopes of several authors, interleaved by a seed, with changes of various lengths. */
function interleaved(seed: number, authors: number, count: number): VerifiedEnvelope[] {
  const unit = seededUnit(seed);
  const seqs = new Map<number, number>();
  return Array.from({ length: count }, () => {
    const author = Math.floor(unit() * authors);
    const seq = (seqs.get(author) ?? 0) + 1;
    seqs.set(author, seq);
    return envelope(peer(author), DOC, seq, { bytes: 1 + Math.floor(unit() * 400) });
  });
}

Deno.test("a peer that asks again and again gets all it lacks, in order, in pieces that fit", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    await withStore((store) => {
      const unit = seededUnit(1000 + seed);
      const all = interleaved(seed, 1 + seed % 6, 150);
      store.commit({ space: SPACE, envelopes: all, rows: [], receivedAt: NOW });
      const vector = new Map<ActorId, number>();
      for (const { header } of all) {
        if (unit() < 0.3) vector.set(header.actor, Math.floor(unit() * header.seq));
      }
      const lacking = all.filter(({ header }) => header.seq > (vector.get(header.actor) ?? 0));
      const maxBytes = 300 + Math.floor(unit() * 5000);
      const got: Envelope[] = [];
      for (;;) {
        const piece = store.envelopes.after(SPACE, DOC, vector, maxBytes);
        if (piece.length === 0) break;
        const bytes = piece.reduce((sum, { change }) => sum + change.length + ENVELOPE_BYTES, 0);
        assert(piece.length === 1 || bytes <= maxBytes, `seed ${seed}: ${bytes} > ${maxBytes}`);
        got.push(...piece);
        for (let i = got.length - piece.length; i < got.length; i++) {
          const header = lacking[i]?.header;
          assert(header, `seed ${seed}: more than is lacking`);
          vector.set(header.actor, header.seq);
        }
      }
      assert.deepEqual(got, lacking.map(({ envelope }) => envelope), `seed ${seed}`);
    });
  }
});

Deno.test("one envelope comes however little room there is", () =>
  withStore((store) => {
    const big = envelope(peer(1), DOC, 1, { bytes: 60_000 });
    store.commit({ space: SPACE, envelopes: [big], rows: [], receivedAt: NOW });
    assert.deepEqual(store.envelopes.after(SPACE, DOC, new Map(), 0), [big.envelope]);
  }));

Deno.test("a peer that is ahead, or knows actors that are not here, lacks nothing", () =>
  withStore((store) => {
    const one = envelope(peer(1), DOC, 1);
    store.commit({ space: SPACE, envelopes: [one], rows: [], receivedAt: NOW });
    const ahead = new Map([[one.header.actor, 7], ["f".repeat(32) as ActorId, 3]]);
    assert.deepEqual(store.envelopes.after(SPACE, DOC, ahead, 1000), []);
    assert.deepEqual(store.envelopes.after(SPACE, SPACE_DOC, new Map(), 1000), []);
  }));

Deno.test("reading a piece leaves nothing open that hinders writing", () =>
  withStore((store) => {
    const all = interleaved(1, 2, 50);
    store.commit({ space: SPACE, envelopes: all, rows: [], receivedAt: NOW });
    store.envelopes.after(SPACE, DOC, new Map(), 500);
    const next = envelope(peer(9), DOC, 1);
    store.commit({ space: SPACE, envelopes: [next], rows: [], receivedAt: NOW });
    assert.equal(store.envelopes.changes(SPACE, DOC).length, 51);
  }));

Deno.test("changes come in the order of admission", () =>
  withStore((store) => {
    const all = interleaved(7, 4, 60);
    store.commit({ space: SPACE, envelopes: all.slice(0, 20), rows: [], receivedAt: NOW });
    store.commit({ space: SPACE, envelopes: all.slice(20), rows: [], receivedAt: NOW });
    const changes = all.map(({ envelope }) => envelope.change);
    assert.deepEqual(store.envelopes.changes(SPACE, DOC), changes);
  }));

Deno.test("what is not held has no hash, no author and no time", () =>
  withStore((store) => {
    const one = envelope(peer(1), DOC, 1);
    store.commit({ space: SPACE, envelopes: [one], rows: [], receivedAt: NOW });
    const { hash, actor } = one.header;
    assert.equal(store.envelopes.has(SPACE, SPACE_DOC, hash), false);
    assert.equal(store.envelopes.has(SPACE, DOC, envelope(peer(1), DOC, 2).header.hash), false);
    assert.equal(store.envelopes.headAt(SPACE, DOC, actor, 2), undefined);
    assert.equal(store.envelopes.headAt(SPACE, SPACE_DOC, actor, 1), undefined);
    assert.equal(store.envelopes.authorOf(SPACE, SPACE_DOC, actor), undefined);
  }));
