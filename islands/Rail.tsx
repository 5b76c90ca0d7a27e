import { Icon } from "../core/view/parts/Icon.tsx";
import { SpaceMark } from "../core/view/parts/SpaceMark.tsx";
import { UnreadCount } from "../core/view/parts/UnreadCount.tsx";
import { findPerson } from "../core/view/tab/find_person.ts";
import { nameOfSpace, pathOfPlace, spaceOfPlace } from "../core/view/tab/place_path.ts";
import { unreadIn } from "../core/view/tab/rooms.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { SpaceView } from "../core/view/view.ts";

/** Spaces that a key of its own leads to. */
const KEYS = 9;

const KINDS = { lobby: "open to the network", private: "private space", direct: "only you two" };

/** All spaces, each one click away; arrows go up and down. */
export default function Rail() {
  const { navigation, dialogs } = useTab();
  const state = useTabState();
  const { spaces } = state;
  const current = spaceOfPlace(spaces, navigation.place.value);
  return (
    <nav class="rail" aria-label="Spaces">
      <ul onKeyDown={moveFocus}>
        {spaces.map((space, index) => {
          const unread = unreadIn(state, space);
          const kind = space.role === null && space.kind !== "lobby"
            ? "read-only"
            : KINDS[space.kind];
          return (
            <li key={space.id}>
              <a
                class={railClass(space, unread)}
                href={pathOfPlace({ type: "home", space: nameOfSpace(space) })}
                aria-current={space === current ? "true" : undefined}
                title={`${space.name}, ${kind}${index < KEYS ? ` (Alt+${index + 1})` : ""}`}
              >
                <SpaceMark
                  space={space}
                  person={space.peer ? findPerson(state, space.peer) : undefined}
                />
                <bdi class="rail-name">{space.name}</bdi>
                <span class="hidden">{kind}</span>
                <UnreadCount count={unread} />
              </a>
            </li>
          );
        })}
        <li>
          <button
            type="button"
            class="rail-link rail-add"
            aria-haspopup="dialog"
            title="Make or join a space"
            onClick={() => dialogs.show({ type: "space.new" })}
          >
            <span class="space-mark" aria-hidden="true">
              <Icon name="add" />
            </span>
            <span class="hidden">Make or join a space</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}

function railClass({ role, kind }: SpaceView, unread: number): string {
  const gone = role === null && kind !== "lobby";
  return `rail-link${unread > 0 ? " rail-unread" : ""}${gone ? " rail-gone" : ""}`;
}

function moveFocus(event: KeyboardEvent): void {
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    Home: -Infinity,
    End: Infinity,
  };
  const step = steps[event.key];
  const list = event.currentTarget;
  if (step === undefined || event.altKey || !(list instanceof HTMLElement)) return;
  const links = [...list.querySelectorAll<HTMLElement>(".rail-link")];
  const at = links.findIndex((link) => link === document.activeElement);
  const to = Math.max(0, Math.min(links.length - 1, at + step));
  event.preventDefault();
  links[to]?.focus();
}
