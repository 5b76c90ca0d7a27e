import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PeerId } from "../core/base/ids.ts";
import { FiveWords } from "../core/view/parts/FiveWords.tsx";
import { Icon } from "../core/view/parts/Icon.tsx";
import { LargeMark } from "../core/view/parts/LargeMark.tsx";
import { PersonWarnings } from "../core/view/parts/PersonWarnings.tsx";
import { useAsk } from "../core/view/parts/use_ask.ts";
import { keyText } from "../core/view/key_text.ts";
import { isolated, unknownPerson } from "../core/view/people_words.ts";
import { ROLE_WORDS } from "../core/view/space_words.ts";
import { findPerson } from "../core/view/tab/find_person.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import { agoWords } from "../core/view/when.ts";
import DirectAsk from "./DirectAsk.tsx";
import Waiting from "./Waiting.tsx";

/** A person: who they are by their key, the words to compare, and what one can do. */
export default function PersonCard({ peer }: { peer: PeerId }) {
  const { session, dialogs } = useTab();
  const state = useTabState();
  const { asker } = session;
  const person = findPerson(state, peer) ?? unknownPerson(peer);
  const { name, here, lastSeenAt, role, verified, muted } = person;
  const words = useSignal<readonly string[] | null>(null);
  const loading = useAsk();
  const { problem, busy, ask } = useAsk();
  const called = isolated(name);

  const connected = session.connection.value === "connected";
  useEffect(() => {
    if (!connected || words.value) return;
    void loading.ask(() => asker.ask({ type: "person.words", peer }), (answer) => {
      words.value = answer.words;
    });
  }, [connected]);

  const verify = (now: boolean) =>
    void ask(() => asker.ask({ type: "person.verify", peer, verified: now }));
  const mute = () => void ask(() => asker.ask({ type: "person.mute", peer, muted: !muted }));

  return (
    <div class="card-person">
      <div class="card-head">
        <LargeMark person={person} />
        <div>
          <p class="card-state">
            {here
              ? "Here now"
              : lastSeenAt > 0
              ? `Away, seen ${agoWords(lastSeenAt, Date.now())}`
              : "Away"}
            {role && ` · ${ROLE_WORDS[role]}`}
          </p>
          <p class="card-key">
            Key <code>{keyText(peer)}</code>
          </p>
          {verified && (
            <p class="verified">
              <Icon name="verified" />Verified: you compared the words
            </p>
          )}
          <button
            type="button"
            class="quiet-button"
            aria-pressed={muted}
            title={`Folds away what ${name} writes, on this device only`}
            onClick={mute}
          >
            <Icon name="muted" />
            {muted ? `Unmute ${called}` : `Mute ${called}`}
          </button>
        </div>
      </div>
      <PersonWarnings
        person={person}
        others={person.alike.map((one) => findPerson(state, one) ?? unknownPerson(one))}
        self={state.self.peer}
        onPerson={(one) => dialogs.show({ type: "person", peer: one })}
      />
      {words.value && (
        <section class="card-section" aria-label="Words to compare">
          <h3>{verified ? "The words you compared" : `Is it really ${called}?`}</h3>
          {!verified && (
            <p>
              Ask{" "}
              {called}, in person or on the phone, which five words stand in your card there. The
              same words: the same key, and nobody in between.
            </p>
          )}
          <FiveWords words={words.value} />
          {verified
            ? (
              <button type="button" class="quiet-button" onClick={() => verify(false)}>
                Take “verified” back
              </button>
            )
            : (
              <button
                type="button"
                class="button button-plain"
                aria-busy={busy.value}
                onClick={() => verify(true)}
              >
                They match
              </button>
            )}
        </section>
      )}
      {!here && state.space && <Waiting space={state.space.id} person={person} />}
      <DirectAsk person={person} />
      <p class="field-problem" role="alert">{problem.value ?? loading.problem.value}</p>
    </div>
  );
}
