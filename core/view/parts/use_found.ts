import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SpaceId } from "../../base/ids.ts";
import type { Asker } from "../tab/asker.ts";
import type { MessageView } from "../view.ts";

/** The node is asked when the keys rest so long, in milliseconds. */
const REST_MS = 80;
/** A single letter is in every other message. */
const MIN_UNITS = 2;

/** What is shown of a search; `null` while none was asked for. */
export interface FoundView {
  readonly messages: readonly MessageView[];
  /** Whether much has come just now that is not looked through yet. */
  readonly partial: boolean;
  /** What they were found by. */
  readonly query: string;
  /** Why it was in vain, or `null`. */
  readonly problem: string | null;
}

/** Messages of a space that have the words of `query`; those of the query before it stay until others come. */
export function useFound(
  asker: Asker,
  space: SpaceId | undefined,
  query: string,
): ReadonlySignal<FoundView | null> {
  const found = useSignal<FoundView | null>(null);
  useEffect(() => {
    const text = query.trim();
    if (space === undefined || text.length < MIN_UNITS) {
      found.value = null;
      return;
    }
    let left = false;
    const set = (view: FoundView) => {
      if (!left) found.value = view;
    };
    const timer = setTimeout(() => {
      asker.ask({ type: "message.search", space, text }).then(
        ({ messages, partial }) => set({ messages, partial, query: text, problem: null }),
        (error) => set({ messages: [], partial: false, query: text, problem: reason(error) }),
      );
    }, REST_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [space, query]);
  return found;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
