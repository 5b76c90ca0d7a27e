import type { NoteSession } from "../tab/note_session.ts";
import { CopyText } from "./CopyText.tsx";

/** Says that the node does not take a note's text, and what can be done with it. */
export function NoteRefused({ session, why }: { session: NoteSession; why: string }) {
  const { text } = session;
  return (
    <div class="note-banner" role="alert">
      <p>
        <strong>{text === null ? "This note cannot be opened." : "This is not saved."}</strong>{" "}
        {why}
        {text !== null && ". Your text stays here until it is."}
      </p>
      <div class="note-actions">
        {text !== null && <CopyText read={() => session.text ?? ""} label="Copy my text" />}
        <button type="button" onClick={() => session.again()}>Try again</button>
        {text !== null && (
          <button type="button" onClick={() => session.leave()}>Show the shared note</button>
        )}
      </div>
    </div>
  );
}
