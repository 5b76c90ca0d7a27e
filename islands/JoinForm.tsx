import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { readInvitation } from "../core/view/invitation_text.ts";
import { useSubmit } from "../core/view/parts/use_submit.ts";
import { nameOfSpace } from "../core/view/tab/place_path.ts";
import { useTab } from "../core/view/tab/session_context.ts";
import type { SpaceView } from "../core/view/view.ts";

const LOOKING = {
  link: "Looking for someone who can let you in…",
  code: "Looking for the screen that shows this code…",
} as const;

interface JoinFormProps {
  /** An invitation that was opened as a link, or empty. */
  readonly link: string;
  readonly onDone: () => void;
}

/** Joins a space by a link or by eight digits, and goes there. */
export default function JoinForm({ link, onDone }: JoinFormProps) {
  const { session, navigation } = useTab();
  const text = useSignal(link);
  const looking = useSignal<string | null>(null);
  /** Whether nobody is near who can let this person in: the node goes on looking. */
  const nobody = useSignal(false);
  const field = useId();
  const hint = useId();
  const { input, problem, busy, onSubmit } = useSubmit(join, (space) => {
    if (!space) return void (nobody.value = true);
    navigation.go({ type: "home", space: nameOfSpace(space) });
    onDone();
  });

  async function join(): Promise<SpaceView | null> {
    const invitation = readInvitation(text.value);
    looking.value = LOOKING[invitation.type];
    nobody.value = false;
    const { space } = invitation.type === "code"
      ? await session.asker.ask({ type: "join.code", code: invitation.code })
      : await session.asker.ask({ type: "join.link", link: invitation.link });
    return space;
  }

  return (
    <form onSubmit={onSubmit}>
      <label for={field}>Link or code</label>
      <input
        ref={input}
        autofocus={link === ""}
        id={field}
        class="field"
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        placeholder="http://127.0.0.1:4747/join#…  or  1234 5678"
        value={text.value}
        readOnly={busy.value}
        aria-describedby={hint}
        aria-invalid={problem.value !== null}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          problem.value = null;
          nobody.value = false;
        }}
      />
      <p
        id={hint}
        class={problem.value ? "field-problem" : "field-hint"}
        role={problem.value ? "alert" : undefined}
      >
        {problem.value ??
          (link
            ? "You were invited with this link. Join only if you know who sent it."
            : "Paste the link that you were sent, or type the eight digits that the other screen shows.")}
      </p>
      <p class="join-standing" role="status">
        {busy.value ? <span class="looking">{looking.value}</span> : nobody.value &&
          "Nobody who can let you in is near yet. Earshot goes on looking while it runs, and the space appears in your list by itself."}
      </p>
      <button
        type="submit"
        class="button button-wide"
        autofocus={link !== ""}
        aria-busy={busy.value}
      >
        {busy.value ? "Joining…" : nobody.value ? "Try again" : "Join"}
      </button>
    </form>
  );
}
