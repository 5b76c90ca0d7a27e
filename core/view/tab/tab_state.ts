import type { ChannelId, PeerId } from "../../base/ids.ts";
import type { Event } from "../event.ts";
import type { Snapshot } from "../view.ts";

/** What a tab knows besides messages: the node's snapshot, kept current by its events. */
export interface TabState extends Snapshot {
  readonly typing: ReadonlyMap<ChannelId, readonly PeerId[]>;
}

/** Begins with a snapshot. */
export function stateOf(snapshot: Snapshot): TabState {
  return { ...snapshot, typing: new Map() };
}

/** The state while the node is away: nobody is known to be here or to type. */
export function withoutPresence(state: TabState): TabState {
  const people = state.people.map((person) => person.here ? { ...person, here: false } : person);
  return { ...state, people, typing: new Map() };
}

function put<Item>(items: readonly Item[], item: Item, same: (one: Item) => boolean): Item[] {
  const rest = items.filter((one) => !same(one));
  return rest.length === items.length
    ? [...items, item]
    : items.map((one) => same(one) ? item : one);
}

/** The state after an event; the same object when the event does not concern it. */
export function applyEvent(state: TabState, event: Event): TabState {
  switch (event.type) {
    case "channel": {
      const { channel } = event;
      return { ...state, channels: put(state.channels, channel, ({ id }) => id === channel.id) };
    }
    case "note": {
      const { note } = event;
      return { ...state, notes: put(state.notes, note, ({ id }) => id === note.id) };
    }
    case "person": {
      const { person } = event;
      return { ...state, people: put(state.people, person, ({ peer }) => peer === person.peer) };
    }
    case "self":
      return { ...state, self: event.self };
    case "typing":
      return { ...state, typing: new Map(state.typing).set(event.channel, event.peers) };
    case "fault":
      return { ...state, fault: event.text };
    // Messages, cursors and texts are for others; so is what only a newer node tells.
    default:
      return state;
  }
}
