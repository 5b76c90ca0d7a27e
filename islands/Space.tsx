import { useEffect, useRef } from "preact/hooks";
import { Banner } from "../core/view/parts/Banner.tsx";
import { Progress } from "../core/view/parts/Progress.tsx";
import { findPerson } from "../core/view/tab/find_person.ts";
import { pathOfPlace, spaceOfPlace, type TabPlace } from "../core/view/tab/place_path.ts";
import { isAt, roomsOf, titleOf } from "../core/view/tab/rooms.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import { useShortcuts } from "../core/view/tab/use_shortcuts.ts";
import Dialogs from "./Dialogs.tsx";
import Notices from "./Notices.tsx";
import Rail from "./Rail.tsx";
import Room from "./Room.tsx";
import Sidebar from "./Sidebar.tsx";

/** The layout's breakpoint, as in layout.css. */
const WIDE = "(min-width: 720px)";

/** The space with its sidebar, the room the address names, and what stands above them. */
export default function Space() {
  const tab = useTab();
  const { session, navigation } = tab;
  const state = useTabState();
  const place = navigation.place.value;
  const connection = session.connection.value;
  /** The version that this page's scripts came with. */
  const version = useRef(state.version);
  const progress = state.space?.progress ?? null;
  const shown = spaceOfPlace(state.spaces, place)?.id === state.space?.id;
  useShortcuts(tab);
  useHome(shown);

  const title = titleOf(state, place);
  useEffect(() => {
    document.title = title;
  }, [title]);

  // Going back to the list on a narrow page, the focus goes to where one came from.
  const left = useRef<TabPlace>(place);
  useEffect(() => {
    if (place.type === "home" && left.current.type !== "home") {
      document.querySelector<HTMLElement>(`.sidebar a[href="${pathOfPlace(left.current)}"]`)
        ?.focus();
    }
    left.current = place;
  }, [place]);

  return (
    <div class={place.type === "home" && state.space ? "space at-home" : "space"}>
      <a
        class="skip"
        href="#room"
        onClick={(event) => {
          // Without a step in the history, where an address is always a room.
          event.preventDefault();
          document.getElementById("room")?.focus();
        }}
      >
        Skip to the room
      </a>
      <Rail />
      <Sidebar />
      <div class="stage">
        <div role="status">
          {connection !== "connected" && (
            <Banner kind="away">
              <strong>Earshot is not running on this machine.</strong>{" "}
              What you type is kept and sent when it is back.
            </Banner>
          )}
          {state.version !== version.current && (
            <Banner kind="update">
              Earshot was updated to {state.version}.{" "}
              <button type="button" class="link-button" onClick={() => location.reload()}>
                Load the new page
              </button>
            </Banner>
          )}
          {state.fault && <Banner kind="fault">{state.fault}</Banner>}
        </div>
        <Progress
          progress={progress}
          name={(progress && findPerson(state, progress.peer)?.name) ?? "another machine"}
        />
        <Notices />
        <main class="room" id="room" tabIndex={-1}>
          <Room />
        </main>
      </div>
      <Dialogs />
    </div>
  );
}

/**
 * With room for both, a space's home is the room that was shown last in it, or its first channel; on a
 * narrow page it is the list. Where there is no lobby, the first space is home. `shown`: whether the space
 * that the address names is the one that is shown.
 */
function useHome(shown: boolean): void {
  const { session, navigation } = useTab();
  const place = navigation.place.value;
  useEffect(() => {
    const wide = matchMedia(WIDE);
    const settle = () => {
      const state = session.state.value;
      const now = navigation.place.value;
      if (!state?.space || now.type !== "home") return;
      const named = spaceOfPlace(state.spaces, now);
      if (!named && now.space === null) {
        return navigation.replace({ type: "home", space: state.space.id });
      }
      const rooms = roomsOf(state);
      const last = navigation.lastIn(now.space);
      const room = rooms.find((room) => last && isAt(room.place, last)) ?? rooms[0];
      if (wide.matches && named?.id === state.space.id && room) navigation.replace(room.place);
    };
    settle();
    wide.addEventListener("change", settle);
    return () => wide.removeEventListener("change", settle);
  }, [place.type, place.space, shown]);
}
