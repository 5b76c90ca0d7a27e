import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { systemClock } from "../core/base/clock.ts";
import type { NoteId } from "../core/base/ids.ts";
import type { NoteEditor as Editor } from "../core/view/editor/note_editor.ts";
import { LongNote } from "../core/view/parts/LongNote.tsx";
import { NoteAsides } from "../core/view/parts/NoteAsides.tsx";
import { NoteRefused } from "../core/view/parts/NoteRefused.tsx";
import { NoteStanding } from "../core/view/parts/NoteStanding.tsx";
import { NoteTitle } from "../core/view/parts/NoteTitle.tsx";
import { ReadOnly } from "../core/view/parts/ReadOnly.tsx";
import { SpaceLabel } from "../core/view/parts/SpaceLabel.tsx";
import { cannotWrite } from "../core/view/space_words.ts";
import { loadAgain } from "../core/view/tab/load_again.ts";
import { type NoteState, sameState } from "../core/view/tab/note_state.ts";
import { useTab, useTabState } from "../core/view/tab/session_context.ts";
import { thisDesk } from "../core/view/tab/this_desk.ts";
import type { SpaceView } from "../core/view/view.ts";

/** A note: its title, its text in an editor, and how it stands. */
export default function NoteEditor({ space, note }: { space: SpaceView; note: NoteId }) {
  const { session } = useTab();
  const { notes, people, notices } = useTabState();
  const why = cannotWrite(space, notices);
  const view = notes.find(({ id }) => id === note);
  const hint = useId();
  const text = useRef<HTMLDivElement>(null);
  const editor = useSignal<Editor | null>(null);
  const state = useSignal<NoteState>({ type: "opening" });
  const asides = useSignal(0);
  /** Whether the editor could not be fetched from the node. */
  const missing = useSignal(false);

  useEffect(() => {
    const gone = new AbortController();
    void open(gone.signal);
    return () => gone.abort();
  }, [note]);

  async function open(gone: AbortSignal): Promise<void> {
    // Who only chats does without CodeMirror.
    const load = () => import("../core/view/editor/note_editor.ts");
    const [module, desk] = await Promise.all([
      loadAgain(load, session.asker, gone, () => missing.value = true),
      thisDesk(session.asker),
    ]);
    if (!module || gone.aborted || !text.current) return;
    missing.value = false;
    const opened = new module.NoteEditor({
      ...{ parent: text.current, desk, clock: systemClock, describedBy: hint },
      place: { space: space.id, note },
      writable: why === null,
      person(cursor) {
        const person = session.state.value?.people.find(({ peer }) => peer === cursor.peer);
        return { ...cursor, name: person?.name ?? "Someone", colour: person?.colour ?? 0 };
      },
      setPlace: (place) => session.setPlace(space.id, place),
      changed: (now) => state.value = sameState(now, state.peek()) ? state.peek() : now,
      keptAside: () => asides.value++,
    });
    editor.value = opened;
    gone.addEventListener("abort", () => {
      editor.value = null;
      opened.close();
    });
  }

  const { value: shown } = editor;
  return (
    <article class="note" aria-label={view?.title ?? "Note"} data-standing={state.value.type}>
      <header class="note-head">
        {view && (
          <NoteTitle
            key={note}
            space={space.id}
            note={view}
            writable={why === null}
            asker={session.asker}
            onEnter={() => shown?.focus()}
          />
        )}
        <SpaceLabel space={space} people={people} />
        {why === null && <NoteStanding state={state.value} />}
      </header>
      {missing.value && session.connection.value === "connected" && (
        <div class="note-banner" role="alert">
          <p>The editor could not be fetched: this page may be of an older Earshot.</p>
          <div class="note-actions">
            <button
              type="button"
              onClick={() =>
                location.reload()}
            >
              Load the new page
            </button>
          </div>
        </div>
      )}
      {shown && state.value.type === "refused" && (
        <NoteRefused session={shown.session} why={state.value.why} />
      )}
      {shown && (
        <NoteAsides
          key={`${note} ${asides.value}`}
          storage={shown.session.tools.keep.storage}
          note={note}
        />
      )}
      {why !== null && <ReadOnly why={why} />}
      {view && <LongNote note={view} />}
      <div key={note} ref={text} class="note-text" />
      <p id={hint} class="hidden">
        Tab goes on to the next control. Ctrl+] and Ctrl+[ indent a line (⌘ on a Mac).
      </p>
    </article>
  );
}
