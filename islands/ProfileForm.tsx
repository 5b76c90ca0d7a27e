import { useSignal } from "@preact/signals";
import { useId, useLayoutEffect } from "preact/hooks";
import { MAX_NAME_POINTS } from "../core/base/limits.ts";
import { PersonMark } from "../core/view/parts/PersonMark.tsx";
import { useSubmit } from "../core/view/parts/use_submit.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import { COLOURS } from "../core/view/view.ts";
import { cleanName } from "../core/view/words.ts";

interface ProfileFormProps {
  readonly submit: string;
  readonly onDone: () => void;
}

const COLOUR_NAMES = [
  "Rose",
  "Clay",
  "Amber",
  "Olive",
  "Leaf",
  "Jade",
  "Teal",
  "Sky",
  "Blue",
  "Iris",
  "Plum",
  "Orchid",
];

/** Asks for the person's name and colour, and shows how others will see them. */
export default function ProfileForm({ submit, onDone }: ProfileFormProps) {
  const { session } = useTab();
  const { self } = useTabState();
  const name = useSignal(self.name ?? self.suggestedName);
  const colour = useSignal(self.colour);
  const field = useId();
  const hint = useId();
  const { input, problem, busy, onSubmit } = useSubmit(save, onDone);
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  function save(): Promise<unknown> {
    const said = cleanName(name.value);
    return session.outbox.write({ type: "profile.set", name: said, colour: colour.value });
  }

  return (
    <form
      class="profile"
      onSubmit={onSubmit}
    >
      <div class="profile-name">
        <PersonMark peer={self.peer} name={name.value} colour={colour.value} />
        <div class="profile-field">
          <label for={field}>Your name</label>
          <input
            ref={input}
            autofocus
            id={field}
            class="field"
            dir="auto"
            autocomplete="nickname"
            maxLength={4 * MAX_NAME_POINTS}
            value={name.value}
            aria-describedby={hint}
            aria-invalid={problem.value !== null}
            onInput={(event) => {
              name.value = event.currentTarget.value;
              problem.value = null;
            }}
          />
        </div>
      </div>
      <p id={hint} class="field-problem" role="alert">{problem.value}</p>
      <fieldset class="colours">
        <legend>Your colour</legend>
        {Array.from(
          { length: COLOURS },
          (_, index) => (
            <label key={index} class={`colour hue-${index}`} title={COLOUR_NAMES[index]}>
              <input
                type="radio"
                name="colour"
                value={index}
                checked={colour.value === index}
                aria-label={COLOUR_NAMES[index]}
                onChange={() =>
                  colour.value = index}
              />
              <span class="swatch" />
            </label>
          ),
        )}
      </fieldset>
      <button type="submit" class="button button-wide" aria-busy={busy.value}>
        {busy.value ? "Waiting for Earshot…" : submit}
      </button>
    </form>
  );
}
