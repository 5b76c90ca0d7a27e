import assert from "node:assert/strict";
import { Once } from "../../core/node/once.ts";
import { Store } from "../../core/store/store.ts";
import { FakeClock } from "../fakes/clock.ts";

async function withStore(test: (store: Store) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const store = Store.open(directory);
    try {
      await test(store);
    } finally {
      store.close();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a request that comes again is done once and answered the same", () =>
  withStore(async (store) => {
    const clock = new FakeClock();
    const once = new Once(store.receipts, clock);
    let done = 0;
    const act = () => {
      done++;
      store.receipts.put("one", { n: done }, clock.now());
      return Promise.resolve({ n: done });
    };
    assert.deepEqual(await once.do("one", act), { n: 1 });
    assert.deepEqual(await once.do("one", act), { n: 1 });
    assert.deepEqual(await new Once(store.receipts, clock).do("one", act), { n: 1 });
    assert.equal(done, 1);
  }));

Deno.test("a request that comes again while it is being done waits for it", () =>
  withStore(async (store) => {
    const once = new Once(store.receipts, new FakeClock());
    const gate = Promise.withResolvers<number>();
    let done = 0;
    const act = () => {
      done++;
      return gate.promise;
    };
    const both = [once.do("one", act), once.do("one", act)];
    gate.resolve(7);
    assert.deepEqual(await Promise.all(both), [7, 7]);
    assert.equal(done, 1);
  }));

Deno.test("a request that failed may be tried again", () =>
  withStore(async (store) => {
    const once = new Once(store.receipts, new FakeClock());
    await assert.rejects(once.do("one", () => Promise.reject(new Error("full"))), /full/);
    assert.equal(await once.do("one", () => Promise.resolve(1)), 1);
  }));
