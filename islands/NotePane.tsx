import type { NoteId } from "../core/base/ids.ts";
import { Icon } from "../core/view/parts/Icon.tsx";
import NoteEditor from "./NoteEditor.tsx";

/** A note as a room, with the way back where there is no sidebar beside it. */
export default function NotePane({ note }: { note: NoteId }) {
  return (
    <div class="note-pane">
      <a class="icon-button back" href="/" aria-label="Back to the list">
        <Icon name="back" />
      </a>
      <NoteEditor key={note} note={note} />
    </div>
  );
}
