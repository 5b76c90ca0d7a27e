import assert from "node:assert/strict";
import { FaultError, RefusedError } from "../../../core/view/api.ts";
import type { Event } from "../../../core/view/event.ts";
import { DisconnectedError } from "../../../core/view/tab/asker.ts";
import { Connection, FIRST_RETRY_MS, LONGEST_RETRY_MS } from "../../../core/view/tab/connection.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { seededBytes } from "../../fakes/random.ts";
import { settle } from "../../fakes/settle.ts";
import { FakeLine } from "../../fakes/tab_socket.ts";

function start() {
  const line = new FakeLine();
  const clock = new FakeClock();
  const connection = new Connection({ open: line.open, clock, random: seededBytes(3) });
  const states: string[] = [];
  connection.onState((state) => states.push(state));
  return { line, clock, connection, states };
}

Deno.test("a question gets its own answer, whatever the order", async () => {
  const { line, connection } = start();
  connection.tryNow();
  await settle();
  const first = connection.ask({ type: "peers" });
  const second = connection.ask({ type: "space.create", name: "a" });
  const [one, two] = line.heard;
  assert.ok(one && two && one.id !== two.id);
  line.answer(two.id, "second");
  line.answer(one.id, "first");
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
});

Deno.test("refusals become errors by their code", async () => {
  const { line, connection } = start();
  connection.tryNow();
  await settle();
  for (
    const [code, kind] of [["refused", RefusedError], ["unknown", RefusedError], [
      "fault",
      FaultError,
    ]] as const
  ) {
    const asked = connection.askAs(code, { type: "peers" });
    line.refuse(code, { code, text: "because" });
    await assert.rejects(asked, (error: Error) => {
      return error instanceof kind && error.message === "because";
    });
  }
});

Deno.test("events go to all listeners in order until they end it", async () => {
  const { line, connection } = start();
  connection.tryNow();
  await settle();
  const seen: Event[] = [];
  const stop = connection.onEvent((event) => seen.push(event));
  line.tell({ type: "fault", text: "a" });
  line.tell({ type: "fault", text: null });
  stop();
  line.tell({ type: "fault", text: "b" });
  assert.deepEqual(seen, [{ type: "fault", text: "a" }, { type: "fault", text: null }]);
});

Deno.test("a cut rejects what waits, and the socket opens again by itself", async () => {
  const { line, clock, connection, states } = start();
  const changes: boolean[] = [];
  connection.onConnection((connected) => changes.push(connected));
  connection.tryNow();
  await settle();
  const asked = connection.ask({ type: "peers" });
  line.cut();
  await assert.rejects(asked, DisconnectedError);
  await assert.rejects(connection.ask({ type: "peers" }), DisconnectedError);
  clock.advance(FIRST_RETRY_MS);
  await settle();
  assert.ok(connection.connected);
  assert.deepEqual(changes, [true, false, true]);
  assert.deepEqual(states, ["connected", "away", "connected"]);
});

Deno.test("waits grow to a bound, spread by jitter, and begin anew after success", async () => {
  const { line, clock, connection } = start();
  line.mode = "down";
  connection.tryNow();
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    await settle();
    const wait = clock.untilNext();
    assert.ok(wait !== undefined);
    const most = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** i);
    assert.ok(wait >= most / 2 && wait <= most, `${wait} of ${most}`);
    waits.push(wait);
    clock.advance(wait);
  }
  assert.ok(new Set(waits.map((wait) => wait / FIRST_RETRY_MS % 1)).size > 4);
  await settle();
  line.mode = "up";
  connection.tryNow();
  await settle();
  line.cut();
  assert.ok((clock.untilNext() ?? 0) <= FIRST_RETRY_MS);
  connection.close();
  assert.equal(clock.waiting, 0);
});

Deno.test("coming back tries at once and never twice at a time", async () => {
  const { line, clock, connection } = start();
  line.mode = "down";
  connection.tryNow();
  await settle();
  line.mode = "up";
  connection.tryNow();
  connection.tryNow();
  await settle();
  connection.tryNow();
  await settle();
  assert.ok(connection.connected);
  assert.equal(line.attempts, 2);
  assert.equal(clock.waiting, 0);
});

Deno.test("a stranger waits for a link instead of trying again and again", async () => {
  const { line, clock, connection } = start();
  line.mode = "stranger";
  connection.tryNow();
  await settle();
  assert.equal(connection.state, "stranger");
  assert.equal(clock.waiting, 0);
  line.mode = "up";
  connection.tryNow();
  await settle();
  assert.equal(connection.state, "connected");
});

Deno.test("closing ends what waits and nothing opens afterwards", async () => {
  const { line, clock, connection } = start();
  connection.tryNow();
  await settle();
  const asked = connection.ask({ type: "peers" });
  connection.close();
  connection.close();
  await assert.rejects(asked, DisconnectedError);
  connection.tryNow();
  await settle();
  assert.equal(line.attempts, 1);
  assert.equal(clock.waiting, 0);
});

Deno.test("asking again under an id that waits is one question", async () => {
  const { line, connection } = start();
  connection.tryNow();
  await settle();
  const asked = [
    connection.askAs("x", { type: "peers" }),
    connection.askAs("x", { type: "peers" }),
  ];
  assert.equal(line.heard.length, 1);
  line.answer("x", []);
  assert.deepEqual(await Promise.all(asked), [[], []]);
});
