import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Banner } from "../core/view/parts/Banner.tsx";
import { Dialog } from "../core/view/parts/Dialog.tsx";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import { pathOfPlace, type TabPlace } from "../core/view/tab/place_path.ts";
import { neighbour, titleOf } from "../core/view/tab/rooms.ts";
import type { DialogName } from "../core/view/tab/dialog_name.ts";
import Channel from "./Channel.tsx";
import Connections from "./Connections.tsx";
import NameForm from "./NameForm.tsx";
import NotePane from "./NotePane.tsx";
import ProfileForm from "./ProfileForm.tsx";
import Sidebar from "./Sidebar.tsx";
import Switcher from "./Switcher.tsx";

/** The layout's breakpoint, as in layout.css. */
const WIDE = "(min-width: 720px)";

/** The space with its sidebar, the room the address names, and what stands above them. */
export default function Space() {
  const { session, navigation } = useTab();
  const state = useTabState();
  const place = navigation.place.value;
  const connection = session.connection.value;
  /** The version that this page's scripts came with. */
  const version = useRef(state.version);
  const dialog = useSignal<DialogName | null>(null);
  const close = () => dialog.value = null;

  // With room for both, home is the first channel; on a narrow page it is the list.
  useEffect(() => {
    const wide = matchMedia(WIDE);
    const settle = () => {
      const first = session.state.value?.channels[0];
      if (wide.matches && first && navigation.place.value.type === "home") {
        navigation.replace({ type: "channel", name: first.name });
      }
    };
    settle();
    wide.addEventListener("change", settle);
    return () => wide.removeEventListener("change", settle);
  }, [place.type]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key === "k") {
        event.preventDefault();
        dialog.value = dialog.value === "switch" ? null : "switch";
      } else if (event.altKey && /^Arrow(Up|Down)$/.test(event.key) && !dialog.value) {
        event.preventDefault();
        const now = session.state.value;
        const to = now && neighbour(now, navigation.place.value, event.key === "ArrowUp" ? -1 : 1);
        if (to) navigation.go(to);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  const title = titleOf(state, place);
  useEffect(() => {
    document.title = title;
  }, [title]);

  // Going back to the list on a narrow page, the focus goes to where one came from.
  const left = useRef<TabPlace>(place);
  useEffect(() => {
    if (place.type === "home" && left.current.type !== "home") {
      document.querySelector<HTMLElement>(`a[href="${pathOfPlace(left.current)}"]`)
        ?.focus();
    }
    left.current = place;
  }, [place]);

  const channel = place.type === "channel" &&
    state.channels.find(({ name }) => name === place.name);
  const note = place.type === "note" && state.notes.find(({ id }) => id === place.note);
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
      <Sidebar onDialog={(name) => dialog.value = name} />
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
        <main class="room" id="room" tabIndex={-1}>
          {channel
            ? (
              <Channel
                key={channel.id}
                channel={channel}
                onDialog={(name) => dialog.value = name}
              />
            )
            : note
            ? <NotePane note={note.id} />
            : <Nowhere />}
        </main>
      </div>
      {dialog.value === "channel" && (
        <Dialog title="New channel" onClose={close}>
          <NameForm kind="channel" onDone={close} />
        </Dialog>
      )}
      {dialog.value === "note" && (
        <Dialog title="New note" onClose={close}>
          <NameForm kind="note" onDone={close} />
        </Dialog>
      )}
      {dialog.value === "profile" && (
        <Dialog title="Your profile" onClose={close}>
          <ProfileForm submit="Save" onDone={close} />
        </Dialog>
      )}
      {dialog.value === "connections" && (
        <Dialog title="What Earshot sees" onClose={close}>
          <Connections />
        </Dialog>
      )}
      {dialog.value === "switch" && (
        <Dialog title="Go to" onClose={close}>
          <Switcher onDone={close} />
        </Dialog>
      )}
    </div>
  );
}

/** Shown where the address names nothing that is here. */
function Nowhere() {
  const { navigation } = useTab();
  const { space } = useTabState();
  const place = navigation.place.value;
  if (!space) {
    return (
      <div class="nowhere">
        <h1>The lobby is turned off</h1>
        <p>
          There is no other space on this machine. To meet who is on this network, start Earshot
          without <code>--no-lobby</code>.
        </p>
      </div>
    );
  }
  if (place.type === "home") return <div class="nowhere" />;
  return (
    <div class="nowhere">
      <h1>{place.type === "channel" ? "No such channel" : "No such note"}</h1>
      <p>Nobody has made it yet, or it has not reached this machine.</p>
      <a class="button" href="/">Back</a>
    </div>
  );
}
