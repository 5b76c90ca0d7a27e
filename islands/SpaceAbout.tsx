import { Icon } from "../core/view/parts/Icon.tsx";
import { SpaceFacts } from "../core/view/parts/SpaceFacts.tsx";
import { unheardWords } from "../core/view/space_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import MemberList from "./MemberList.tsx";

/** About the space that is shown: who is in it, and what can be done with it. */
export default function SpaceAbout() {
  const { dialogs } = useTab();
  const { space, people } = useTabState();
  if (!space) return null;
  const unheard = unheardWords(space.unheard);
  const invites = space.kind === "private" && space.role === "admin";
  return (
    <div class="about">
      <p class="about-facts">
        <SpaceFacts space={space} people={people} />
      </p>
      {unheard && (
        <p class="about-unheard">
          <strong>{unheard}.</strong>{" "}
          They do when they meet one of you; until then they still take what the removed person
          writes.
        </p>
      )}
      <MemberList space={space} />
      <div class="about-actions">
        {invites && (
          <button
            type="button"
            class="button"
            onClick={() => dialogs.show({ type: "invite", space: space.id })}
          >
            <Icon name="add" />Invite someone
          </button>
        )}
        {space.role === null
          ? (
            <button
              type="button"
              class="quiet-button danger"
              onClick={() => dialogs.show({ type: "forget", space: space.id })}
            >
              Forget this space
            </button>
          )
          : (
            <button
              type="button"
              class="quiet-button danger"
              onClick={() => dialogs.show({ type: "leave", space: space.id })}
            >
              Leave this space
            </button>
          )}
      </div>
    </div>
  );
}
