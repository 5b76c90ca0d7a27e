import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** Something that waits for the node, once at a time. */
export interface Asking {
  /** Why it was in vain, or `null`. */
  readonly problem: Signal<string | null>;
  /** Whether the node was asked and did not answer yet. */
  readonly busy: Signal<boolean>;
  /**
   * Asks, unless an earlier answer is awaited. `done` gets the answer, unless the person has left by then
   * and is at something else.
   */
  ask<Made>(send: () => Promise<Made>, done?: (made: Made) => void): Promise<void>;
}

/** Asks something of the node and says why it was in vain; `failed` is called then. */
export function useAsk(failed: () => void = () => {}): Asking {
  const problem = useSignal<string | null>(null);
  const busy = useSignal(false);
  const left = useRef(false);
  useEffect(() => () => void (left.current = true), []);

  async function ask<Made>(
    send: () => Promise<Made>,
    done: (made: Made) => void = () => {},
  ): Promise<void> {
    if (busy.peek()) return;
    busy.value = true;
    problem.value = null;
    try {
      const made = await send();
      if (!left.current) done(made);
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
      failed();
    } finally {
      busy.value = false;
    }
  }

  return { problem, busy, ask };
}
