import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SpaceId } from "../core/base/ids.ts";
import { useAsk } from "../core/view/parts/use_ask.ts";
import { isolated, unknownPerson } from "../core/view/people_words.ts";
import { findPerson } from "../core/view/tab/find_person.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { PersonView, WaitingView } from "../core/view/view.ts";
import { waitingWords } from "../core/view/waiting_words.ts";

/** Machines that are named; of more their number is said. */
const MOST = 5;

interface WaitingProps {
  readonly space: SpaceId;
  readonly person: PersonView;
}

/** What waits for a person who is away, and which machines keep it. */
export default function Waiting({ space, person }: WaitingProps) {
  const { session } = useTab();
  const state = useTabState();
  const waiting = useSignal<WaitingView | null>(null);
  const { ask } = useAsk();
  const connected = session.connection.value === "connected";
  useEffect(() => {
    if (!connected) return;
    const command = { type: "person.waiting", space, peer: person.peer } as const;
    void ask(() => session.asker.ask(command), (answer) => waiting.value = answer);
  }, [connected]);
  if (!waiting.value) return null;
  const name = isolated(person.name);
  const lines = waitingWords(
    waiting.value,
    name,
    (peer) => isolated((findPerson(state, peer) ?? unknownPerson(peer)).name),
  );
  const beyond = lines.length - MOST;
  return (
    <section class="card-section" aria-label="What waits">
      <h3>{lines.length > 0 ? `Waiting for ${name}` : `Nothing waits for ${name}`}</h3>
      {lines.length > 0
        ? (
          <>
            <ul class="waiting">
              {lines.slice(0, MOST).map((line) => <li key={line}>{line}</li>)}
              {beyond > 0 && <li>So {beyond === 1 ? "does 1 other" : `do ${beyond} others`}</li>}
            </ul>
            <p class="field-hint">
              They come by themselves when {name} is back and any of these is on.
            </p>
          </>
        )
        : <p>As far as is known here, {name} has all that was said.</p>}
    </section>
  );
}
