import type { TabPlace } from "./place_path.ts";
import type { TabState } from "./tab_state.ts";

/** A channel or note, where a person can go. */
export interface Room {
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

/** All rooms in the order of the sidebar. */
export function roomsOf({ channels, notes }: TabState): readonly Room[] {
  return [
    ...channelsInOrder(channels).map(({ name, unread }): Room => ({
      place: { type: "channel", name },
      name,
      unread,
    })),
    ...notesInOrder(notes).map(({ id, title }): Room => ({
      place: { type: "note", note: id },
      name: title,
      unread: 0,
    })),
  ];
}

/** Whether two places are the same. */
export function isAt(one: TabPlace, other: TabPlace): boolean {
  switch (one.type) {
    case "home":
      return other.type === "home";
    case "channel":
      return other.type === "channel" && one.name === other.name;
    case "note":
      return other.type === "note" && one.note === other.note;
  }
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

/** The page's title: unread messages, the room, the product. */
export function titleOf(state: TabState, at: TabPlace): string {
  const unread = state.channels.reduce((sum, channel) => sum + channel.unread, 0);
  const room = roomsOf(state).find(({ place }) => isAt(place, at));
  const name = room && `${room.place.type === "channel" ? "#" : ""}${room.name} — `;
  return `${unread > 0 ? `(${unread}) ` : ""}${name ?? ""}Earshot`;
}
