import assert from "node:assert/strict";
import {
  inOrder,
  presenceWords,
  shownPerson,
  typingWords,
  UNNAMED,
} from "../../../core/view/people_words.ts";
import { Drafts } from "../../../core/view/tab/drafts.ts";
import {
  findRooms,
  neighbour,
  roomsOf,
  spaceRooms,
  titleOf,
  unreadIn,
} from "../../../core/view/tab/rooms.ts";
import { stateOf, type TabState, withoutPresence } from "../../../core/view/tab/tab_state.ts";
import { MemoryStorage } from "../../../core/view/tab/text_storage.ts";
import { TYPING_MS, TypingPace } from "../../../core/view/tab/typing_pace.ts";
import { FakeClock } from "../../fakes/clock.ts";
import {
  channel,
  channelId,
  LOBBY,
  noteId,
  peerId,
  person,
  SELF,
  snapshot,
  space,
  spaceId,
} from "../../fakes/tab.ts";

const state: TabState = stateOf(snapshot({
  channels: [
    channel(1, { name: "general", unread: 2 }),
    channel(2, { name: "zoo" }),
    channel(3, { name: "plans for zoo", unread: 1 }),
  ],
  notes: [
    { id: noteId(1), title: "Zebra", changedAt: 9 },
    { id: noteId(2), title: "Apples", changedAt: 1 },
  ],
}));

Deno.test("rooms: the first channel, the other channels by name, the notes by title", () => {
  assert.deepEqual(roomsOf(state).map(({ name }) => name), [
    "general",
    "plans for zoo",
    "zoo",
    "Apples",
    "Zebra",
  ]);
  assert.deepEqual(roomsOf(stateOf(snapshot({ channels: [] }))), []);
});

Deno.test("going up and down the rooms goes around the end", () => {
  const at = (name: string) => ({ type: "channel", space: null, name }) as const;
  assert.deepEqual(neighbour(state, at("general"), 1), at("plans for zoo"));
  assert.deepEqual(neighbour(state, at("general"), -1), {
    type: "note",
    space: null,
    note: noteId(1),
  });
  assert.deepEqual(
    neighbour(state, { type: "note", space: null, note: noteId(1) }, 1),
    at("general"),
  );
  assert.deepEqual(neighbour(state, { type: "home", space: null }, 1), at("general"));
});

Deno.test("a room is found by parts of its name, those it begins with first", () => {
  const find = (query: string) => findRooms(roomsOf(state), query).map(({ name }) => name);
  assert.deepEqual(find("zoo"), ["zoo", "plans for zoo"]);
  assert.deepEqual(find("#ZOO plans"), ["plans for zoo"]);
  assert.deepEqual(find(""), roomsOf(state).map(({ name }) => name));
  assert.deepEqual(find("nothing"), []);
});

Deno.test("the title has the unread and the room", () => {
  assert.equal(titleOf(state, { type: "channel", space: null, name: "zoo" }), "(3) #zoo — Earshot");
  assert.equal(
    titleOf(state, { type: "note", space: null, note: noteId(2) }),
    "(3) Apples — Earshot",
  );
  assert.equal(titleOf(stateOf(snapshot()), { type: "home", space: null }), "Earshot");
});

Deno.test("rooms, spaces and the title of a private space", () => {
  const shown = space(3, { name: "Garden", unread: 9 });
  const spaces = [space(0, { unread: 4 }), shown, space(5, { name: "Zoo", unread: 1 })];
  const garden = stateOf(snapshot({ spaces, space: shown, channels: [channel(1, { unread: 2 })] }));
  const place = { type: "channel", space: spaceId(3), name: "c1" } as const;
  assert.deepEqual(roomsOf(garden).map((room) => room.place), [place]);
  assert.deepEqual(spaceRooms(garden).map(({ place, unread }) => [place.space, unread]), [
    [null, 4],
    [spaceId(3), 2],
    [spaceId(5), 1],
  ]);
  assert.equal(unreadIn(garden, shown), 2, "the channels that are shown know best");
  assert.equal(titleOf(garden, place), "(7) #c1 — Garden — Earshot");
  assert.deepEqual(findRooms(spaceRooms(garden), "gar").map(({ name }) => name), ["Garden"]);
});

Deno.test("people here come first, and without the node nobody is known to be here", () => {
  const people = [person(3), person(2, { here: false }), person(4, { name: "a" })];
  assert.deepEqual(inOrder(people).map(({ name }) => name), ["a", "p3", "p2"]);
  const away = withoutPresence({ ...state, people });
  assert.ok(away.people.every(({ here }) => !here));
  assert.equal(away.typing.size, 0);
});

Deno.test("presence in words", () => {
  assert.equal(presenceWords([], true), "No one else here yet");
  assert.equal(presenceWords([person(2, { here: false })], true), "No one else here now");
  assert.equal(presenceWords([person(2)], true), "1 other here now");
  assert.equal(presenceWords([person(2), person(3)], true), "2 others here now");
  assert.equal(presenceWords([person(2)], false), "Waiting for Earshot");
});

Deno.test("typing in words, each name kept from turning the sentence around", () => {
  assert.equal(typingWords([]), null);
  assert.equal(typingWords(["Ana"]), "\u2068Ana\u2069 is typing…");
  assert.match(typingWords(["a", "b"]) ?? "", /a.* and .*b.* are typing/);
  assert.equal(typingWords(["a", "b", "c"]), "Several people are typing…");
});

Deno.test("an author is this person, a known one, or one without a name yet", () => {
  const { self } = snapshot();
  assert.equal(shownPerson(SELF, self, []).name, "Me");
  assert.equal(shownPerson(peerId(2), self, [person(2)]).name, "p2");
  assert.equal(shownPerson(peerId(9), self, []).name, UNNAMED);
});

Deno.test("typing begins with the first key and ends after the last, or with an empty text", () => {
  const clock = new FakeClock();
  const told: boolean[] = [];
  const pace = new TypingPace(clock, (typing) => told.push(typing));
  pace.key("a");
  clock.advance(TYPING_MS - 1);
  pace.key("ab");
  clock.advance(TYPING_MS - 1);
  assert.deepEqual(told, [true]);
  clock.advance(1);
  assert.deepEqual(told, [true, false]);
  pace.key("abc");
  pace.key("  ");
  pace.stop();
  assert.deepEqual(told, [true, false, true, false]);
  assert.equal(clock.waiting, 0);
});

Deno.test("drafts are kept by space and channel, and a text put back comes before what is there", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts(storage);
  const heard: string[] = [];
  drafts.onPutBack(LOBBY, channelId(1), (draft) => heard.push(draft));
  drafts.set(LOBBY, channelId(1), "typing");
  assert.equal(new Drafts(storage).get(LOBBY, channelId(1)), "typing");
  assert.equal(drafts.get(LOBBY, channelId(2)), "");
  assert.equal(drafts.get(spaceId(3), channelId(1)), "", "the same name in another space");
  drafts.putBack(LOBBY, channelId(1), "refused");
  drafts.putBack(LOBBY, channelId(2), "other");
  assert.deepEqual(heard, ["refused\ntyping"]);
  drafts.set(LOBBY, channelId(1), "");
  drafts.set(LOBBY, channelId(2), "");
  assert.equal(storage.length, 0);
});
