import type { ComponentChildren } from "preact";
import { useSubmit } from "./use_submit.ts";

interface ConfirmFormProps {
  /** What the button that does it says. */
  readonly submit: string;
  readonly send: () => Promise<unknown>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
  /** What it does and what it does not. */
  readonly children: ComponentChildren;
}

/** Asks whether to do something that cannot be taken back; the focus begins at "Cancel". */
export function ConfirmForm({ submit, send, onDone, onCancel, children }: ConfirmFormProps) {
  const { problem, busy, onSubmit } = useSubmit(send, onDone);
  return (
    <form class="confirm" onSubmit={onSubmit}>
      {children}
      <p class="field-problem" role="alert">{problem.value}</p>
      <div class="dialog-actions">
        <button type="button" class="button button-plain" autofocus onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="button button-danger" aria-busy={busy.value}>
          {busy.value ? "Waiting for Earshot…" : submit}
        </button>
      </div>
    </form>
  );
}
