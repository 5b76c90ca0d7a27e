import type { PeerId } from "../../base/ids.ts";
import { isolated, newKeyWords, type Shown } from "../people_words.ts";
import type { PersonView } from "../view.ts";
import { Icon } from "./Icon.tsx";
import { PersonMark } from "./PersonMark.tsx";
import { PersonName } from "./PersonName.tsx";

interface PersonWarningsProps {
  readonly person: PersonView;
  /** Those whose names may be taken for this one. */
  readonly others: readonly Shown[];
  readonly self: PeerId;
  readonly onPerson: (peer: PeerId) => void;
}

/** What one has to know of a person before trusting what they write. */
export function PersonWarnings({ person, others, self, onPerson }: PersonWarningsProps) {
  const { name, newKey, disputed, replaces } = person;
  return (
    <>
      {newKey && (
        <div class="card-warning" role="alert">
          <Icon name="warn" />
          <p>
            <strong>{newKeyWords(name)}</strong>{" "}
            It may be a new device, or someone else who took the name. Compare the words before you
            trust what it writes.
          </p>
        </div>
      )}
      {disputed && (
        <div class="card-warning">
          <Icon name="warn" />
          <p>
            <strong>Two different changes were signed for one place.</strong>{" "}
            An honest device never does that: it was copied, or it cheats. The proof is kept.
          </p>
        </div>
      )}
      {replaces && (
        <p class="card-note">
          {isolated(name)}’s device has a new key, signed by the old one.
        </p>
      )}
      {others.length > 0 && (
        <section class="card-section" aria-label="People with such a name">
          <h3>Not the only one with such a name</h3>
          <ul class="alike">
            {others.map((other) => (
              <li key={other.peer}>
                {other.peer === self
                  ? <span class="person">Your own name is like it</span>
                  : (
                    <button type="button" class="person" onClick={() => onPerson(other.peer)}>
                      <PersonMark {...other} />
                      <PersonName person={other} />
                    </button>
                  )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
