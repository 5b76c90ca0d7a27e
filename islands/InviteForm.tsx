import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Role } from "../core/base/role.ts";
import { useAsk } from "../core/view/parts/use_ask.ts";
import { isolated } from "../core/view/people_words.ts";
import { membersOf, ROLE_MEANINGS, ROLE_WORDS } from "../core/view/space_words.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import InviteCode from "./InviteCode.tsx";
import InviteLink from "./InviteLink.tsx";

/** What someone may come in as, the usual first. */
const CHOICES: readonly Role[] = ["member", "reader", "admin"];

/** How someone is being invited now. */
type Way =
  | { readonly type: "none" | "code" }
  | { readonly type: "link"; readonly link: string; readonly expiresAt: number };

/** Invites one person to the space that is shown, by a link or by eight digits. */
export default function InviteForm() {
  const { session } = useTab();
  const { space, code, people } = useTabState();
  const role = useSignal<Role>("member");
  const way = useSignal<Way>({ type: code && code.space === space?.id ? "code" : "none" });
  const { problem, busy, ask } = useAsk();
  const before = useRef(new Set(people.map(({ peer }) => peer)));
  const joined = membersOf(people).filter(({ peer }) => !before.current.has(peer));
  // A code counts only while someone sees it.
  useEffect(() => () => {
    const shown = session.state.value?.code;
    if (shown && shown.space === space?.id) session.tell({ type: "invite.hide" });
  }, []);
  if (!space) return null;
  const to = { space: space.id, role: role.value };

  const makeLink = () =>
    ask(() => session.asker.ask({ type: "invite.link", ...to }), (made) => {
      way.value = { type: "link", ...made };
    });
  const showCode = () =>
    ask(() => session.asker.ask({ type: "invite.code", ...to }), () => {
      way.value = { type: "code" };
    });

  return (
    <div class="invite">
      {way.value.type === "none" && (
        <>
          <fieldset class="roles">
            <legend>They come in as</legend>
            {CHOICES.map((choice) => (
              <label key={choice} class="role">
                <input
                  type="radio"
                  name="role"
                  autofocus={choice === "member"}
                  checked={role.value === choice}
                  onChange={() => role.value = choice}
                />
                <span>
                  <strong>{ROLE_WORDS[choice]}</strong> {ROLE_MEANINGS[choice]}
                </span>
              </label>
            ))}
          </fieldset>
          <div class="ways">
            <button
              type="button"
              class="way"
              aria-busy={busy.value}
              onClick={() => void makeLink()}
            >
              <strong>Make a link</strong>
              <span>To send or scan. Counts once, for 24 hours.</span>
            </button>
            <button
              type="button"
              class="way"
              aria-busy={busy.value}
              onClick={() => void showCode()}
            >
              <strong>Show a code</strong>
              <span>Eight digits to read out, for five minutes.</span>
            </button>
          </div>
        </>
      )}
      {way.value.type === "link" && <InviteLink {...way.value} />}
      {way.value.type === "code" && <InviteCode space={space} code={code} onAgain={showCode} />}
      <p class="field-problem" role="alert">{problem.value}</p>
      <p class="joined" role="status">
        {joined.length > 0 &&
          `${joined.map(({ name }) => isolated(name)).join(", ")} joined.`}
      </p>
      {way.value.type !== "none" && (
        <button
          type="button"
          class="quiet-button"
          onClick={() => way.value = { type: "none" }}
        >
          Invite another way
        </button>
      )}
    </div>
  );
}
