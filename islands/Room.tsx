import { nameOfSpace, pathOfPlace, spaceOfPlace } from "../core/view/tab/place_path.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import Channel from "./Channel.tsx";
import NotePane from "./NotePane.tsx";

/** What the address names: a channel, a note, or why there is neither. */
export default function Room() {
  const { session, navigation } = useTab();
  const state = useTabState();
  const place = navigation.place.value;
  const { space, channels, notes } = state;
  if (state.spaces.length === 0) return <NoSpace />;
  if (!space || spaceOfPlace(state.spaces, place)?.id !== space.id) {
    // What the node was asked for is on its way.
    if (session.loading.value) return <div class="nowhere" aria-busy="true" />;
    return <Nowhere what="space" back="/" />;
  }
  const home = pathOfPlace({ type: "home", space: nameOfSpace(space) });
  switch (place.type) {
    case "home":
      return <div class="nowhere" />;
    case "channel": {
      const channel = channels.find(({ name }) => name === place.name);
      if (!channel) return <Nowhere what="channel" back={home} />;
      return <Channel key={`${space.id} ${channel.id}`} space={space} channel={channel} />;
    }
    case "note": {
      const note = notes.find(({ id }) => id === place.note);
      return note ? <NotePane space={space} note={note.id} /> : <Nowhere what="note" back={home} />;
    }
  }
}

/** Shown where the address names nothing that is here. */
function Nowhere({ what, back }: { what: "space" | "channel" | "note"; back: string }) {
  return (
    <div class="nowhere">
      <h1>No such {what}</h1>
      <p>
        {what === "space"
          ? "You are not in it, or it was taken off this device."
          : "Nobody has made it yet, or it has not reached this machine."}
      </p>
      <a class="button" href={back}>Back</a>
    </div>
  );
}

/** Shown where the lobby is turned off and there is no other space. */
function NoSpace() {
  const { dialogs } = useTab();
  return (
    <div class="nowhere">
      <h1>Make a space, or join one</h1>
      <p>
        The lobby is turned off on this machine, so nobody sees you here until you make a private
        space or accept an invitation.
      </p>
      <div class="dialog-actions">
        <button
          type="button"
          class="button"
          onClick={() => dialogs.show({ type: "space.new" })}
        >
          Make a space
        </button>
        <button
          type="button"
          class="button button-plain"
          onClick={() => dialogs.show({ type: "join", link: "" })}
        >
          Join with a link or code
        </button>
      </div>
      <p class="page-note">
        To meet who is on this network, start Earshot without <code>--no-lobby</code>.
      </p>
    </div>
  );
}
