import type { ChannelId, PeerId, SpaceId } from "../../base/ids.ts";
import type { Event, SpaceEvent } from "../event.ts";
import type { Snapshot, SpaceView } from "../view.ts";

/** What a tab knows of one space besides messages. */
export interface SpaceContent extends Pick<Snapshot, "channels" | "notes" | "people"> {
  readonly typing: ReadonlyMap<ChannelId, readonly PeerId[]>;
}

/**
 * What a tab knows besides messages: the node's snapshot, kept current by its events. Its channels, notes
 * and people are those of the space that is shown.
 */
export interface TabState extends Snapshot, SpaceContent {
  /** What is in the spaces that were shown before, to be shown again at once. */
  readonly elsewhere: ReadonlyMap<SpaceId, SpaceContent>;
}

type Elsewhere = TabState["elsewhere"];

/** Begins with a snapshot. */
export function stateOf(snapshot: Snapshot, elsewhere: Elsewhere = new Map()): TabState {
  return { ...snapshot, typing: new Map(), elsewhere: without(elsewhere, snapshot.space?.id) };
}

/** The state with another space shown, as it was when it was left; `null` when it never was. */
export function showing(state: TabState, space: SpaceId): TabState | null {
  const view = state.spaces.find(({ id }) => id === space);
  const content = state.elsewhere.get(space);
  if (!view || !content) return null;
  return { ...state, ...content, space: view, elsewhere: without(withShown(state), space) };
}

/** What was shown before, with what is shown now. */
export function withShown(state: TabState): Elsewhere {
  if (!state.space) return state.elsewhere;
  const { channels, notes, people, typing } = state;
  return new Map(state.elsewhere).set(state.space.id, { channels, notes, people, typing });
}

/** The state while the node is away: nobody is known to be here or to type. */
export function withoutPresence(state: TabState): TabState {
  const elsewhere = new Map(
    [...state.elsewhere].map(([space, content]) => [space, withNobodyHere(content)]),
  );
  return { ...withNobodyHere(state), elsewhere };
}

function withNobodyHere<Content extends SpaceContent>(content: Content): Content {
  const people = content.people.map((person) => person.here ? { ...person, here: false } : person);
  return { ...content, people, typing: new Map() };
}

/** The state after an event; the same object when the event does not concern it. */
export function applyEvent(state: TabState, event: Event): TabState {
  switch (event.type) {
    case "self":
      return { ...state, self: event.self };
    case "space":
      return withSpace(state, event.view);
    case "space.gone":
      return withoutSpace(state, event.id);
    case "code":
      return { ...state, code: event.code };
    case "asks":
      return { ...state, asks: event.asks };
    case "notices":
      return { ...state, notices: event.notices };
    case "fault":
      return { ...state, fault: event.text };
    default:
      return inSpace(state, event);
  }
}

function inSpace(state: TabState, event: SpaceEvent & { readonly space: SpaceId }): TabState {
  if (state.space?.id === event.space) return changed(state, event);
  if (event.type === "reset") {
    return { ...state, elsewhere: without(state.elsewhere, event.space) };
  }
  const content = state.elsewhere.get(event.space);
  const after = content && changed(content, event);
  if (!after || after === content) return state;
  return { ...state, elsewhere: new Map(state.elsewhere).set(event.space, after) };
}

function changed<Content extends SpaceContent>(content: Content, event: SpaceEvent): Content {
  switch (event.type) {
    case "channel": {
      const { channel } = event;
      const channels = put(content.channels, channel, ({ id }) => id === channel.id);
      return { ...content, channels };
    }
    case "note": {
      const { note } = event;
      return { ...content, notes: put(content.notes, note, ({ id }) => id === note.id) };
    }
    case "person": {
      const { person } = event;
      return { ...content, people: put(content.people, person, (one) => one.peer === person.peer) };
    }
    case "typing":
      return { ...content, typing: new Map(content.typing).set(event.channel, event.peers) };
    // Messages, cursors and texts are for others; so is what only a newer node tells.
    default:
      return content;
  }
}

function put<Item>(items: readonly Item[], item: Item, same: (one: Item) => boolean): Item[] {
  const rest = items.filter((one) => !same(one));
  return rest.length === items.length
    ? [...items, item]
    : items.map((one) => same(one) ? item : one);
}

function without(elsewhere: Elsewhere, space: SpaceId | undefined): Elsewhere {
  return new Map([...elsewhere].filter(([id]) => id !== space));
}

/** The lobby first, then by name, as in a snapshot. */
function inOrder(spaces: readonly SpaceView[]): readonly SpaceView[] {
  const rank = ({ kind }: SpaceView) => kind === "lobby" ? 0 : 1;
  return spaces.toSorted((a, b) =>
    rank(a) - rank(b) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
  );
}

function withSpace(state: TabState, view: SpaceView): TabState {
  const spaces = inOrder(put(state.spaces, view, ({ id }) => id === view.id));
  return { ...state, spaces, space: state.space?.id === view.id ? view : state.space };
}

function withoutSpace(state: TabState, space: SpaceId): TabState {
  const spaces = state.spaces.filter(({ id }) => id !== space);
  const rest = { ...state, spaces, elsewhere: without(state.elsewhere, space) };
  if (state.space?.id !== space) return rest;
  return { ...rest, space: null, channels: [], notes: [], people: [], typing: new Map() };
}
