import { useSignal } from "@preact/signals";
import { useEffect, useId } from "preact/hooks";
import { PARTIAL_WORDS } from "../core/view/excerpt.ts";
import { FoundMessage } from "../core/view/parts/FoundMessage.tsx";
import { Icon } from "../core/view/parts/Icon.tsx";
import { UnreadCount } from "../core/view/parts/UnreadCount.tsx";
import { useFound } from "../core/view/parts/use_found.ts";
import { shownPerson } from "../core/view/people_words.ts";
import { pathOfPlace } from "../core/view/tab/place_path.ts";
import { findRooms, type Room, roomOf, roomsOf, spaceRooms } from "../core/view/tab/rooms.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { MessageView } from "../core/view/view.ts";

const MOST = 50;
/** While words are looked for, so many rooms leave the messages in view. */
const MOST_BESIDE = 5;

const ICONS = { channel: "channel", note: "note", space: "people" } as const;

/** Goes to a room, or to a message of the space that is shown, by typing a part of what it says. */
export default function Switcher({ onDone }: { onDone: () => void }) {
  const { session, navigation } = useTab();
  const state = useTabState();
  const { space, self, people } = state;
  const query = useSignal("");
  const at = useSignal(0);
  const list = useId();
  const found = useFound(session.asker, space?.id, query.value).value;
  const rooms = findRooms([...roomsOf(state), ...spaceRooms(state)], query.value)
    .slice(0, found && found.messages.length > 0 ? MOST_BESIDE : MOST);
  const muted = new Set(people.filter((person) => person.muted).map(({ peer }) => peer));
  const messages = (found?.messages ?? []).flatMap((message) => {
    const room = muted.has(message.author) ? null : roomOf(state, message.channel);
    return room ? [{ message, room }] : [];
  });
  const count = rooms.length + messages.length;
  const current = Math.min(at.value, count - 1);
  const option = (index: number) => `${list}-${index}`;

  useEffect(() => {
    document.getElementById(option(current))?.scrollIntoView({ block: "nearest" });
  }, [current]);

  function go(room: Room, message?: MessageView): void {
    // First, as what closes gives the focus back.
    onDone();
    navigation.go(room.place);
    if (message && space) void session.history(space.id, message.channel).goTo(message);
  }

  function choose(): void {
    const room = rooms[current];
    const hit = messages[current - rooms.length];
    if (room) go(room);
    else if (hit) go(hit.room, hit.message);
  }

  const optionProps = (index: number) => ({
    id: option(index),
    role: "option" as const,
    "aria-selected": index === current,
    onMouseMove: () => at.value = index,
  });

  return (
    <div class="switcher">
      <input
        autofocus
        class="field"
        role="combobox"
        aria-label="Name of a channel, note or space, or words of a message"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={count > 0 ? option(current) : undefined}
        autocomplete="off"
        placeholder="Channel, note, space, or words of a message"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (step !== 0 && count > 0) {
            event.preventDefault();
            at.value = (current + step + count) % count;
          } else if (event.key === "Enter") {
            event.preventDefault();
            choose();
          }
        }}
      />
      <div id={list} class="switcher-list" role="listbox" aria-label="Rooms and messages">
        {rooms.length > 0 && (
          <ul role="group" aria-label="Channels, notes and spaces">
            {rooms.map((room, index) => (
              <li
                key={`${room.type} ${pathOfPlace(room.place)}`}
                {...optionProps(index)}
                class="room-link"
                onClick={() => go(room)}
              >
                <Icon name={ICONS[room.type]} />
                <bdi>{room.name}</bdi>
                {room.type === "space" && <span class="room-kind">space</span>}
                <UnreadCount count={room.unread} />
              </li>
            ))}
          </ul>
        )}
        {messages.length > 0 && (
          <ul role="group" aria-label="Messages">
            <li class="switcher-head" role="presentation">Messages, newest first</li>
            {messages.map(({ message, room }, index) => (
              <li
                key={message.id}
                {...optionProps(rooms.length + index)}
                class="room-link"
                onClick={() => go(room, message)}
              >
                <FoundMessage
                  message={message}
                  author={shownPerson(message.author, self, people)}
                  channel={room.name}
                  query={found?.query ?? ""}
                />
              </li>
            ))}
          </ul>
        )}
      </div>
      {found?.problem && <p class="field-problem" role="alert">{found.problem}</p>}
      <p class={count > 0 && !found?.partial ? "hidden" : "field-hint"} role="status">
        {wordsOfCount(rooms.length, found && messages.length)}
        {found?.partial && `. ${PARTIAL_WORDS}`}
      </p>
    </div>
  );
}

/** What was found; `messages` is `null` while none were looked for. */
function wordsOfCount(rooms: number, messages: number | null): string {
  if (rooms === 0 && !messages) {
    return messages === null
      ? "Nothing of that name here"
      : "Nothing of that name or those words here";
  }
  const words = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
  return messages === null ? "" : `${words(rooms, "room")}, ${words(messages, "message")}`;
}
