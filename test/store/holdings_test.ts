import assert from "node:assert/strict";
import type { ActorId } from "../../core/base/ids.ts";
import { segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { MAX_HOLDERS } from "../../core/store/holdings.ts";
import { Store } from "../../core/store/store.ts";
import {
  envelope,
  GENERAL,
  NOW,
  OTHER_SPACE,
  peer,
  SPACE,
  withDirectory,
  withStore,
} from "./made.ts";

const ME = peer(1);
const [ANNA, BEN, CARL] = [peer(2), peer(3), peer(4)];
const DOC = segmentDoc(GENERAL, 0);
const ACTOR = envelope(ME, DOC, 1).header.actor;

/** Commits changes `from` to `to` of this node in a document. */
function write(store: Store, from: number, to: number, doc = DOC): void {
  const envelopes = Array.from({ length: to - from + 1 }, (_, i) => envelope(ME, doc, from + i));
  store.commit({ space: SPACE, envelopes, rows: [], receivedAt: NOW });
}

const holders = (store: Store, seq: number, doc = DOC) =>
  store.holdings.holders(SPACE, doc, envelope(ME, doc, 1).header.actor, seq);

Deno.test("a peer's holdings go forward", () =>
  withStore((store) => {
    write(store, 1, 5);
    assert.equal(holders(store, 1), 0);
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 3), true);
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 3), false);
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 1), false);
    assert.equal(store.holdings.advance(BEN, SPACE, DOC, ACTOR, 5), true);
    assert.deepEqual([1, 3, 4, 5, 6].map((seq) => holders(store, seq)), [2, 2, 1, 1, 0]);
    const named = (seq: number) => store.holdings.namesOfHolders(SPACE, DOC, ACTOR, seq);
    assert.deepEqual([named(3), named(4), named(6)], [[ANNA, BEN].sort(), [BEN], []]);
    // More than there is counts as all there is now, not as what will be made.
    assert.equal(store.holdings.advance(CARL, SPACE, DOC, ACTOR, 1000), true);
    write(store, 6, 6);
    assert.deepEqual([5, 6].map((seq) => holders(store, seq)), [2, 0]);
  }));

Deno.test("what is not in the store is not kept of a peer", () =>
  withStore((store) => {
    write(store, 1, 1);
    const stranger = "f".repeat(32) as ActorId;
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, stranger, 1), false);
    assert.equal(store.holdings.advance(ANNA, SPACE, SPACE_DOC, ACTOR, 1), false);
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 0), false);
    store.holdings.setVector(ANNA, SPACE, SPACE_DOC, new Map([[ACTOR, 1]]));
    store.holdings.setVector(ANNA, SPACE, DOC, new Map([[stranger, 9]]));
    assert.equal(holders(store, 1), 0);
    assert.equal(store.holdings.holders(OTHER_SPACE, DOC, ACTOR, 1), 0);
  }));

Deno.test("a peer whose digest is equal holds all there is, and not what comes later", () =>
  withStore((store) => {
    write(store, 1, 2);
    write(store, 1, 1, SPACE_DOC);
    store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 1);
    assert.equal(store.holdings.holdsAll(ANNA, SPACE), true);
    assert.equal(store.holdings.holdsAll(ANNA, SPACE), false);
    assert.deepEqual([1, 2].map((seq) => holders(store, seq)), [1, 1]);
    assert.equal(holders(store, 1, SPACE_DOC), 1);
    write(store, 3, 3);
    assert.equal(holders(store, 3), 0);
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 2), false);
    assert.equal(store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 3), true);
    assert.equal(holders(store, 3), 1);
    assert.equal(store.holdings.holdsAll(ANNA, SPACE), true);
    assert.equal(holders(store, 3), 1);
  }));

Deno.test("a vector is a peer's whole word on a document, also when it held more before", () =>
  withStore((store) => {
    write(store, 1, 4);
    write(store, 1, 1, SPACE_DOC);
    store.holdings.holdsAll(ANNA, SPACE);
    store.holdings.advance(BEN, SPACE, DOC, ACTOR, 4);
    // Both were set back to a backup.
    for (const peer of [ANNA, BEN]) {
      store.holdings.setVector(peer, SPACE, DOC, new Map([[ACTOR, 2]]));
    }
    assert.deepEqual([1, 2, 3, 4].map((seq) => holders(store, seq)), [2, 2, 0, 0]);
    store.holdings.setVector(BEN, SPACE, DOC, new Map());
    assert.deepEqual([1, 2].map((seq) => holders(store, seq)), [1, 1]);
    store.holdings.setVector(BEN, SPACE, DOC, new Map([[ACTOR, 4]]));
    assert.deepEqual([1, 4].map((seq) => holders(store, seq)), [2, 1]);
  }));

Deno.test("a peer that lacks only the newest holds what it held before", () =>
  withStore((store) => {
    write(store, 1, 3);
    write(store, 1, 1, SPACE_DOC);
    store.holdings.holdsAll(ANNA, SPACE);
    write(store, 4, 4);
    store.holdings.setVector(ANNA, SPACE, DOC, new Map([[ACTOR, 3]]));
    assert.deepEqual([1, 3, 4].map((seq) => holders(store, seq)), [1, 1, 0]);
    assert.equal(holders(store, 1, SPACE_DOC), 1);
  }));

Deno.test("holdings outlast a restart", () =>
  withDirectory((directory) => {
    const before = Store.open(directory);
    write(before, 1, 2);
    before.holdings.advance(ANNA, SPACE, DOC, ACTOR, 1);
    before.holdings.holdsAll(BEN, SPACE);
    before.close();
    const store = Store.open(directory);
    assert.deepEqual([1, 2].map((seq) => holders(store, seq)), [2, 1]);
    store.close();
  }));

Deno.test("the peer not heard of for longest makes room", () =>
  withStore((store) => {
    write(store, 1, 1);
    store.together(() => {
      for (let i = 0; i < MAX_HOLDERS; i++) {
        store.holdings.advance(peer(100 + i), SPACE, DOC, ACTOR, 1);
      }
      // The first one speaks again, so the second is now the oldest.
      store.holdings.setVector(peer(100), SPACE, DOC, new Map([[ACTOR, 1]]));
    });
    assert.equal(holders(store, 1), MAX_HOLDERS);
    store.holdings.advance(ANNA, SPACE, DOC, ACTOR, 1);
    assert.equal(holders(store, 1), MAX_HOLDERS);
    assert.equal(store.holdings.advance(peer(100), SPACE, DOC, ACTOR, 1), false);
    assert.equal(store.holdings.advance(peer(101), SPACE, DOC, ACTOR, 1), true);
  }));
