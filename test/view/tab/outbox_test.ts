import assert from "node:assert/strict";
import { RefusedError } from "../../../core/view/api.ts";
import { Connection } from "../../../core/view/tab/connection.ts";
import { FAULT_RETRY_MS, Outbox } from "../../../core/view/tab/outbox.ts";
import { MemoryStorage, type TextStorage } from "../../../core/view/tab/text_storage.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { seededBytes } from "../../fakes/random.ts";
import { settle } from "../../fakes/settle.ts";
import { channelId, LOBBY, message, spaceId } from "../../fakes/tab.ts";
import { FakeLine } from "../../fakes/tab_socket.ts";

const say = (text: string, space = LOBBY) =>
  ({ type: "message.send", space, channel: channelId(1), text }) as const;

function start(storage: TextStorage = new MemoryStorage(), seed = 1) {
  const line = new FakeLine();
  const clock = new FakeClock();
  const connection = new Connection({ open: line.open, clock, random: seededBytes(seed) });
  const outbox = new Outbox({ asker: connection, storage, clock });
  outbox.start();
  return { line, clock, connection, outbox, storage };
}

Deno.test("a command leaves the outbox when it is answered", async () => {
  const { line, connection, outbox, storage } = start();
  connection.tryNow();
  await settle();
  const written = outbox.write(say("a"));
  assert.equal(outbox.entries.value.length, 1);
  assert.equal(storage.length, 1);
  line.answer(line.heard[0]?.id ?? "", message(1));
  assert.deepEqual(await written, message(1));
  assert.equal(outbox.entries.value.length, 0);
  assert.equal(storage.length, 0);
});

Deno.test("what is written while away is sent in order once connected", async () => {
  const { line, clock, connection, outbox } = start();
  for (const text of ["one", "two", "three"]) {
    void outbox.write(say(text));
    clock.advance(1);
  }
  connection.tryNow();
  await settle();
  assert.deepEqual(line.heard.map(({ command }) => "text" in command && command.text), [
    "one",
    "two",
    "three",
  ]);
});

Deno.test("what was cut off before its answer is sent again under the same id", async () => {
  const { line, clock, connection, outbox } = start();
  connection.tryNow();
  await settle();
  const written = outbox.write(say("a"));
  line.cut();
  await settle();
  assert.equal(outbox.entries.value[0]?.state, "sending");
  clock.advance(1000);
  await settle();
  assert.equal(line.heard.length, 2);
  assert.equal(line.heard[0]?.id, line.heard[1]?.id);
  line.answer(line.heard[1]?.id ?? "", message(1));
  assert.deepEqual(await written, message(1));
});

Deno.test("a reload sends what was unanswered, under the same ids and in order", async () => {
  const first = start();
  void first.outbox.write(say("one"));
  first.clock.advance(5);
  void first.outbox.write(say("two"));
  const ids = first.outbox.entries.value.map(({ id }) => id);
  first.outbox.close();
  first.connection.close();
  await settle();

  const second = start(first.storage, 2);
  assert.deepEqual(second.outbox.entries.value.map(({ id }) => id), ids);
  second.connection.tryNow();
  await settle();
  assert.deepEqual(second.line.heard.map(({ id }) => id), ids);
  for (const id of ids) second.line.answer(id, message(1));
  await settle();
  assert.equal(first.storage.length, 0);
});

Deno.test("a refused message stays with its reason, also over a reload, until the person acts", async () => {
  const { line, connection, outbox, storage } = start();
  connection.tryNow();
  await settle();
  const written = outbox.write(say("long"));
  line.refuse(line.heard[0]?.id ?? "", { code: "refused", text: "too long" });
  await assert.rejects(written, RefusedError);
  const again = start(storage, 2);
  again.connection.tryNow();
  await settle();
  for (const { entries } of [outbox, again.outbox]) {
    assert.equal(entries.value[0]?.state, "refused");
    assert.equal(entries.value[0]?.reason, "too long");
  }
  assert.equal(again.line.heard.length, 0, "a refused message is not sent again by itself");
  const id = outbox.entries.value[0]?.id ?? "";
  again.outbox.discard(id);
  assert.equal(storage.length, 0);
  outbox.again(id);
  assert.equal(line.heard.length, 2);
});

Deno.test("any other refused command leaves at once: its dialog shows the reason", async () => {
  const { line, connection, outbox, storage } = start();
  connection.tryNow();
  await settle();
  const written = outbox.write({ type: "channel.create", space: LOBBY, name: "" });
  line.refuse(line.heard[0]?.id ?? "", { code: "refused", text: "empty" });
  await assert.rejects(written, { message: "empty" });
  assert.equal(outbox.entries.value.length, 0);
  assert.equal(storage.length, 0);
});

Deno.test("after a fault it is asked again later, under the same id", async () => {
  const { line, clock, connection, outbox } = start();
  connection.tryNow();
  await settle();
  void outbox.write(say("a"));
  const id = line.heard[0]?.id ?? "";
  line.refuse(id, { code: "fault", text: "disk full" });
  await settle();
  assert.equal(outbox.entries.value[0]?.state, "fault");
  clock.advance(FAULT_RETRY_MS);
  assert.equal(line.heard[1]?.id, id);
  line.answer(id, message(1));
  await settle();
  assert.equal(outbox.entries.value.length, 0);
});

Deno.test("the event of one's own message meets the first entry of its text only", () => {
  const { outbox } = start();
  void outbox.write(say("same"));
  void outbox.write(say("same"));
  outbox.met(LOBBY, message(7, { text: "same" }));
  assert.deepEqual(outbox.entries.value.map(({ became }) => became), [message(7).id, null]);
  outbox.met(LOBBY, message(8, { text: "other" }));
  assert.equal(outbox.entries.value[1]?.became, null);
});

Deno.test("a channel of one name has its own entries in each space", () => {
  const { outbox } = start();
  void outbox.write(say("same"));
  void outbox.write(say("same", spaceId(3)));
  const waiting = (space = LOBBY) =>
    outbox.waiting(space, channelId(1)).map(({ command }) => command);
  assert.deepEqual(waiting(), [say("same")]);
  assert.deepEqual(waiting(spaceId(3)), [say("same", spaceId(3))]);
  outbox.met(spaceId(3), message(7, { text: "same" }));
  assert.deepEqual([waiting().length, waiting(spaceId(3)).length], [1, 0]);
});

Deno.test("what another tab got answered leaves this one, own commands stay", () => {
  const first = start();
  void first.outbox.write(say("a"));
  const second = start(first.storage, 2);
  const key = first.storage.key(0) ?? "";
  first.storage.removeItem(key);
  second.outbox.stored(key);
  first.outbox.stored(key);
  assert.equal(second.outbox.entries.value.length, 0);
  assert.equal(first.outbox.entries.value.length, 1);
});

Deno.test("junk in the storage is dropped, other programs' keys are left alone", () => {
  const storage = new MemoryStorage();
  storage.setItem("other", "x");
  for (const junk of ["", "{", "null", "1", '{"id":"a","at":1,"command":{"type":"boom"}}']) {
    storage.setItem(`earshot.out.${junk}`, junk);
  }
  const { outbox } = start(storage);
  assert.equal(outbox.entries.value.length, 0);
  assert.equal(storage.length, 1);
});

Deno.test("a full storage loses nothing while the tab lives, and says so", async () => {
  const storage = new MemoryStorage();
  storage.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const { line, connection, outbox } = start(storage);
  void outbox.write(say("a"));
  assert.equal(outbox.entries.value[0]?.kept, false);
  connection.tryNow();
  await settle();
  assert.equal(line.heard.length, 1);
});

Deno.test("what a tab left that was closed while the node was away, another one sends", async () => {
  const { line, connection, outbox, storage } = start();
  const closed = start(storage, 2);
  void closed.outbox.write(say("left behind"));
  closed.outbox.close();
  assert.equal(outbox.entries.value.length, 0);
  connection.tryNow();
  await settle();
  const [heard] = line.of("message.send");
  assert.equal(heard?.command.type === "message.send" && heard.command.text, "left behind");
  line.answer(heard?.id ?? "", message(1));
  await settle();
  assert.deepEqual([outbox.entries.value.length, storage.length], [0, 0]);
});
