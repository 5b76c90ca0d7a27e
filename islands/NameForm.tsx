import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { MAX_NAME_POINTS } from "../core/base/limits.ts";
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
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const field = useId();
  const hint = useId();
  const input = useRef<HTMLInputElement>(null);
  const words = WORDS[kind];

  async function make(): Promise<void> {
    if (kind === "channel") {
      const asked = cleanChannelName(name.value);
      const made = await session.outbox.write({ type: "channel.create", name: asked });
      navigation.go({ type: "channel", name: made.name });
    } else {
      const title = cleanName(name.value);
      const made = await session.outbox.write({ type: "note.create", title });
      navigation.go({ type: "note", note: made.id });
    }
  }

  async function submit(): Promise<void> {
    try {
      busy.value = true;
      await make();
      onDone();
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
      input.current?.focus();
    } finally {
      busy.value = false;
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy.value) void submit();
      }}
    >
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
