import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";
import { Icon } from "../core/view/parts/Icon.tsx";
import { PersonMark } from "../core/view/parts/PersonMark.tsx";
import { UnreadCount } from "../core/view/parts/UnreadCount.tsx";
import { inOrder, presenceWords } from "../core/view/people_words.ts";
import type { DialogName } from "../core/view/tab/dialog_name.ts";
import { pathOfPlace, type TabPlace } from "../core/view/tab/place_path.ts";
import { channelsInOrder, isAt, notesInOrder } from "../core/view/tab/rooms.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { PersonView } from "../core/view/view.ts";
import { agoWords } from "../core/view/when.ts";

/** People shown before the rest is folded. */
const SHOWN_PEOPLE = 12;

interface SidebarProps {
  readonly onDialog: (name: DialogName) => void;
}

/** Where a person is and can go: the space, its channels, notes and people. */
export default function Sidebar({ onDialog }: SidebarProps) {
  const state = useTabState();
  const { space, channels, notes, people, self } = state;
  return (
    <nav class="sidebar" aria-label="Channels, notes and people">
      <header class="sidebar-head">
        <a class="brand" href="/" aria-label="Earshot, home">
          <EarshotMark />
          <span>Earshot</span>
        </a>
        <button
          type="button"
          class="icon-button"
          aria-label="Go to a channel or note"
          title="Go to… (Ctrl+K)"
          onClick={() => onDialog("switch")}
        >
          <Icon name="search" />
        </button>
      </header>
      <div class="sidebar-scroll">
        {space
          ? (
            <div class="space-label">
              <strong>{space.name}</strong>
              {space.open && (
                <>
                  {" "}
                  <span class="hidden">—</span> <span>open to everyone on this network</span>
                </>
              )}
            </div>
          )
          : (
            <div class="space-label">
              <strong>No space</strong>
              <span>the lobby is turned off on this machine</span>
            </div>
          )}
        {space && (
          <>
            <Section
              title="Channels"
              add={{ label: "New channel", act: () => onDialog("channel") }}
            >
              {channelsInOrder(channels).map(({ id, name, unread }) => (
                <RoomLink key={id} place={{ type: "channel", name }} name={name} unread={unread} />
              ))}
            </Section>
            <Section title="Notes" add={{ label: "New note", act: () => onDialog("note") }}>
              {notesInOrder(notes).map(({ id, title }) => (
                <RoomLink key={id} place={{ type: "note", note: id }} name={title} unread={0} />
              ))}
              {notes.length === 0 && <li class="sidebar-empty">Write together: start a note</li>}
            </Section>
          </>
        )}
        <Section title="People" add={null}>
          <People people={people} onDialog={onDialog} />
        </Section>
      </div>
      {self.name !== null && (
        <footer class="sidebar-foot">
          <button
            type="button"
            class="self"
            aria-label={`You are ${self.name}. Change name and colour`}
            onClick={() => onDialog("profile")}
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

interface SectionProps {
  readonly title: string;
  readonly add: { readonly label: string; readonly act: () => void } | null;
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

interface RoomLinkProps {
  readonly place: TabPlace;
  readonly name: string;
  readonly unread: number;
}

function RoomLink({ place, name, unread }: RoomLinkProps) {
  const { navigation } = useTab();
  const here = isAt(place, navigation.place.value);
  return (
    <li>
      <a
        class={unread > 0 ? "room-link room-unread" : "room-link"}
        href={pathOfPlace(place)}
        aria-current={here ? "page" : undefined}
      >
        <Icon name={place.type === "note" ? "note" : "channel"} />
        <bdi>{name}</bdi>
        <UnreadCount count={unread} />
      </a>
    </li>
  );
}

function People({ people, onDialog }: SidebarProps & { people: readonly PersonView[] }) {
  const { session } = useTab();
  const connected = session.connection.value === "connected";
  const all = useSignal(false);
  const ordered = inOrder(people);
  const shown = all.value ? ordered : ordered.slice(0, SHOWN_PEOPLE);
  return (
    <>
      <li>
        <button
          type="button"
          class="presence"
          title="What Earshot sees"
          onClick={() => onDialog("connections")}
        >
          <EarshotMark listening={connected && !people.some(({ here }) => here)} />
          <span>{presenceWords(people, connected)}</span>
        </button>
      </li>
      {shown.map((person) => <PersonRow key={person.peer} person={person} />)}
      {ordered.length > SHOWN_PEOPLE && (
        <li>
          <button
            type="button"
            class="quiet-button"
            aria-expanded={all.value}
            onClick={() => all.value = !all.value}
          >
            {all.value ? "Show fewer" : `Show all ${ordered.length}`}
          </button>
        </li>
      )}
    </>
  );
}

function PersonRow({ person }: { person: PersonView }) {
  const { here, lastSeenAt, name } = person;
  const away = lastSeenAt > 0 ? `away, seen ${agoWords(lastSeenAt, Date.now())}` : "away";
  return (
    <li class={here ? "person" : "person person-away"} title={here ? undefined : away}>
      <PersonMark {...person} />
      <bdi>{name}</bdi>
      <span class="person-state">{here ? <span class="hidden">here now</span> : "away"}</span>
    </li>
  );
}
