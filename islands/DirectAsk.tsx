import { useEffect, useRef } from "preact/hooks";
import { useAsk } from "../core/view/parts/use_ask.ts";
import { isolated } from "../core/view/people_words.ts";
import { nameOfSpace } from "../core/view/tab/place_path.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { PersonView } from "../core/view/view.ts";

/** Asks a person for a private space of two, or answers one who asked; then goes there. */
export default function DirectAsk({ person }: { person: PersonView }) {
  const { session, navigation, dialogs } = useTab();
  const { asks, spaces, space } = useTabState();
  const { peer, name, here, newKey } = person;
  const called = isolated(name);
  const pending = asks.find((one) => one.peer === peer);
  const direct = spaces.find((view) => view.kind === "direct" && view.peer === peer && view.role);
  const { problem, busy, ask } = useAsk();
  /** Whether this person asked, in this card or before it was opened. */
  const asked = useRef(pending?.from === "us");
  if (pending?.from === "us") asked.current = true;

  function go(): void {
    if (direct) navigation.go({ type: "home", space: nameOfSpace(direct) });
    dialogs.close();
  }
  useEffect(() => {
    if (direct && asked.current) go();
  }, [direct?.id]);

  const answer = (accept: boolean) =>
    void ask(() => session.asker.ask({ type: "direct.answer", peer, accept }), (answer) => {
      asked.current = false;
      if (!answer.space) return;
      navigation.go({ type: "home", space: nameOfSpace(answer.space) });
      dialogs.close();
    });
  const start = () => void ask(() => session.asker.ask({ type: "direct.ask", peer }));

  if (direct) {
    if (direct.id === space?.id) return null;
    return (
      <button type="button" class="button button-wide" onClick={go}>Open your private space</button>
    );
  }
  return (
    <section class="card-section direct-ask" aria-label="Private space of two">
      <p class="field-problem" role="alert">{problem.value}</p>
      {pending?.from === "them" && (
        <>
          <p>
            <strong>{called} asks you for a private space of two.</strong>{" "}
            Accept when the words above are the same on both screens.
          </p>
          <div class="dialog-actions">
            <button
              type="button"
              class="button button-plain"
              onClick={() => answer(false)}
            >
              Decline
            </button>
            <button
              type="button"
              class="button"
              aria-busy={busy.value}
              onClick={() => answer(true)}
            >
              Accept
            </button>
          </div>
        </>
      )}
      {pending?.from === "us" && (
        <>
          <p role="status">
            <span class="looking">Waiting for {called} to accept.</span> {called}{" "}
            sees the same five words: compare them first.
          </p>
          <button type="button" class="button button-plain" onClick={() => answer(false)}>
            Take it back
          </button>
        </>
      )}
      {!pending && (
        <>
          {asked.current && (
            <p role="status">The request has ended: {called} declined it, or went away.</p>
          )}
          <button
            type="button"
            class="button button-wide"
            disabled={!here}
            aria-busy={busy.value}
            onClick={start}
          >
            Start a private space with {called}
          </button>
          <p class="field-hint">
            {!here
              ? `${called} is away: both of you have to be here to begin one.`
              : newKey
              ? "Compare the words first: the key is new."
              : `${called} is asked first. Only the two of you can read it.`}
          </p>
        </>
      )}
    </section>
  );
}
