import { type Role, ROLES } from "../core/base/role.ts";
import { PersonMark } from "../core/view/parts/PersonMark.tsx";
import { PersonName } from "../core/view/parts/PersonName.tsx";
import { useAsk } from "../core/view/parts/use_ask.ts";
import { inOrder, isolated, shownSelf } from "../core/view/people_words.ts";
import { membersOf, ROLE_WORDS } from "../core/view/space_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import type { PersonView, SpaceView } from "../core/view/view.ts";
import { agoWords } from "../core/view/when.ts";

/** The members of a private space and who was one; an admin changes roles and removes. */
export default function MemberList({ space }: { space: SpaceView }) {
  const { session, dialogs } = useTab();
  const { people, self } = useTabState();
  const { problem, ask } = useAsk();
  const members = inOrder(membersOf(people));
  const former = people.filter(({ role }) => role === null);
  const rules = space.role === "admin" && space.kind === "private";

  function setRole({ peer }: PersonView, role: Role): void {
    void ask(() => session.asker.ask({ type: "member.role", space: space.id, peer, role }));
  }

  return (
    <>
      <ul class="members" aria-label="Members">
        {space.role && (
          <li class="member">
            <PersonMark {...shownSelf(self)} />
            <span class="member-name">
              <PersonName person={shownSelf(self)} />
              <span class="member-state">you</span>
            </span>
            <span class="member-role">{ROLE_WORDS[space.role]}</span>
          </li>
        )}
        {members.map((person) => (
          <Member
            key={person.peer}
            {...{ person, rules }}
            onRole={setRole}
            onRemove={() => dialogs.show({ type: "remove", space: space.id, peer: person.peer })}
          />
        ))}
      </ul>
      <p class="field-problem" role="alert">{problem.value}</p>
      {former.length > 0 && (
        <details class="former">
          <summary>
            {former.length === 1 ? "1 person was a member" : `${former.length} people were members`}
          </summary>
          <ul class="members">
            {former.map((person) => <Member key={person.peer} person={person} rules={false} />)}
          </ul>
        </details>
      )}
    </>
  );
}

interface MemberProps {
  readonly person: PersonView;
  /** Whether this person changes roles and removes. */
  readonly rules: boolean;
  readonly onRole?: (person: PersonView, role: Role) => void;
  readonly onRemove?: () => void;
}

function Member({ person, rules, onRole, onRemove }: MemberProps) {
  const { dialogs } = useTab();
  const { peer, name, here, lastSeenAt, role } = person;
  const seen = lastSeenAt > 0 ? `away, seen ${agoWords(lastSeenAt, Date.now())}` : "away";
  return (
    <li class="member">
      <PersonMark {...person} />
      <span class="member-name">
        <button
          type="button"
          class="member-card"
          aria-haspopup="dialog"
          onClick={() => dialogs.show({ type: "person", peer })}
        >
          <PersonName person={person} />
        </button>
        <span class="member-state">{here ? "here" : seen}</span>
      </span>
      {rules && role
        ? (
          <>
            <select
              class="role-choice"
              aria-label={`Role of ${isolated(name)}`}
              value={role}
              onChange={({ currentTarget }) => {
                const chosen = ROLES.find((one) => one === currentTarget.value);
                // What is shown is what the node says; it tells when the role has changed.
                currentTarget.value = role;
                if (chosen && chosen !== role) onRole?.(person, chosen);
              }}
            >
              {ROLES.map((one) => <option key={one} value={one}>{ROLE_WORDS[one]}</option>)}
            </select>
            <button
              type="button"
              class="quiet-button danger"
              aria-label={`Remove ${isolated(name)}`}
              onClick={onRemove}
            >
              Remove
            </button>
          </>
        )
        : <span class="member-role">{role ? ROLE_WORDS[role] : "was a member"}</span>}
    </li>
  );
}
