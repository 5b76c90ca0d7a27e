/** What a node remembers for itself: receipts, browsers, addresses, when peers were linked. */
import assert from "node:assert/strict";
import type { PeerId } from "../../core/base/ids.ts";
import { MAX_ADDRESSES, MAX_ADDRESSES_PER_PEER } from "../../core/store/addresses.ts";
import { MAX_BROWSERS } from "../../core/store/browsers.ts";
import { MAX_RECEIPTS, RECEIPT_MS } from "../../core/store/receipts.ts";
import { MAX_SEEN } from "../../core/store/seen.ts";
import { NOW, peer, withStore } from "./made.ts";

const ANNA = peer(1);
const BEN = peer(2);

Deno.test("a receipt is kept for a week", () =>
  withStore((store) => {
    store.receipts.put("one", { text: "é\u0000\ud83d\ude00", list: [1, null] }, NOW);
    store.receipts.put("null", null, NOW);
    assert.deepEqual(store.receipts.get("one", NOW)?.answer, {
      text: "é\u0000\ud83d\ude00",
      list: [1, null],
    });
    assert.deepEqual(store.receipts.get("null", NOW), { answer: null });
    assert.equal(store.receipts.get("two", NOW), undefined);
    assert.notEqual(store.receipts.get("one", NOW + RECEIPT_MS - 1), undefined);
    assert.equal(store.receipts.get("one", NOW + RECEIPT_MS), undefined);
    store.receipts.put("later", 1, NOW + RECEIPT_MS);
    // Pruned for good: a clock that goes back does not bring it back.
    assert.equal(store.receipts.get("one", NOW), undefined);
  }));

Deno.test("the oldest receipts go when there are too many", () =>
  withStore((store) => {
    store.together(() => {
      for (let i = 0; i < MAX_RECEIPTS + 10; i++) store.receipts.put(`r${i}`, i, NOW);
    });
    assert.equal(store.receipts.get("r9", NOW), undefined);
    assert.deepEqual(store.receipts.get("r10", NOW), { answer: 10 });
    assert.deepEqual(store.receipts.get(`r${MAX_RECEIPTS + 9}`, NOW)?.answer, MAX_RECEIPTS + 9);
  }));

Deno.test("browsers: the one not used for longest makes room", () =>
  withStore((store) => {
    const key = (i: number) => Uint8Array.of(4, i);
    for (let i = 0; i < MAX_BROWSERS; i++) store.browsers.add(`b${i}`, key(i), NOW);
    assert.deepEqual(store.browsers.get("b0"), key(0));
    store.browsers.add("new", key(200), NOW);
    assert.equal(store.browsers.get("b1"), undefined);
    assert.deepEqual(store.browsers.get("b0"), key(0));
    assert.deepEqual(store.browsers.get("new"), key(200));
    store.browsers.add("b0", key(201), NOW);
    assert.deepEqual(store.browsers.get("b0"), key(201));
    assert.equal(store.browsers.get("unknown"), undefined);
  }));

Deno.test("addresses: a few of each peer, the newest first", () =>
  withStore((store) => {
    const at = (host: string, port = 4000) => ({ host, port });
    store.addresses.add(ANNA, at("10.0.0.1"), NOW);
    store.addresses.add(ANNA, at("fe80::1%eth0"), NOW + 2);
    store.addresses.add(BEN, at("10.0.0.9"), NOW + 1);
    store.addresses.add(ANNA, at("10.0.0.1"), NOW + 3);
    assert.deepEqual(store.addresses.newest(2).map((row) => ({ ...row })), [
      { peer: ANNA, host: "10.0.0.1", port: 4000, at: NOW + 3 },
      { peer: ANNA, host: "fe80::1%eth0", port: 4000, at: NOW + 2 },
    ]);
    assert.deepEqual(store.addresses.newest(9).map(({ peer }) => peer), [ANNA, ANNA, BEN]);
    for (let port = 1; port <= 20; port++) {
      store.addresses.add(BEN, at("10.0.0.9", port), NOW + port);
    }
    const of = (wanted: PeerId) => store.addresses.newest(99).filter(({ peer }) => peer === wanted);
    const ports = of(BEN).map(({ port }) => port);
    assert.deepEqual(ports, Array.from({ length: MAX_ADDRESSES_PER_PEER }, (_, i) => 20 - i));
    assert.equal(of(ANNA).length, 2);
  }));

Deno.test("addresses: the oldest go when there are too many", () =>
  withStore((store) => {
    store.together(() => {
      for (let i = 0; i < MAX_ADDRESSES; i++) {
        store.addresses.add(peer(i), { host: "10.0.0.1", port: 1 }, NOW + i);
      }
    });
    store.addresses.add(peer(MAX_ADDRESSES), { host: "10.0.0.1", port: 1 }, NOW + MAX_ADDRESSES);
    const kept = store.addresses.newest(2 * MAX_ADDRESSES);
    assert.deepEqual([kept.length, kept.at(-1)?.peer], [MAX_ADDRESSES, peer(1)]);
  }));

Deno.test("when a peer was linked last never goes back", () =>
  withStore((store) => {
    store.seen.set(ANNA, NOW);
    store.seen.set(ANNA, NOW - 5);
    store.seen.set(BEN, NOW - 9);
    assert.equal(store.seen.get(ANNA), NOW);
    assert.equal(store.seen.get(peer(3)), 0);
    assert.equal(store.seen.get(BEN), NOW - 9);
    store.together(() => {
      for (let i = 0; i < MAX_SEEN - 1; i++) store.seen.set(peer(100 + i), NOW + 1);
    });
    assert.equal(store.seen.get(BEN), 0);
    assert.equal(store.seen.get(ANNA), NOW);
  }));
