import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ChannelId, MessageId, PeerId } from "../core/base/ids.ts";
import { PersonMark } from "../core/view/parts/PersonMark.tsx";
import { PersonName } from "../core/view/parts/PersonName.tsx";
import { useAsk } from "../core/view/parts/use_ask.ts";
import { inOrder, type Shown, shownPerson } from "../core/view/people_words.ts";
import { othersIn } from "../core/view/space_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";

interface HoldersProps {
  readonly channel: ChannelId;
  readonly message: MessageId;
}

/** Whose machines are known to have a message, and, among members, whose are not. */
export default function Holders({ channel, message }: HoldersProps) {
  const { asker } = useTab().session;
  const { space, self, people } = useTabState();
  const holders = useSignal<readonly PeerId[] | null>(null);
  const { problem, ask } = useAsk();
  useEffect(() => {
    if (!space) return;
    const command = { type: "message.holders", space: space.id, channel, message } as const;
    void ask(() => asker.ask(command), (answer) => holders.value = answer.holders);
  }, []);
  if (!space) return null;
  if (problem.value) return <p class="reason" role="alert">{problem.value}</p>;
  if (!holders.value) return <p aria-busy="true">Looking…</p>;
  const held = holders.value;
  const lacking = space.kind === "lobby"
    ? []
    : inOrder(othersIn(space, people)).filter(({ peer }) => !held.includes(peer));
  return (
    <div>
      <p>
        Saved on this machine{held.length > 0
          ? ", and on these:"
          : "; no other is known to have it yet."}
      </p>
      <PeopleList people={held.map((peer) => shownPerson(peer, self, people))} />
      {lacking.length > 0 && (
        <>
          <p>
            Not known to be on these yet. Any machine that has it brings it to them, also when yours
            is off:
          </p>
          <PeopleList people={lacking} />
        </>
      )}
    </div>
  );
}

function PeopleList({ people }: { people: readonly Shown[] }) {
  return (
    <ul class="members">
      {people.map((person) => (
        <li key={person.peer} class="member">
          <PersonMark {...person} />
          <span class="member-name">
            <PersonName person={person} />
          </span>
        </li>
      ))}
    </ul>
  );
}
