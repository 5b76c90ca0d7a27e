import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import ProfileForm from "./ProfileForm.tsx";

/** The first run: who are you? */
export default function Welcome() {
  const { dialogs } = useTab();
  const { spaces } = useTabState();
  const lobby = spaces.find(({ kind }) => kind === "lobby");
  const invited = dialogs.open.value?.type === "join";
  return (
    <main class="page page-welcome">
      <EarshotMark />
      <h1>Welcome to Earshot</h1>
      <p>
        Chat and shared notes with the people on this network. No account, no server: what you see
        stays on your own disk.
      </p>
      <div class="card">
        <ProfileForm submit="Start" onDone={() => {}} />
      </div>
      <p class="page-note">
        {invited ? "Then you join the space that you were invited to." : lobby
          ? (
            <>
              You start in the{" "}
              <strong>lobby</strong>: anyone on this network can read it and write in it. Private
              spaces are for those you invite.
            </>
          )
          : "The lobby is turned off here. Next you make a private space, or join one."}
      </p>
    </main>
  );
}
