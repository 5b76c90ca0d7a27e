import { useSignal } from "@preact/signals";
import { EarshotMark } from "../core/view/parts/EarshotMark.tsx";
import { Icon } from "../core/view/parts/Icon.tsx";
import { PersonMark } from "../core/view/parts/PersonMark.tsx";
import { PersonName } from "../core/view/parts/PersonName.tsx";
import { inOrder, presenceWords } from "../core/view/people_words.ts";
import { othersIn } from "../core/view/space_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { PersonView, SpaceView } from "../core/view/view.ts";
import { agoWords } from "../core/view/when.ts";

/** People shown before the rest is folded. */
const SHOWN_PEOPLE = 12;

/** Who else is in a space, those here first; each opens a card. */
export default function People({ space }: { space: SpaceView }) {
  const { session, dialogs } = useTab();
  const state = useTabState();
  const connected = session.connection.value === "connected";
  const all = useSignal(false);
  const people = othersIn(space, state.people);
  const ordered = inOrder(people);
  const shown = all.value ? ordered : ordered.slice(0, SHOWN_PEOPLE);
  return (
    <>
      <li>
        <button
          type="button"
          class="presence"
          title="What Earshot sees"
          onClick={() => dialogs.show({ type: "connections" })}
        >
          <EarshotMark listening={connected && !people.some(({ here }) => here)} />
          <span>{presenceWords(people, connected)}</span>
        </button>
      </li>
      {shown.map((person) => <PersonRow key={person.peer} person={person} />)}
      {ordered.length > SHOWN_PEOPLE && (
        <li>
          <button
            type="button"
            class="quiet-button"
            aria-expanded={all.value}
            onClick={() => all.value = !all.value}
          >
            {all.value ? "Show fewer" : `Show all ${ordered.length}`}
          </button>
        </li>
      )}
    </>
  );
}

function PersonRow({ person }: { person: PersonView }) {
  const { dialogs } = useTab();
  const { here, lastSeenAt, muted, peer } = person;
  const away = lastSeenAt > 0 ? `away, seen ${agoWords(lastSeenAt, Date.now())}` : "away";
  return (
    <li>
      <button
        type="button"
        class={here ? "person" : "person person-away"}
        title={here ? undefined : away}
        aria-haspopup="dialog"
        onClick={() => dialogs.show({ type: "person", peer })}
      >
        <PersonMark {...person} />
        <PersonName person={person} />
        {muted && (
          <span class="person-muted">
            <Icon name="muted" />
            <span class="hidden">muted</span>
          </span>
        )}
        <span class="person-state">{here ? <span class="hidden">here now</span> : "away"}</span>
      </button>
    </li>
  );
}
