import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { SpaceId } from "../../base/ids.ts";
import { FaultError, RefusedError } from "../api.ts";
import { type Asker, DisconnectedError } from "../tab/asker.ts";
import type { NoteView } from "../view.ts";
import { cleanName } from "../words.ts";

interface NoteTitleProps {
  readonly space: SpaceId;
  readonly note: NoteView;
  readonly asker: Asker;
  /** Whether this person may rename it. */
  readonly writable: boolean;
  readonly onEnter: () => void;
}

/** A note's title, which is renamed by typing. Enter and leaving it save, Escape takes it back. */
export function NoteTitle({ space, note, asker, writable, onEnter }: NoteTitleProps) {
  const id = useId();
  /** What was typed and is not the note's title yet. */
  const typed = useSignal<string | null>(null);
  const problem = useSignal<string | null>(null);
  /** What is on its way: Enter saves, and so does the focus that leaves then. */
  const saving = useRef<string | null>(null);

  async function save(): Promise<void> {
    const text = typed.peek();
    if (text === null || text === saving.current) return;
    saving.current = text;
    try {
      const title = cleanName(text);
      if (title !== note.title) {
        await asker.ask({ type: "note.rename", space, note: note.id, title });
      }
      if (typed.peek() === text) typed.value = title === note.title ? null : title;
      problem.value = null;
    } catch (error) {
      problem.value = reason(error);
    } finally {
      saving.current = null;
    }
  }

  // The new title arrives as an event, and so does whoever renames the note after that.
  useEffect(() => {
    if (problem.peek() === null) typed.value = null;
  }, [note.title]);
  useEffect(
    () => asker.onConnection((connected) => void (connected && problem.peek() && save())),
    [asker, note.id],
  );

  return (
    <div class="note-title">
      <input
        value={typed.value ?? note.title}
        aria-label="Title of the note"
        readOnly={!writable}
        aria-invalid={problem.value !== null}
        aria-describedby={id}
        dir="auto"
        autocomplete="off"
        enterkeyhint="done"
        onInput={(event) => typed.value = event.currentTarget.value}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          if (event.isComposing) return;
          if (event.key === "Enter") {
            event.preventDefault();
            void save();
            onEnter();
          } else if (event.key === "Escape") {
            typed.value = problem.value = null;
          }
        }}
      />
      <p id={id} class="note-problem" role="alert">{problem.value}</p>
    </div>
  );
}

function reason(error: unknown): string {
  if (error instanceof DisconnectedError) return "Not saved yet: waiting for Earshot";
  const known = [RangeError, RefusedError, FaultError];
  if (error instanceof Error && known.some((kind) => error instanceof kind)) return error.message;
  throw error;
}
