import type { PeerId } from "../core/base/ids.ts";
import { ConfirmForm } from "../core/view/parts/ConfirmForm.tsx";
import { isolated } from "../core/view/people_words.ts";
import { findPerson } from "../core/view/tab/find_person.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";

/** Asks whether to remove a member, and says what that does and does not. */
export default function RemoveMember({ peer }: { peer: PeerId }) {
  const { session, dialogs } = useTab();
  const state = useTabState();
  const { space } = state;
  if (!space) return null;
  const name = isolated(findPerson(state, peer)?.name ?? "this person");
  const back = () => dialogs.show({ type: "space", space: space.id });
  return (
    <ConfirmForm
      submit={`Remove ${name}`}
      send={() => session.asker.ask({ type: "member.remove", space: space.id, peer })}
      onDone={back}
      onCancel={back}
    >
      <ul class="plain-points">
        <li>{name} gets nothing that is written here from now on, and can write nothing.</li>
        <li>
          <strong>What {name} already has stays with {name}.</strong>{" "}
          Messages and notes so far cannot be taken back.
        </li>
        <li>Devices that are away hear of it when they meet one of you.</li>
        <li>To come back, {name} needs a new invitation.</li>
      </ul>
    </ConfirmForm>
  );
}
