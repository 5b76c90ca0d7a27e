import assert from "node:assert/strict";
import { Connection } from "../../../core/view/tab/connection.ts";
import { loadAgain } from "../../../core/view/tab/load_again.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { seededBytes } from "../../fakes/random.ts";
import { settle } from "../../fakes/settle.ts";
import { FakeLine } from "../../fakes/tab_socket.ts";

function start() {
  const line = new FakeLine();
  const clock = new FakeClock();
  const connection = new Connection({ open: line.open, clock, random: seededBytes(1) });
  const gone = new AbortController();
  return { connection, gone };
}

Deno.test("what could not be fetched is fetched with the next connection", async () => {
  const { connection, gone } = start();
  let there = false;
  let missed = 0;
  const load = () => there ? Promise.resolve("part") : Promise.reject(new TypeError("no"));
  const part = loadAgain(load, connection, gone.signal, () => missed++);
  await settle();
  assert.equal(missed, 1);
  there = true;
  connection.tryNow();
  assert.equal(await part, "part");
  assert.equal(missed, 1);
});

Deno.test("nothing is fetched for one who has left; a defect is not hidden", async () => {
  const { connection, gone } = start();
  let asked = 0;
  const load = () => Promise.reject(new TypeError(`no ${++asked}`));
  const part = loadAgain(load, connection, gone.signal, () => {});
  await settle();
  gone.abort();
  assert.equal(await part, null);
  connection.tryNow();
  await settle();
  assert.equal(asked, 1);
  const broken = () => Promise.reject(new SyntaxError("broken"));
  await assert.rejects(loadAgain(broken, connection, new AbortController().signal, () => {}));
});
