import assert from "node:assert/strict";
import { EVENTS_REST_MS } from "../../../core/view/tab/event_pace.ts";
import type { SpaceId } from "../../../core/base/ids.ts";
import { settle } from "../../fakes/settle.ts";
import {
  channel,
  channelId,
  fakeTab,
  LOBBY,
  message,
  messageId,
  person,
  snapshot,
  space,
  spaceId,
} from "../../fakes/tab.ts";
import type { FakeLine } from "../../fakes/tab_socket.ts";

const GARDEN = spaceId(3);
const GENERAL = channelId(1);
const spaces = [space(0), space(3, { name: "Garden" })];

/** What the node answers for a space. */
function shot(id: SpaceId | undefined) {
  const shown = spaces.find((view) => view.id === id) ?? spaces[0]!;
  const people = [person(shown.id === GARDEN ? 4 : 2)];
  return snapshot({ spaces, space: shown, people, channels: [channel(1, { unread: 1 })] });
}

/** Answers all that has no answer yet; a space's messages are numbered from its `first`. */
function answerAll(line: FakeLine, first = { [LOBBY]: 1, [GARDEN]: 31 }): void {
  for (const { id, command } of line.heard.splice(0)) {
    if (command.type === "snapshot") line.answer(id, shot(command.space));
    else if (command.type === "message.list") {
      const messages = [message(first[command.space] ?? 99)];
      line.answer(id, { messages, more: false });
    } else line.answer(id, {});
  }
}

async function connected(show: SpaceId | null = null) {
  const tab = fakeTab();
  tab.session.show(show);
  tab.session.start();
  await settle();
  answerAll(tab.line);
  await settle();
  return tab;
}

Deno.test("the address's space is the first that is asked for", async () => {
  const { session } = await connected(GARDEN);
  assert.equal(session.state.value?.space?.id, GARDEN);
});

Deno.test("switching asks for the other space, and shows the old one until it is here", async () => {
  const { session, line } = await connected();
  session.show(GARDEN);
  assert.equal(session.state.value?.space?.id, LOBBY);
  assert.equal(session.loading.value, true);
  assert.deepEqual(line.of("snapshot").map(({ command }) => command), [
    { type: "snapshot", space: GARDEN },
  ]);
  answerAll(line);
  await settle();
  assert.equal(session.state.value?.space?.id, GARDEN);
  assert.equal(session.loading.value, false);
  session.show(null);
  assert.equal(session.state.value?.space?.id, LOBBY, "shown before: there at once");
  assert.deepEqual(session.state.value?.people, [person(2)]);
});

Deno.test("of two switches at once the later counts, whatever is answered last", async () => {
  const { session, line } = await connected();
  session.show(GARDEN);
  session.show(null);
  const [garden] = line.of("snapshot");
  line.answer(garden?.id ?? "", shot(GARDEN));
  await settle();
  assert.equal(session.state.value?.space?.id, LOBBY);
});

Deno.test("what is loaded of a channel is kept per space, and stays current", async () => {
  const { session, line, clock } = await connected();
  session.history(LOBBY, GENERAL);
  answerAll(line);
  session.show(GARDEN);
  answerAll(line);
  await settle();
  session.history(GARDEN, GENERAL);
  answerAll(line);
  await settle();
  line.tell({ type: "message", space: LOBBY, message: message(5) });
  line.tell({ type: "message", space: GARDEN, message: message(35) });
  clock.advance(EVENTS_REST_MS);
  const ids = (id: SpaceId) =>
    session.history(id, GENERAL).view.value.messages.map((one) => parseInt(one.id, 16));
  assert.deepEqual([ids(LOBBY), ids(GARDEN)], [[1, 5], [31, 35]]);
  session.show(null);
  answerAll(line);
  await settle();
  assert.equal(line.of("message.list").length, 0, "nothing is loaded twice");
});

Deno.test("a reset loads the space that is shown again, messages and all", async () => {
  const { session, line } = await connected();
  const history = session.history(LOBBY, GENERAL);
  answerAll(line);
  await settle();
  line.tell({ type: "reset", space: LOBBY });
  answerAll(line);
  await settle();
  answerAll(line, { [LOBBY]: 2 });
  await settle();
  assert.deepEqual(history.view.value.messages.map(({ id }) => id), [messageId(2)], "1 is gone");
});

Deno.test("a reset elsewhere is taken up when that space is shown", async () => {
  const { session, line } = await connected(GARDEN);
  session.history(GARDEN, GENERAL);
  answerAll(line);
  session.show(null);
  answerAll(line);
  await settle();
  line.tell({ type: "reset", space: GARDEN });
  assert.equal(line.heard.length, 0);
  session.show(GARDEN);
  answerAll(line);
  await settle();
  assert.equal(line.of("message.list").length, 1);
});

Deno.test("after a cut the space that is shown is loaded, others when they are shown", async () => {
  const { session, line, clock } = await connected(GARDEN);
  session.history(GARDEN, GENERAL);
  session.show(null);
  answerAll(line);
  await settle();
  session.history(LOBBY, GENERAL);
  answerAll(line);
  await settle();
  line.cut();
  clock.advance(1000);
  await settle();
  answerAll(line);
  await settle();
  const listed = () =>
    line.of("message.list").map(({ command }) => "space" in command && command.space);
  assert.deepEqual(listed(), [LOBBY]);
  answerAll(line);
  session.history(GARDEN, GENERAL);
  assert.deepEqual(listed(), [GARDEN]);
});

Deno.test("the space that is shown is gone: the first is asked for", async () => {
  const { session, line } = await connected(GARDEN);
  line.tell({ type: "space.gone", id: GARDEN });
  assert.equal(session.state.value?.space, null);
  assert.equal(line.of("snapshot").length, 1);
});

Deno.test("a read mark and a place name their space", async () => {
  const { session, line } = await connected(GARDEN);
  session.markRead(LOBBY, GENERAL, messageId(9));
  assert.equal(line.heard.length, 0, "only what is shown can be read");
  session.markRead(GARDEN, GENERAL, messageId(9));
  session.setPlace(GARDEN, null);
  session.setPlace(LOBBY, null);
  assert.deepEqual(line.heard.map(({ command }) => command), [
    { type: "read.mark", space: GARDEN, channel: GENERAL, message: messageId(9) },
    { type: "place.set", space: GARDEN, place: null },
    { type: "place.set", space: LOBBY, place: null },
  ]);
  line.tell({ type: "channel", space: LOBBY, channel: channel(1, { unread: 3 }) });
  assert.equal(session.state.value?.channels[0]?.unread, 0);
});
