import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { Icon } from "../core/view/parts/Icon.tsx";
import { UnreadCount } from "../core/view/parts/UnreadCount.tsx";
import { pathOfPlace } from "../core/view/tab/place_path.ts";
import { findRooms, type Room, roomsOf, spaceRooms } from "../core/view/tab/rooms.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";

const MOST = 50;

const ICONS = { channel: "channel", note: "note", space: "people" } as const;

/** Goes to a room of the space that is shown, or to a space, by typing a part of its name. */
export default function Switcher({ onDone }: { onDone: () => void }) {
  const { navigation } = useTab();
  const state = useTabState();
  const query = useSignal("");
  const at = useSignal(0);
  const list = useId();
  const rooms = findRooms([...roomsOf(state), ...spaceRooms(state)], query.value).slice(0, MOST);
  const current = Math.min(at.value, rooms.length - 1);
  const option = (index: number) => `${list}-${index}`;

  useEffect(() => {
    document.getElementById(option(current))?.scrollIntoView({ block: "nearest" });
  }, [current]);

  function go(room: Room | undefined): void {
    if (!room) return;
    navigation.go(room.place);
    onDone();
  }

  return (
    <div class="switcher">
      <input
        autofocus
        class="field"
        role="combobox"
        aria-label="Name of a channel, note or space"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={rooms.length > 0 ? option(current) : undefined}
        autocomplete="off"
        placeholder="Channel, note or space"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (step !== 0 && rooms.length > 0) {
            event.preventDefault();
            at.value = (current + step + rooms.length) % rooms.length;
          } else if (event.key === "Enter") {
            event.preventDefault();
            go(rooms[current]);
          }
        }}
      />
      <ul id={list} role="listbox" aria-label="Channels, notes and spaces">
        {rooms.map((room, index) => (
          <li
            key={`${room.type} ${pathOfPlace(room.place)}`}
            id={option(index)}
            role="option"
            class="room-link"
            aria-selected={index === current}
            onMouseMove={() => at.value = index}
            onClick={() => go(room)}
          >
            <Icon name={ICONS[room.type]} />
            <bdi>{room.name}</bdi>
            {room.type === "space" && <span class="room-kind">space</span>}
            <UnreadCount count={room.unread} />
          </li>
        ))}
      </ul>
      {rooms.length === 0 && <p class="field-hint">Nothing of that name here</p>}
    </div>
  );
}
