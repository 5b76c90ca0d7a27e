import assert from "node:assert/strict";
import { KEPT_MESSAGES, PAGE_MESSAGES } from "../../../core/view/tab/channel_history.ts";
import { EVENTS_REST_MS } from "../../../core/view/tab/event_pace.ts";
import { settle } from "../../fakes/settle.ts";
import {
  channel,
  channelId,
  fakeTab,
  LOBBY,
  message,
  messageId,
  peerId,
  person,
  SELF,
  snapshot,
} from "../../fakes/tab.ts";
import type { MessageView } from "../../../core/view/view.ts";
import type { FakeLine } from "../../fakes/tab_socket.ts";

/** Answers every question so far that has no answer, from `messages` of channel 1. */
function answerAll(line: FakeLine, messages: readonly MessageView[], shot = snapshot()): void {
  for (const { id, command } of line.heard.splice(0)) {
    if (command.type === "snapshot") line.answer(id, shot);
    else if (command.type === "message.list") {
      const until = messages.filter((one) => !command.before || one.id < command.before);
      const page = until.slice(-(command.limit ?? 50));
      line.answer(id, { messages: page, more: page.length < until.length });
    } else line.answer(id, {});
  }
}

async function connected(messages: readonly MessageView[] = [], shot = snapshot()) {
  const tab = fakeTab();
  tab.session.start();
  await settle();
  answerAll(tab.line, messages, shot);
  await settle();
  return tab;
}

const many = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i));

const ids = (list: readonly MessageView[]) => list.map(({ id }) => parseInt(id, 16));

Deno.test("the snapshot becomes the state, and events keep it current", async () => {
  const { line, clock, session } = await connected();
  line.tell({ space: LOBBY, type: "person", person: person(3) });
  line.tell({ space: LOBBY, type: "person", person: person(2, { here: false }) });
  line.tell({ space: LOBBY, type: "channel", channel: channel(1, { unread: 4 }) });
  line.tell({ space: LOBBY, type: "channel", channel: channel(2) });
  line.tell({ space: LOBBY, type: "typing", channel: channelId(1), peers: [peerId(2)] });
  line.tell({ type: "fault", text: "full" });
  clock.advance(EVENTS_REST_MS);
  const state = session.state.value;
  assert.deepEqual(state?.people, [person(2, { here: false }), person(3)]);
  assert.deepEqual(state?.channels, [channel(1, { unread: 4 }), channel(2)]);
  assert.deepEqual(state?.typing.get(channelId(1)), [peerId(2)]);
  assert.equal(state?.fault, "full");
});

Deno.test("an event that only a newer node knows changes nothing", async () => {
  const { line, session } = await connected();
  const before = session.state.value;
  line.tell({ type: "moon" } as never);
  assert.equal(session.state.value, before);
});

Deno.test("what is told while the snapshot is under way is not lost", async () => {
  const tab = fakeTab();
  tab.session.start();
  await settle();
  tab.line.tell({ space: LOBBY, type: "person", person: person(5) });
  answerAll(tab.line, []);
  await settle();
  assert.deepEqual(tab.session.state.value?.people, [person(2), person(5)]);
});

Deno.test("a restarted node gives a new snapshot, and the old one shows meanwhile", async () => {
  const { line, clock, session } = await connected();
  line.cut();
  assert.equal(session.connection.value, "away");
  assert.ok(session.state.value);
  clock.advance(1000);
  await settle();
  answerAll(line, [], snapshot({ version: "0.2.0" }));
  await settle();
  assert.equal(session.state.value?.version, "0.2.0");
  assert.equal(session.connection.value, "connected");
});

Deno.test("history loads the newest page, then older ones, and takes new messages", async () => {
  const all = many(1, 150);
  const { line, session } = await connected(all);
  const history = session.history(LOBBY, channelId(1));
  answerAll(line, all);
  await settle();
  assert.deepEqual(ids(history.view.value.messages), ids(all.slice(-PAGE_MESSAGES)));
  assert.ok(history.view.value.more);
  void history.loadOlder();
  void history.loadOlder();
  assert.equal(line.of("message.list").length, 1);
  answerAll(line, all);
  await settle();
  line.tell({ space: LOBBY, type: "message", message: message(151) });
  assert.deepEqual(ids(history.view.value.messages), ids(many(151 - 2 * PAGE_MESSAGES, 151)));
});

Deno.test("a message from the past goes to its place, or waits for its page", async () => {
  const all = many(1, 100).filter(({ id }) => id !== messageId(70) && id !== messageId(10));
  const { line, clock, session } = await connected(all);
  const history = session.history(LOBBY, channelId(1));
  answerAll(line, all);
  await settle();
  line.tell({ space: LOBBY, type: "message", message: message(70) });
  line.tell({ space: LOBBY, type: "message", message: message(10) });
  clock.advance(EVENTS_REST_MS);
  assert.ok(ids(history.view.value.messages).includes(70));
  assert.ok(!ids(history.view.value.messages).includes(10));
  assert.deepEqual(
    ids(history.view.value.messages),
    ids(history.view.value.messages).toSorted((a, b) => a - b),
  );
});

Deno.test("after a cut, history reaches as far back as before and has what came meanwhile", async () => {
  const all = many(1, 200).filter(({ id }) => id !== messageId(120));
  const { line, clock, session } = await connected(all);
  const history = session.history(LOBBY, channelId(1));
  answerAll(line, all);
  await settle();
  void history.loadOlder();
  answerAll(line, all);
  await settle();
  const oldest = history.view.value.messages[0]?.id;
  line.cut();
  clock.advance(1000);
  const now = many(1, 290);
  for (let i = 0; i < 6; i++) {
    await settle();
    answerAll(line, now);
  }
  await settle();
  const loaded = ids(history.view.value.messages);
  assert.ok((loaded[0] ?? Infinity) <= parseInt(oldest ?? "", 16));
  assert.deepEqual(loaded, ids(now.slice(-loaded.length)));
});

Deno.test("what is told while a page is under way is in the history", async () => {
  const all = many(1, 10);
  const { line, session } = await connected(all);
  const history = session.history(LOBBY, channelId(1));
  line.tell({ space: LOBBY, type: "message", message: message(11) });
  assert.deepEqual(history.view.value.messages, []);
  answerAll(line, all);
  await settle();
  assert.deepEqual(ids(history.view.value.messages), ids(many(1, 11)));
});

Deno.test("a fault while loading is told and the next load clears it", async () => {
  const { line, session } = await connected();
  const history = session.history(LOBBY, channelId(1));
  line.refuse(line.heard.splice(0)[0]?.id ?? "", { code: "fault", text: "disk" });
  await settle();
  assert.equal(history.view.value.problem, "disk");
  void history.refresh();
  answerAll(line, many(1, 2));
  await settle();
  assert.equal(history.view.value.problem, null);
  assert.equal(history.view.value.messages.length, 2);
});

Deno.test("a long history is let go of at the old end, but not while it is read", async () => {
  const { line, clock, session } = await connected();
  const history = session.history(LOBBY, channelId(1));
  answerAll(line, []);
  await settle();
  history.readBack(true);
  for (const one of many(1, 2 * KEPT_MESSAGES + 1)) {
    line.tell({ space: LOBBY, type: "message", message: one });
  }
  clock.advance(EVENTS_REST_MS);
  assert.equal(history.view.value.messages.length, 2 * KEPT_MESSAGES + 1);
  history.readBack(false);
  assert.equal(history.view.value.messages.length, KEPT_MESSAGES);
  assert.ok(history.view.value.more);
});

Deno.test("held counts reach the message and leave the others as they are", async () => {
  const { line, session } = await connected();
  const history = session.history(LOBBY, channelId(1));
  answerAll(line, [message(1), message(2, { author: SELF })]);
  await settle();
  const [first] = history.view.value.messages;
  line.tell({ space: LOBBY, type: "held", messages: [[messageId(2), 3]] });
  assert.equal(history.view.value.messages[1]?.heldBy, 3);
  assert.equal(history.view.value.messages[0], first);
});

Deno.test("an own message that is told before its answer takes its entry's place", async () => {
  const { line, session } = await connected();
  session.history(LOBBY, channelId(1));
  answerAll(line, []);
  await settle();
  void session.outbox.write({
    type: "message.send",
    space: LOBBY,
    channel: channelId(1),
    text: "hi",
  });
  line.tell({ space: LOBBY, type: "message", message: message(5, { author: SELF, text: "hi" }) });
  assert.equal(session.outbox.entries.value[0]?.became, messageId(5));
});

Deno.test("a read mark goes forward only, shows at once, and is told again after a cut", async () => {
  const shot = snapshot({ channels: [channel(1, { unread: 2, readTo: messageId(3) })] });
  const { line, clock, session } = await connected([], shot);
  session.markRead(LOBBY, channelId(1), messageId(2));
  assert.equal(line.of("read.mark").length, 0);
  session.markRead(LOBBY, channelId(1), messageId(5));
  assert.equal(session.state.value?.channels[0]?.unread, 0);
  assert.equal(line.of("read.mark").length, 1);
  line.cut();
  clock.advance(1000);
  await settle();
  answerAll(line, [], shot);
  await settle();
  assert.equal(line.of("read.mark").length, 1);
  assert.equal(session.state.value?.channels[0]?.unread, 0);
});

Deno.test("a channel's event from before the newest read mark does not take it back", async () => {
  const shot = snapshot({ channels: [channel(1, { unread: 2, readTo: messageId(3) })] });
  const { line, clock, session } = await connected([], shot);
  session.markRead(LOBBY, channelId(1), messageId(5));
  line.tell({
    space: LOBBY,
    type: "channel",
    channel: channel(1, { unread: 1, readTo: messageId(3) }),
  });
  assert.equal(session.state.value?.channels[0]?.unread, 0);
  line.tell({
    space: LOBBY,
    type: "channel",
    channel: channel(1, { unread: 1, readTo: messageId(5) }),
  });
  clock.advance(EVENTS_REST_MS);
  assert.equal(session.state.value?.channels[0]?.unread, 1);
});

Deno.test("while the node is away nobody is shown as here or typing", async () => {
  const { line, session } = await connected();
  line.tell({ space: LOBBY, type: "typing", channel: channelId(1), peers: [peerId(2)] });
  line.cut();
  assert.deepEqual(session.state.value?.people.map(({ here }) => here), [false]);
  assert.equal(session.state.value?.typing.size, 0);
});

Deno.test("a place is told when it changes, and again after a cut", async () => {
  const { line, clock, session } = await connected();
  const place = { type: "channel", channel: channelId(1), typing: true } as const;
  session.setPlace(LOBBY, place);
  session.setPlace(LOBBY, { ...place });
  assert.equal(line.of("place.set").length, 1);
  line.cut();
  line.heard.length = 0;
  clock.advance(1000);
  await settle();
  answerAll(line, []);
  await settle();
  assert.equal(line.of("place.set").length, 1);
});

Deno.test("a flood of events is taken in rounds, in order, and nothing is left behind", async () => {
  const { line, clock, session } = await connected();
  const history = session.history(LOBBY, channelId(1));
  answerAll(line, []);
  await settle();
  for (const one of many(1, 100)) line.tell({ space: LOBBY, type: "message", message: one });
  assert.equal(history.view.value.messages.length, 1, "the first goes on at once");
  clock.advance(EVENTS_REST_MS);
  assert.deepEqual(ids(history.view.value.messages), ids(many(1, 100)));
  line.tell({ space: LOBBY, type: "message", message: message(101) });
  line.tell({ space: LOBBY, type: "message", message: message(102, { author: SELF }) });
  assert.equal(history.view.value.messages.length, 102, "one's own brings all before it");
  line.tell({ space: LOBBY, type: "person", person: person(9) });
  line.cut();
  assert.deepEqual(session.state.value?.people.map(({ here }) => here), [false, false]);
});

Deno.test("a closed session leaves no timer and no listener", async () => {
  const { line, clock, session } = await connected();
  const before = session.state.value;
  session.close();
  session.close();
  line.tell({ type: "fault", text: "x" });
  assert.equal(session.state.value, before);
  assert.equal(clock.waiting, 0);
});

Deno.test("of two refreshes at once the later one counts, and what is told between stays", async () => {
  const { line, session } = await connected([message(1)]);
  const history = session.history(LOBBY, channelId(1));
  const [first] = line.heard.splice(0);
  const again = history.refresh();
  const [second] = line.heard.splice(0);
  line.answer(first?.id ?? "", { messages: [message(1)], more: false });
  await settle();
  line.tell({ space: LOBBY, type: "message", message: message(2) });
  line.answer(second?.id ?? "", { messages: [message(1)], more: false });
  await again;
  assert.deepEqual(ids(history.view.value.messages), [1, 2]);
});
