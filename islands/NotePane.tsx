import type { NoteId } from "../core/base/ids.ts";
import { Icon } from "../core/view/parts/Icon.tsx";
import { mayWrite } from "../core/view/space_words.ts";
import { nameOfSpace, pathOfPlace } from "../core/view/tab/place_path.ts";
import type { SpaceView } from "../core/view/view.ts";
import NoteEditor from "./NoteEditor.tsx";

/** A note as a room, with the way back where there is no sidebar beside it. */
export default function NotePane({ space, note }: { space: SpaceView; note: NoteId }) {
  return (
    <div class="note-pane">
      <a
        class="icon-button back"
        href={pathOfPlace({ type: "home", space: nameOfSpace(space) })}
        aria-label="Back to the list"
      >
        <Icon name="back" />
      </a>
      <NoteEditor
        key={`${space.id} ${note} ${mayWrite(space)}`}
        space={space}
        note={note}
      />
    </div>
  );
}
