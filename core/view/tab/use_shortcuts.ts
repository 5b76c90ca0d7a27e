import { useEffect } from "preact/hooks";
import { nameOfSpace } from "./place_path.ts";
import { neighbour } from "./rooms.ts";
import type { Tab } from "./session_context.ts";

const SPACE_KEY = /^Digit([1-9])$/;

/**
 * Keys that work anywhere on the page: Ctrl+K finds a room, space or message, as does a slash where
 * nothing is typed; Alt with an arrow goes to the next room, Alt with a digit to that space.
 */
export function useShortcuts({ session, navigation, dialogs }: Tab): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const state = session.state.value;
      const { altKey, ctrlKey, metaKey, shiftKey, key, code } = event;
      if ((ctrlKey || metaKey) && !altKey && key === "k") {
        event.preventDefault();
        if (dialogs.open.value?.type === "switch") dialogs.close();
        else dialogs.show({ type: "switch" });
        return;
      }
      if (state && key === "/" && !altKey && !ctrlKey && !metaKey && !isTyping(event)) {
        if (dialogs.open.value) return;
        event.preventDefault();
        dialogs.show({ type: "switch" });
        return;
      }
      if (!state || !altKey || ctrlKey || metaKey || shiftKey || dialogs.open.value) return;
      const digit = SPACE_KEY.exec(code)?.[1];
      const space = digit && state.spaces[Number(digit) - 1];
      if (space) {
        event.preventDefault();
        navigation.go({ type: "home", space: nameOfSpace(space) });
      } else if (key === "ArrowUp" || key === "ArrowDown") {
        event.preventDefault();
        const to = neighbour(state, navigation.place.value, key === "ArrowUp" ? -1 : 1);
        if (to) navigation.go(to);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

function isTyping({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input, textarea, select");
}
