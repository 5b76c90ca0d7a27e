import type { Clock } from "../../base/clock.ts";
import type { CursorView, Splice } from "../view.ts";
import type { Asker } from "./asker.ts";
import type { NoteKeep } from "./note_keep.ts";

/** What shows a note. */
export interface NoteViewer {
  /** The text is known; called once, before the others that bear a text or position. */
  opened(text: string): void;
  /** The text changed by something that was not typed here. */
  spliced(splices: readonly Splice[]): void;
  /** Whether these may come now; if not, `resume` of the session is called later. */
  accepts(splices: readonly Splice[]): boolean;
  /** Where the others are, in the text as it is now. */
  cursors(cursors: readonly CursorView[]): void;
  /** The state or the heads changed. */
  changed(): void;
  /** A text of the person's was kept aside. */
  keptAside(): void;
}

/** What the session of a note is given by its tab. */
export interface NoteTools {
  readonly asker: Asker;
  readonly clock: Clock;
  readonly keep: NoteKeep;
  /** Called once, when nothing is left to do. */
  readonly onClosed: () => void;
}
