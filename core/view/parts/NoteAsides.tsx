import { useSignal } from "@preact/signals";
import type { NoteId } from "../../base/ids.ts";
import { asidesOf, discardAside } from "../tab/note_aside.ts";
import type { TextStorage } from "../tab/text_storage.ts";
import { dayWords, timeWords } from "../when.ts";
import { CopyText } from "./CopyText.tsx";

/** Texts of the person's that could not go into a note; they are let go by hand only. */
export function NoteAsides({ storage, note }: { storage: TextStorage; note: NoteId }) {
  const asides = useSignal(asidesOf(storage, note));
  return (
    <>
      {asides.value.map((aside) => (
        <details key={aside.key} class="note-banner">
          <summary>
            A text of yours that is not in this note ({dayWords(aside.at, Date.now())},{" "}
            {timeWords(aside.at)})
          </summary>
          <pre dir="auto">{aside.text}</pre>
          <div class="note-actions">
            <CopyText read={() => aside.text} label="Copy it" />
            <button
              type="button"
              onClick={() => {
                discardAside(storage, aside);
                asides.value = asidesOf(storage, note);
              }}
            >
              Let it go
            </button>
          </div>
        </details>
      ))}
    </>
  );
}
