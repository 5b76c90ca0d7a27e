import type { ComponentChildren } from "preact";
import { Icon } from "../core/view/parts/Icon.tsx";
import { PersonMark } from "../core/view/parts/PersonMark.tsx";
import { SpaceFacts } from "../core/view/parts/SpaceFacts.tsx";
import { UnreadCount } from "../core/view/parts/UnreadCount.tsx";
import { mayWrite, unheardWords } from "../core/view/space_words.ts";
import { pathOfPlace } from "../core/view/tab/place_path.ts";
import { isAt, type Room, roomsOf } from "../core/view/tab/rooms.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { SpaceView } from "../core/view/view.ts";
import People from "./People.tsx";

/** Where a person is and can go: the space that is shown, its channels, notes and people. */
export default function Sidebar() {
  const { dialogs } = useTab();
  const { space, self } = useTabState();
  return (
    <nav class="sidebar" aria-label="Channels, notes and people">
      <header class="sidebar-head">
        {space ? <SpaceHead space={space} /> : <strong class="space-name">No space yet</strong>}
        <button
          type="button"
          class="icon-button"
          aria-label="Go to a channel, note or space, or search messages"
          title="Go to or search (Ctrl+K or /)"
          onClick={() => dialogs.show({ type: "switch" })}
        >
          <Icon name="search" />
        </button>
      </header>
      <div class="sidebar-scroll">{space && <Rooms space={space} />}</div>
      {self.name !== null && (
        <footer class="sidebar-foot">
          <button
            type="button"
            class="self"
            aria-label={`You are ${self.name}. Change name and colour`}
            onClick={() => dialogs.show({ type: "profile" })}
          >
            <PersonMark peer={self.peer} name={self.name} colour={self.colour} />
            <bdi class="self-name">{self.name}</bdi>
            <Icon name="edit" />
          </button>
        </footer>
      )}
    </nav>
  );
}

/** The space's name and who can read it; of a private one it opens what is about it. */
function SpaceHead({ space }: { space: SpaceView }) {
  const { dialogs } = useTab();
  const { people } = useTabState();
  const label = (
    <>
      <bdi class="space-name">{space.name}</bdi> <span class="hidden">—</span>{" "}
      <SpaceFacts space={space} people={people} />
    </>
  );
  if (space.kind === "lobby") return <div class="space-label">{label}</div>;
  return (
    <button
      type="button"
      class="space-label"
      aria-haspopup="dialog"
      title="Members and settings"
      onClick={() => dialogs.show({ type: "space", space: space.id })}
    >
      <span class="space-label-text">{label}</span>
      <Icon name="chevron" />
    </button>
  );
}

function Rooms({ space }: { space: SpaceView }) {
  const { dialogs } = useTab();
  const rooms = roomsOf(useTabState());
  const notes = rooms.filter(({ type }) => type === "note");
  const writes = mayWrite(space);
  const unheard = unheardWords(space.unheard);
  const invites = space.kind === "private" && space.role === "admin";
  return (
    <>
      <Section
        title="Channels"
        add={writes &&
          { label: "New channel", act: () => dialogs.show({ type: "channel", space: space.id }) }}
      >
        {rooms.filter(({ type }) => type === "channel").map((room) => (
          <RoomLink key={pathOfPlace(room.place)} room={room} />
        ))}
      </Section>
      <Section
        title="Notes"
        add={writes &&
          { label: "New note", act: () => dialogs.show({ type: "note", space: space.id }) }}
      >
        {notes.map((room) => <RoomLink key={pathOfPlace(room.place)} room={room} />)}
        {notes.length === 0 && (
          <li class="sidebar-empty">
            {writes ? "Write together: start a note" : "There is no note yet"}
          </li>
        )}
      </Section>
      {(space.kind === "lobby" || space.role !== null) && (
        <Section
          title={space.kind === "lobby" ? "People" : "Members"}
          add={invites &&
            {
              label: "Invite someone",
              act: () => dialogs.show({ type: "invite", space: space.id }),
            }}
        >
          <People space={space} />
          {unheard && <li class="sidebar-empty">{unheard}</li>}
        </Section>
      )}
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly add: { readonly label: string; readonly act: () => void } | false;
  readonly children: ComponentChildren;
}

function Section({ title, add, children }: SectionProps) {
  return (
    <section class="section" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {add && (
          <button
            type="button"
            class="icon-button"
            aria-label={add.label}
            title={add.label}
            onClick={add.act}
          >
            <Icon name="add" />
          </button>
        )}
      </header>
      <ul>{children}</ul>
    </section>
  );
}

function RoomLink({ room: { type, place, name, unread } }: { room: Room }) {
  const { navigation } = useTab();
  const here = isAt(place, navigation.place.value);
  return (
    <li>
      <a
        class={unread > 0 ? "room-link room-unread" : "room-link"}
        href={pathOfPlace(place)}
        aria-current={here ? "page" : undefined}
      >
        <Icon name={type === "note" ? "note" : "channel"} />
        <bdi>{name}</bdi>
        <UnreadCount count={unread} />
      </a>
    </li>
  );
}
