import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import type { Store } from "../../core/store/store.ts";
import { MAX_WAITING } from "../../core/store/waiting.ts";
import { envelope, GENERAL, NOW, OTHER_SPACE, peer, post, SPACE, withStore } from "./made.ts";

const [ME, ANNA, BEN, CARL] = [peer(1), peer(2), peer(3), peer(4)];
const DOC = segmentDoc(GENERAL, 0);
const actorOf = (author: typeof ME) => envelope(author, DOC, 1).header.actor;

/** Commits messages `from` to `to` of an author. */
function say(store: Store, author: typeof ME, from: number, to: number): void {
  const posts = Array.from(
    { length: to - from + 1 },
    (_, i) => post(author, from + i, NOW + from + i),
  );
  store.commit({
    space: SPACE,
    envelopes: posts.map(({ verified }) => verified),
    rows: posts.map(({ row }) => row),
    receivedAt: NOW,
  });
}

Deno.test("waiting: what a peer is not known to hold, and how much of it others keep", () =>
  withStore((store) => {
    say(store, ME, 1, 4);
    store.holdings.holdsAll(BEN, SPACE);
    say(store, ME, 5, 7);
    say(store, ANNA, 1, 1);
    store.holdings.holdsAll(ANNA, SPACE);
    store.holdings.advance(CARL, SPACE, DOC, actorOf(ME), 6);
    assert.deepEqual(store.waiting.of(SPACE, BEN), {
      messages: 4,
      more: false,
      keepers: [{ peer: ANNA, messages: 4 }, { peer: CARL, messages: 2 }],
    });
    store.holdings.advance(BEN, SPACE, DOC, actorOf(ME), 6);
    assert.deepEqual(store.waiting.of(SPACE, BEN), {
      messages: 2,
      more: false,
      keepers: [{ peer: ANNA, messages: 2 }],
    });
    store.holdings.holdsAll(BEN, SPACE);
    assert.deepEqual(store.waiting.of(SPACE, BEN), { messages: 0, more: false, keepers: [] });
  }));

Deno.test("waiting: what rests on a base waits as well", () =>
  withStore((store) => {
    say(store, ME, 1, 2);
    store.holdings.holdsAll(BEN, SPACE);
    say(store, ME, 3, 5);
    say(store, ANNA, 1, 2);
    store.holdings.holdsAll(ANNA, SPACE);
    const before = store.waiting.of(SPACE, BEN);
    assert.deepEqual(before, {
      messages: 5,
      more: false,
      keepers: [{ peer: ANNA, messages: 5 }],
    });
    store.holdings.advance(BEN, SPACE, DOC, actorOf(ME), 2);
    const logs = [[ME, 5], [ANNA, 2]] as const;
    store.sealed.rest(SPACE, DOC, {
      bytes: new Uint8Array(9),
      logs: new Map(logs.map(([author, seq]) => [actorOf(author), {
        heads: Buffer.concat(
          Array.from({ length: seq }, (_, i) =>
            Buffer.from(post(author, i + 1, NOW).verified.header.hash.slice(0, 32), "hex")),
        ),
        bytes: 0,
      }])),
    });
    while (store.sealed.sweep(SPACE, DOC));
    assert.deepEqual(store.waiting.of(SPACE, BEN), before);
    say(store, ME, 6, 6);
    assert.equal(store.waiting.of(SPACE, BEN).messages, 6);
  }));

Deno.test("waiting: nobody waits for their own, and changes that are no messages do not count", () =>
  withStore((store) => {
    say(store, ANNA, 1, 2);
    store.commit({
      space: SPACE,
      envelopes: [envelope(ANNA, DOC, 3)],
      rows: [],
      receivedAt: NOW,
    });
    assert.equal(store.waiting.of(SPACE, ANNA).messages, 0);
    assert.deepEqual(store.waiting.of(SPACE, BEN), { messages: 2, more: false, keepers: [] });
    assert.equal(store.waiting.of(OTHER_SPACE, BEN).messages, 0);
  }));

Deno.test("waiting: of very many no more than some are counted, and it says so", () =>
  withStore((store) => {
    say(store, ME, 1, MAX_WAITING);
    store.holdings.holdsAll(ANNA, SPACE);
    assert.equal(store.waiting.of(SPACE, BEN).more, false);
    say(store, ME, MAX_WAITING + 1, MAX_WAITING + 1);
    assert.deepEqual(store.waiting.of(SPACE, BEN), {
      messages: MAX_WAITING,
      more: true,
      // The newest are counted; Anna has not heard of the very newest.
      keepers: [{ peer: ANNA, messages: MAX_WAITING - 1 }],
    });
  }));
