import assert from "node:assert/strict";
import {
  applyEvent,
  showing,
  stateOf,
  withoutPresence,
  withShown,
} from "../../../core/view/tab/tab_state.ts";
import { findPerson } from "../../../core/view/tab/find_person.ts";
import {
  channel,
  channelId,
  LOBBY,
  noteId,
  peerId,
  person,
  snapshot,
  space,
  spaceId,
} from "../../fakes/tab.ts";

const GARDEN = spaceId(3);
const spaces = [space(0), space(3, { name: "Garden" })];
const lobby = stateOf(snapshot({ spaces }));
/** The garden is shown, and the lobby was before. */
const garden = stateOf(
  snapshot({ spaces, space: spaces[1]!, people: [person(4)] }),
  withShown(lobby),
);

Deno.test("only events of the space that is shown change its channels, notes and people", () => {
  const note = { id: noteId(1), title: "n", changedAt: 1 };
  for (
    const event of [
      { type: "channel", channel: channel(1, { unread: 5 }) },
      { type: "note", note },
      { type: "person", person: person(9) },
      { type: "typing", channel: channelId(1), peers: [peerId(9)] },
    ] as const
  ) {
    const { channels, notes, people, typing } = garden;
    const elsewhere = applyEvent(garden, { ...event, space: LOBBY });
    assert.deepEqual(
      [elsewhere.channels, elsewhere.notes, elsewhere.people, elsewhere.typing],
      [channels, notes, people, typing],
    );
    assert.notDeepEqual(elsewhere.elsewhere.get(LOBBY), garden.elsewhere.get(LOBBY), event.type);
    const here = applyEvent(garden, { ...event, space: GARDEN });
    assert.notDeepEqual({ ...here, elsewhere: null }, { ...garden, elsewhere: null }, event.type);
    assert.deepEqual(here.elsewhere, garden.elsewhere);
    assert.equal(applyEvent(garden, { ...event, space: spaceId(77) }), garden);
  }
});

Deno.test("a space that was shown is there again at once, with what came meanwhile", () => {
  assert.equal(showing(lobby, GARDEN), null, "it never was shown");
  const told = applyEvent(garden, {
    ...{ type: "channel", space: LOBBY },
    channel: channel(1, { unread: 5 }),
  });
  const back = showing(told, LOBBY);
  assert.equal(back?.space, spaces[0]);
  assert.equal(back?.channels[0]?.unread, 5);
  assert.deepEqual(back?.people, lobby.people);
  assert.deepEqual([...back?.elsewhere.keys() ?? []], [GARDEN]);
  assert.deepEqual(back && showing(back, GARDEN)?.people, [person(4)]);
});

Deno.test("the list of spaces follows events: the lobby first, then by name", () => {
  const names = (state: typeof lobby) => state.spaces.map(({ name }) => name);
  const added = applyEvent(lobby, { type: "space", view: space(9, { name: "Attic" }) });
  assert.deepEqual(names(added), ["Lobby", "Attic", "Garden"]);
  const view = space(3, { name: "Garden", unread: 4, role: null });
  const changed = applyEvent(garden, { type: "space", view });
  assert.equal(changed.space, view, "the one that is shown is the same view");
  assert.deepEqual(changed.spaces[1], view);
});

Deno.test("a space that is gone is in no list, and leaves an empty page if it was shown", () => {
  const gone = applyEvent(garden, { type: "space.gone", id: GARDEN });
  assert.deepEqual([gone.space, gone.channels, gone.people], [null, [], []]);
  assert.deepEqual(gone.spaces, [spaces[0]]);
  const other = applyEvent(garden, { type: "space.gone", id: LOBBY });
  assert.equal(other.space, garden.space);
  assert.equal(showing(other, LOBBY), null);
});

Deno.test("a reset elsewhere forgets what was known there", () => {
  const reset = applyEvent(garden, { type: "reset", space: LOBBY });
  assert.equal(reset.elsewhere.has(LOBBY), false);
  assert.equal(applyEvent(garden, { type: "reset", space: GARDEN }), garden);
});

Deno.test("code, requests and notices follow their events", () => {
  const code = { space: GARDEN, code: "12345678", expiresAt: 9, tries: 2 };
  const ask = { peer: peerId(8), name: "Ana", from: "them", words: ["a"] } as const;
  const notice = {
    ...{ id: 1, kind: "rebuilt", at: 1, text: "t" } as const,
    ...{ space: null, peer: null, detail: null },
  };
  let state = applyEvent(lobby, { type: "code", code });
  state = applyEvent(state, { type: "asks", asks: [ask] });
  state = applyEvent(state, { type: "notices", notices: [notice] });
  assert.deepEqual([state.code, state.asks, state.notices], [code, [ask], [notice]]);
  assert.equal(findPerson(state, peerId(8))?.name, "Ana", "who asks may be in no space here");
});

Deno.test("without the node nobody is here, in no space", () => {
  const away = withoutPresence(garden);
  assert.deepEqual(away.people.map(({ here }) => here), [false]);
  assert.deepEqual(away.elsewhere.get(LOBBY)?.people.map(({ here }) => here), [false]);
});

Deno.test("a person is found where they are known", () => {
  assert.equal(findPerson(garden, peerId(4))?.name, "p4");
  assert.equal(findPerson(garden, peerId(2))?.name, "p2", "in a space that was shown");
  assert.equal(findPerson(garden, peerId(66)), undefined);
});
