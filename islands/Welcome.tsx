import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";
import ProfileForm from "./ProfileForm.tsx";

/** The first run: who are you? */
export default function Welcome() {
  return (
    <main class="page page-welcome">
      <EarshotMark />
      <h1>Welcome to Earshot</h1>
      <p>
        Chat and shared notes with everyone on this network. No account, no server: what you see
        stays on your own disk.
      </p>
      <div class="card">
        <ProfileForm submit="Start" onDone={() => {}} />
      </div>
      <p class="page-note">
        You start in the <strong>lobby</strong>: anyone on this network can read it and write in it.
      </p>
    </main>
  );
}
