import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { MAX_NAME_POINTS } from "../core/base/limits.ts";
import { useSubmit } from "../core/view/parts/use_submit.ts";
import { nameOfSpace } from "../core/view/tab/place_path.ts";
import { useTab } from "../core/view/tab/session_context.ts";
import { cleanName } from "../core/view/words.ts";

/** Asks for the name of a new private space, makes it, and goes there. */
export default function SpaceForm({ onDone }: { onDone: () => void }) {
  const { session, navigation, dialogs } = useTab();
  const name = useSignal("");
  const field = useId();
  const hint = useId();
  const { input, problem, busy, onSubmit } = useSubmit(
    () => session.outbox.write({ type: "space.create", name: cleanName(name.value) }),
    (space) => {
      navigation.go({ type: "home", space: nameOfSpace(space) });
      onDone();
    },
  );
  return (
    <form onSubmit={onSubmit}>
      <label for={field}>Name of the space</label>
      <input
        ref={input}
        autofocus
        id={field}
        class="field"
        dir="auto"
        autocomplete="off"
        placeholder="Garden"
        maxLength={4 * MAX_NAME_POINTS}
        value={name.value}
        aria-describedby={hint}
        aria-invalid={problem.value !== null}
        onInput={(event) => {
          name.value = event.currentTarget.value;
          problem.value = null;
        }}
      />
      <p
        id={hint}
        class={problem.value ? "field-problem" : "field-hint"}
        role={problem.value ? "alert" : undefined}
      >
        {problem.value ??
          "Nobody else on the network sees it, not even its name. You invite who comes in."}
      </p>
      <button type="submit" class="button button-wide" aria-busy={busy.value}>
        {busy.value ? "Waiting for Earshot…" : "Make space"}
      </button>
      <p class="dialog-other">
        Were you invited?{" "}
        <button
          type="button"
          class="link-button"
          onClick={() => dialogs.show({ type: "join", link: "" })}
        >
          Join with a link or code
        </button>
      </p>
    </form>
  );
}
