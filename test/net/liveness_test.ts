import assert from "node:assert/strict";
import type { Clock } from "../../core/base/clock.ts";
import { IDLE_MS, Liveness, PING_MS, STALL_MS } from "../../core/net/liveness.ts";
import { FakeClock } from "../fakes/clock.ts";

function watched(clock: Clock): { liveness: Liveness; said: string[] } {
  const said: string[] = [];
  const liveness = new Liveness(clock, {
    ping: () => said.push("ping"),
    dead: (reason) => said.push(reason),
  });
  return { liveness, said };
}

Deno.test("liveness: a silent peer is pinged once, then given up", () => {
  const clock = new FakeClock();
  const { liveness, said } = watched(clock);
  liveness.reading();
  clock.advance(PING_MS - 1);
  assert.deepEqual(said, []);
  clock.advance(1);
  assert.deepEqual(said, ["ping"]);
  clock.advance(IDLE_MS - PING_MS - 1);
  assert.deepEqual(said, ["ping"]);
  clock.advance(1);
  assert.deepEqual(said, ["ping", "the peer is silent"]);
  assert.equal(clock.waiting, 0);
});

Deno.test("liveness: a peer that answers pings lives for ever", () => {
  const clock = new FakeClock();
  const { liveness, said } = watched(clock);
  liveness.reading();
  for (let round = 1; round <= 10; round++) {
    clock.advance(PING_MS);
    assert.equal(said.length, round);
    liveness.heard();
    liveness.reading();
  }
  assert.ok(said.every((what) => what === "ping"));
  assert.equal(clock.waiting, 1);
  liveness.stop();
  assert.equal(clock.waiting, 0);
});

Deno.test("liveness: time spent on what the peer said is not its silence", () => {
  const clock = new FakeClock();
  const { liveness, said } = watched(clock);
  liveness.reading();
  liveness.heard();
  clock.advance(10 * IDLE_MS);
  assert.deepEqual(said, []);
  liveness.reading();
  clock.advance(IDLE_MS);
  assert.deepEqual(said, ["ping", "the peer is silent"]);
});

Deno.test("liveness: a write may wait as long as it goes on", () => {
  const clock = new FakeClock();
  const { liveness, said } = watched(clock);
  for (let part = 0; part < 5; part++) {
    liveness.writing();
    clock.advance(STALL_MS - 1);
  }
  liveness.written();
  clock.advance(10 * STALL_MS);
  assert.deepEqual(said, []);
  liveness.writing();
  clock.advance(STALL_MS);
  assert.deepEqual(said, ["the peer does not read"]);
  assert.equal(clock.waiting, 0);
});

Deno.test("liveness: a clock that is set back does not make a silence endless", () => {
  const clock = new FakeClock();
  let back = 0;
  const { liveness, said } = watched({
    now: () => clock.now() - back,
    after: (ms, callback) => clock.after(ms, callback),
    every: (ms, callback) => clock.every(ms, callback),
  });
  liveness.reading();
  back = 24 * 3600 * 1000;
  clock.advance(PING_MS + IDLE_MS);
  assert.deepEqual(said, ["ping", "the peer is silent"]);
});
