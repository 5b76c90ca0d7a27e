import { type Signal, useSignal } from "@preact/signals";
import { type MutableRef, useEffect, useRef } from "preact/hooks";

/** A form that waits for the node. */
export interface Submitting {
  /** Where the focus goes when it was in vain. */
  readonly input: MutableRef<HTMLInputElement | null>;
  /** Why it was in vain, or `null`. */
  readonly problem: Signal<string | null>;
  /** Whether the node was asked and did not answer yet. */
  readonly busy: Signal<boolean>;
  readonly onSubmit: (event: Event) => void;
}

/**
 * Sends a form once at a time, and says why it was in vain. `done` gets the answer, unless the person has
 * left the form by then and is at something else.
 */
export function useSubmit<Made>(
  send: () => Promise<Made>,
  done: (made: Made) => void,
): Submitting {
  const input = useRef<HTMLInputElement>(null);
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const left = useRef(false);
  useEffect(() => () => void (left.current = true), []);

  async function submit(): Promise<void> {
    busy.value = true;
    try {
      const made = await send();
      if (!left.current) done(made);
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
      input.current?.focus();
    } finally {
      busy.value = false;
    }
  }

  function onSubmit(event: Event): void {
    event.preventDefault();
    if (!busy.value) void submit();
  }

  return { input, problem, busy, onSubmit };
}
