import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { MAX_NAME_POINTS } from "../core/base/limits.ts";
import { useSubmit } from "../core/view/parts/use_submit.ts";
import { seenBy } from "../core/view/space_words.ts";
import { nameOfSpace, type TabPlace } from "../core/view/tab/place_path.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import { cleanChannelName, cleanName } from "../core/view/words.ts";

interface NameFormProps {
  readonly kind: "channel" | "note";
  readonly onDone: () => void;
}

const WORDS = {
  channel: {
    label: "Name",
    example: "plans",
    hint: "sees it. A name that is there already opens that channel.",
    submit: "Make channel",
  },
  note: {
    label: "Title",
    example: "Shopping list",
    hint: "can read it.",
    submit: "Make note",
  },
} as const;

/** Asks for the name of a new channel or note, makes it, and goes there. */
export default function NameForm({ kind, onDone }: NameFormProps) {
  const { session, navigation } = useTab();
  const { space } = useTabState();
  const name = useSignal("");
  const field = useId();
  const hint = useId();
  const words = WORDS[kind];
  const hintWords = space && `Everyone ${seenBy(space)} ${words.hint}`;
  const { input, problem, busy, onSubmit } = useSubmit(make, (place) => {
    navigation.go(place);
    onDone();
  });

  /** Makes it; where it is then. */
  async function make(): Promise<TabPlace> {
    if (!space) throw new TypeError("Cannot make it: no space is shown");
    const at = nameOfSpace(space);
    if (kind === "channel") {
      const asked = cleanChannelName(name.value);
      const made = await session.outbox.write({
        type: "channel.create",
        space: space.id,
        name: asked,
      });
      return { type: "channel", space: at, name: made.name };
    }
    const title = cleanName(name.value);
    const made = await session.outbox.write({ type: "note.create", space: space.id, title });
    return { type: "note", space: at, note: made.id };
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
        {problem.value ?? hintWords}
      </p>
      <button type="submit" class="button button-wide" aria-busy={busy.value}>
        {busy.value ? "Waiting for Earshot…" : words.submit}
      </button>
    </form>
  );
}
