import type { ChannelId } from "../../base/ids.ts";
import type { SpaceView } from "../view.ts";
import {
  nameOfSpace,
  pathOfPlace,
  type SpaceName,
  spaceOfPlace,
  type TabPlace,
} from "./place_path.ts";
import type { TabState } from "./tab_state.ts";

/** A channel, note or whole space, where a person can go. */
export interface Room {
  readonly type: "channel" | "note" | "space";
  readonly place: TabPlace;
  readonly name: string;
  readonly unread: number;
}

/** Notes by title. */
export function notesInOrder(notes: TabState["notes"]): TabState["notes"] {
  return notes.toSorted((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1));
}

/** The first channel stays first, as it is always there; the others stand by name. */
export function channelsInOrder([first, ...rest]: TabState["channels"]): TabState["channels"] {
  return first ? [first, ...rest.toSorted((a, b) => a.name.localeCompare(b.name))] : [];
}

/** How addresses name the space that is shown. */
function shownSpace({ space }: TabState): SpaceName {
  return space ? nameOfSpace(space) : null;
}

/** The rooms of the space that is shown, in the order of the sidebar. */
export function roomsOf(state: TabState): readonly Room[] {
  const { channels, notes } = state;
  const space = shownSpace(state);
  return [
    ...channelsInOrder(channels).map(({ name, unread }): Room => ({
      type: "channel",
      place: { type: "channel", space, name },
      name,
      unread,
    })),
    ...notesInOrder(notes).map(({ id, title }): Room => ({
      type: "note",
      place: { type: "note", space, note: id },
      name: title,
      unread: 0,
    })),
  ];
}

/** The room of a channel of the space that is shown, or `null`. */
export function roomOf(state: TabState, channel: ChannelId): Room | null {
  const view = state.channels.find(({ id }) => id === channel);
  if (!view) return null;
  const place = { type: "channel", space: shownSpace(state), name: view.name } as const;
  return { type: "channel", place, name: view.name, unread: view.unread };
}

/** All spaces as rooms, in the order of the list. */
export function spaceRooms(state: TabState): readonly Room[] {
  return state.spaces.map((view): Room => ({
    type: "space",
    place: { type: "home", space: nameOfSpace(view) },
    name: view.name,
    unread: unreadIn(state, view),
  }));
}

/** Unread messages of a space; of the one that is shown, its channels know best. */
export function unreadIn({ space, channels }: TabState, view: SpaceView): number {
  if (view.id !== space?.id) return view.unread;
  return channels.reduce((sum, { unread }) => sum + unread, 0);
}

/** Whether two places are the same. */
export function isAt(one: TabPlace, other: TabPlace): boolean {
  return pathOfPlace(one) === pathOfPlace(other);
}

/** The room `step` places on from one, around the end; `null` where there is none. */
export function neighbour(state: TabState, from: TabPlace, step: number): TabPlace | null {
  const rooms = roomsOf(state);
  const at = rooms.findIndex(({ place }) => isAt(place, from));
  const to = at < 0 ? 0 : (at + step + rooms.length) % rooms.length;
  return rooms[to]?.place ?? null;
}

/** Rooms whose name has all words of a query, those that begin with it first. */
export function findRooms(rooms: readonly Room[], query: string): readonly Room[] {
  const words = query.toLocaleLowerCase().replace(/^#/, "").split(/\s+/).filter(Boolean);
  const rank = ({ name }: Room) => name.toLocaleLowerCase().startsWith(words[0] ?? "") ? 0 : 1;
  return rooms.filter(({ name }) => words.every((word) => name.toLocaleLowerCase().includes(word)))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** The page's title: unread messages of all spaces, the room, its space, the product. */
export function titleOf(state: TabState, at: TabPlace): string {
  const unread = state.spaces.reduce((sum, view) => sum + unreadIn(state, view), 0);
  const view = spaceOfPlace(state.spaces, at);
  const room = roomsOf(state).find(({ place }) => isAt(place, at));
  const parts = [
    room && `${room.type === "channel" ? "#" : ""}${room.name}`,
    view && view.kind !== "lobby" && view.name,
  ].filter(Boolean);
  return `${unread > 0 ? `(${unread}) ` : ""}${parts.map((part) => `${part} — `).join("")}Earshot`;
}
