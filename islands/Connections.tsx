import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { DisconnectedError } from "../core/view/tab/asker.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { PeerView } from "../core/view/view.ts";

/** How often the list is asked for while it is shown, in milliseconds. */
const LOOK_MS = 2_000;

const STATES = {
  linked: "linked",
  dialling: "connecting…",
  waiting: "tried again soon",
} as const;

/** The machines that Earshot found, and what keeps it from one. */
export default function Connections() {
  const { session } = useTab();
  const { people } = useTabState();
  const peers = useSignal<readonly PeerView[] | null>(null);
  useEffect(() => {
    const look = async () => {
      try {
        peers.value = await session.peers();
      } catch (error) {
        // The banner says that the node is away; the last list stays.
        if (!(error instanceof DisconnectedError)) throw error;
      }
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  const nameOf = ({ peer, name }: PeerView) =>
    name ?? people.find((person) => person.peer === peer)?.name ?? "Unknown machine";
  return (
    <div class="connections">
      {peers.value?.length === 0 && (
        <p>
          No other machine has answered on this network yet. Both must be on the same network, and
          their firewalls must let Deno receive connections (UDP 5353 to be found, TCP to talk).
        </p>
      )}
      <ul>
        {peers.value?.map((view, index) => (
          <li key={index} class={`connection connection-${view.state}`}>
            <bdi>{nameOf(view)}</bdi>
            <span class="connection-state">{STATES[view.state]}</span>
            <code>{view.address}</code>
            {view.problem && <p>{view.problem}</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}
