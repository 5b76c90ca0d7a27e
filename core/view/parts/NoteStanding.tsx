import { useEffect, useState } from "preact/hooks";
import type { NoteState } from "../tab/note_state.ts";

/** "Saving" is worth a word only when it takes longer than this, in milliseconds. */
const SLOW_MS = 400;

function words(state: NoteState): string {
  switch (state.type) {
    case "opening":
      return "Opening…";
    case "saved":
      return "Saved";
    case "saving":
      return "Saving…";
    case "kept":
      return state.why === null ? "Kept here until Earshot is back" : `Kept here: ${state.why}`;
    case "unkept":
      return "In this page only: leave it open";
    case "refused":
      return "Not saved";
  }
}

/** How a note stands, in a word. A screen reader says it only when something is wrong. */
export function NoteStanding({ state }: { state: NoteState }) {
  const [shown, show] = useState(state);
  useEffect(() => {
    if (state.type !== "saving" && state.type !== "opening") return show(state);
    const timer = setTimeout(() => show(state), SLOW_MS);
    return () => clearTimeout(timer);
  }, [state.type, "why" in state ? state.why : null]);
  const usual = shown.type === "saved" || shown.type === "saving" || shown.type === "opening";
  return (
    <p class={`note-standing note-standing-${shown.type}`} role="status">
      <span aria-hidden={usual}>{words(shown)}</span>
    </p>
  );
}
