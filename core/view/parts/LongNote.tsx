import type { NoteView } from "../view.ts";

/** Says of a note with a long history that it loads while it is shown; nothing of others. */
export function LongNote({ note: { edits } }: { note: NoteView }) {
  if (edits === undefined) return null;
  return (
    <p class="note-long">
      This note has a long history ({edits.toLocaleString()}{" "}
      edits): what you type first takes a moment to be saved.
    </p>
  );
}
