import type { Signal } from "@preact/signals";
import { type MutableRef, useRef } from "preact/hooks";
import { useAsk } from "./use_ask.ts";

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
  const { problem, busy, ask } = useAsk(() => input.current?.focus());

  function onSubmit(event: Event): void {
    event.preventDefault();
    void ask(send, done);
  }

  return { input, problem, busy, onSubmit };
}
