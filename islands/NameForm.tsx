import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { MAX_NAME_POINTS } from "../core/base/limits.ts";
import { useSubmit } from "../core/view/parts/use_submit.ts";
import type { TabPlace } from "../core/view/tab/place_path.ts";
import { useTab } from "../core/view/tab/session_context.ts";
import { cleanChannelName, cleanName } from "../core/view/words.ts";

interface NameFormProps {
  readonly kind: "channel" | "note";
  readonly onDone: () => void;
}

const WORDS = {
  channel: {
    label: "Name",
    example: "plans",
    hint: "Everyone in the lobby sees it. A name that is there already opens that channel.",
    submit: "Make channel",
  },
  note: {
    label: "Title",
    example: "Shopping list",
    hint: "Everyone in the lobby can read it and write in it.",
    submit: "Make note",
  },
} as const;

/** Asks for the name of a new channel or note, makes it, and goes there. */
export default function NameForm({ kind, onDone }: NameFormProps) {
  const { session, navigation } = useTab();
  const name = useSignal("");
  const field = useId();
  const hint = useId();
  const words = WORDS[kind];
  const { input, problem, busy, onSubmit } = useSubmit(make, (place) => {
    navigation.go(place);
    onDone();
  });

  /** Makes it; where it is then. */
  async function make(): Promise<TabPlace> {
    if (kind === "channel") {
      const asked = cleanChannelName(name.value);
      const made = await session.outbox.write({ type: "channel.create", name: asked });
      return { type: "channel", name: made.name };
    }
    const title = cleanName(name.value);
    const made = await session.outbox.write({ type: "note.create", title });
    return { type: "note", note: made.id };
  }

  return (
    <form onSubmit={onSubmit}>
      <label for={field}>{words.label}</label>
      <input
        ref={input}
        autofocus
        id={field}
        class="field"
        dir="auto"
        autocomplete="off"
        placeholder={words.example}
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
        {problem.value ?? words.hint}
      </p>
      <button type="submit" class="button button-wide" aria-busy={busy.value}>
        {busy.value ? "Waiting for Earshot…" : words.submit}
      </button>
    </form>
  );
}
