import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FRAME_OVERHEAD_BYTES } from "../../core/net/frame.ts";
import { type Lane, MAX_MESSAGE_BYTES } from "../../core/net/link.ts";
import { IDLE_MS, PING_MS } from "../../core/net/liveness.ts";
import { collect } from "../fakes/collect.ts";
import { deviceKeys } from "../fakes/device.ts";
import { linkPair } from "../fakes/link_pair.ts";
import { seededBytes, seededUnit } from "../fakes/random.ts";
import { settle } from "../fakes/settle.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (message: Uint8Array) => new TextDecoder().decode(message);

Deno.test("LINK: both know each other, and messages go both ways in order", async () => {
  const { a, b, network, clock } = await linkPair();
  assert.deepEqual([a.peer, b.peer], [deviceKeys(2).peer, deviceKeys(1).peer]);
  assert.deepEqual([a.initiator, b.initiator], [true, false]);
  assert.deepEqual(a.remote, { host: "b", port: 1 });
  const [atA, atB] = [collect(a), collect(b)];
  for (let index = 0; index < 5; index++) {
    a.send(bytes(`to b ${index}`));
    b.send(bytes(`to a ${index}`), "bulk");
  }
  await settle();
  assert.deepEqual(atA.flat(), [0, 1, 2, 3, 4].map((index) => `to a ${index}`));
  assert.deepEqual(atB.flat(), [0, 1, 2, 3, 4].map((index) => `to b ${index}`));
  assert.deepEqual([a.queuedBytes, b.queuedBytes], [0, 0]);
  a.close("done");
  a.close("again");
  assert.equal(await a.closed, "done");
  assert.equal(await b.closed, "the peer closed the link");
  assert.deepEqual([clock.waiting, network.openSides], [0, 0]);
});

Deno.test("LINK: random traffic over a stream that splits and joins arrives whole, per lane in order", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { a, b } = await linkPair(undefined, seed);
    const unit = seededUnit(seed);
    const got = {
      a: { live: [] as Buffer[], bulk: [] as Buffer[] },
      b: { live: [] as Buffer[], bulk: [] as Buffer[] },
    };
    const sent = {
      a: { live: [] as Buffer[], bulk: [] as Buffer[] },
      b: { live: [] as Buffer[], bulk: [] as Buffer[] },
    };
    for (const [name, link] of [["a", a], ["b", b]] as const) {
      link.start((messages) => {
        for (const message of messages) {
          got[name][message[0] === 1 ? "live" : "bulk"].push(Buffer.from(message));
        }
      });
    }
    for (let index = 0; index < 200; index++) {
      const [link, other] = unit() < 0.5 ? [a, "b"] as const : [b, "a"] as const;
      const lane: Lane = unit() < 0.3 ? "live" : "bulk";
      const length = index === 9 ? MAX_MESSAGE_BYTES : 1 + Math.floor(unit() ** 5 * 40_000);
      const message = Buffer.from(seededBytes(index)(length));
      message[0] = lane === "live" ? 1 : 0;
      sent[other][lane].push(message);
      link.send(message, lane);
      if (unit() < 0.1) await settle();
    }
    await Promise.all([a.drained(), b.drained()]);
    await settle();
    assert.deepEqual(got, sent, `seed ${seed}`);
    a.close("done");
    await Promise.all([a.closed, b.closed]);
  }
});

Deno.test("LINK: what arrived before the start waits, and one read comes as one batch", async () => {
  const { a, b } = await linkPair();
  for (const message of ["one", "two", "three"]) a.send(bytes(message));
  await settle();
  const atB = collect(b);
  assert.throws(() => b.start(() => {}), /started/);
  await settle();
  assert.deepEqual(atB, [["one", "two", "three"]]);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
});

Deno.test("LINK: nothing more is read until the handler is done", async () => {
  const { a, b } = await linkPair();
  const gates: (() => void)[] = [];
  const seen: string[] = [];
  b.start((messages) => {
    seen.push(...messages.map(text));
    return new Promise((resolve) => gates.push(resolve));
  });
  a.send(bytes("one"));
  await settle();
  a.send(bytes("two"));
  a.send(bytes("three"));
  await settle();
  assert.deepEqual(seen, ["one"]);
  gates.shift()?.();
  await settle();
  assert.deepEqual(seen, ["one", "two", "three"]);
  a.close("done");
  gates.shift()?.();
  await Promise.all([a.closed, b.closed]);
});

Deno.test("LINK: what is sent in one turn goes in one write, up to the size of one", async () => {
  const writes: number[] = [];
  const { a, b } = await linkPair((connection, host) => {
    if (host === "b") return connection;
    return {
      remote: connection.remote,
      read: (into) => connection.read(into),
      close: () => connection.close(),
      write: (data) => {
        writes.push(data.length);
        return connection.write(data);
      },
    };
  });
  const atB = collect(b);
  writes.length = 0;
  for (let index = 0; index < 100; index++) a.send(bytes(`${index % 10}`));
  await settle();
  assert.deepEqual(writes, [100 * (1 + FRAME_OVERHEAD_BYTES)]);
  writes.length = 0;
  for (let index = 0; index < 4; index++) a.send(new Uint8Array(30_000), "bulk");
  await settle();
  assert.deepEqual(writes, [
    2 * (30_000 + FRAME_OVERHEAD_BYTES),
    2 * (30_000 + FRAME_OVERHEAD_BYTES),
  ]);
  assert.equal(atB.flat().length, 104);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
});

Deno.test("LINK: live goes ahead of bulk that waits", async () => {
  const { a, b } = await linkPair();
  for (let index = 0; index < 100; index++) a.send(new Uint8Array(60_000), "bulk");
  await settle();
  a.send(bytes("live"));
  const order: number[] = [];
  b.start((messages) => {
    order.push(...messages.map(({ length }) => length));
  });
  await a.drained();
  await settle();
  assert.equal(order.length, 101);
  // What the stream's own buffers held was on its way already.
  assert.ok(order.indexOf(4) < 10, `live was number ${order.indexOf(4)}`);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
});

Deno.test("LINK: a sender of history waits until its lane is empty", async () => {
  const { a, b } = await linkPair();
  let drained = false;
  for (let index = 0; index < 20; index++) a.send(new Uint8Array(60_000), "bulk");
  const waiting = a.drained().then(() => (drained = true));
  await settle();
  assert.equal(drained, false);
  assert.ok(a.queuedBytes > 0);
  collect(b);
  await waiting;
  assert.equal(a.queuedBytes, 0);
  assert.equal(await a.drained(), true);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
  assert.equal(await a.drained(), false);
});

Deno.test("LINK: a message too long is refused, the longest and the empty one go", async () => {
  const { a, b } = await linkPair();
  const lengths: number[] = [];
  b.start((messages) => {
    lengths.push(...messages.map(({ length }) => length));
  });
  assert.throws(() => a.send(new Uint8Array(MAX_MESSAGE_BYTES + 1)), RangeError);
  a.send(new Uint8Array(0));
  a.send(new Uint8Array(MAX_MESSAGE_BYTES));
  await settle();
  assert.deepEqual(lengths, [0, MAX_MESSAGE_BYTES]);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
});

Deno.test("LINK: silence is broken by pings, and both sides live", async () => {
  const { a, b, clock } = await linkPair();
  const [atA, atB] = [collect(a), collect(b)];
  for (let round = 0; round < 20; round++) {
    clock.advance(PING_MS);
    await settle();
  }
  a.send(bytes("still here"));
  await settle();
  assert.deepEqual([atA, atB], [[], [["still here"]]]);
  a.close("done");
  await Promise.all([a.closed, b.closed]);
  assert.equal(clock.waiting, 0);
});

Deno.test("hostile 27: a cut cable is noticed after the idle time, on both sides", async () => {
  const { a, b, clock, network } = await linkPair();
  network.cut("a", "b");
  for (let passed = 0; passed < IDLE_MS; passed += 5_000) {
    await settle();
    clock.advance(5_000);
  }
  assert.deepEqual(await Promise.all([a.closed, b.closed]), [
    "the peer is silent",
    "the peer is silent",
  ]);
  assert.deepEqual([clock.waiting, network.openSides], [0, 0]);
});

Deno.test("LINK: a handler that fails closes its link", async () => {
  for (
    const fail of [() => Promise.reject(new TypeError("bad message")), () => {
      throw new TypeError("bad message");
    }]
  ) {
    const { a, b } = await linkPair();
    b.start(fail);
    a.send(bytes("bad"));
    assert.equal(await b.closed, "bad message");
    assert.match(await a.closed, /ended|reset/);
  }
});

Deno.test("LINK: closing writes what is live, drops what is bulk, and delivers no more", async () => {
  const { a, b } = await linkPair();
  const [atA, atB] = [collect(a), collect(b)];
  a.send(bytes("last words"));
  a.send(bytes("history"), "bulk");
  a.close("done");
  a.send(bytes("too late"));
  b.send(bytes("not heard"));
  await Promise.all([a.closed, b.closed, a.drained()]);
  assert.deepEqual([atA, atB], [[], [["last words"]]]);
});

Deno.test("LINK: closed means that the handler is done too", async () => {
  const { a, b } = await linkPair();
  const gate = Promise.withResolvers<void>();
  let closed = false;
  b.start(() => gate.promise);
  a.send(bytes("work"));
  await settle();
  b.close("done");
  void b.closed.then(() => (closed = true));
  await settle();
  assert.equal(closed, false);
  gate.resolve();
  assert.equal(await b.closed, "done");
  await a.closed;
});

Deno.test("LINK: a link that was never started can be closed, and closes when its peer goes", async () => {
  const one = await linkPair();
  one.a.close("one too many");
  assert.equal(await one.a.closed, "one too many");
  await one.b.closed;
  const two = await linkPair();
  two.a.send(bytes("unheard"));
  two.network.reset("a", "b");
  assert.match(await two.a.closed, /reset/);
  two.b.close("done");
  await two.b.closed;
  assert.equal(two.clock.waiting, 0);
});
