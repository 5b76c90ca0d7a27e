import type { Clock, Timer } from "../../base/clock.ts";
import type { NoteId } from "../../base/ids.ts";
import { FaultError, RefusedError } from "../api.ts";
import type { Answer } from "../command.ts";
import type { Event } from "../event.ts";
import type { CursorView, Heads, NoteMerge, Splice } from "../view.ts";
import { type Asker, DisconnectedError } from "./asker.ts";
import { setAside } from "./note_aside.ts";
import {
  answered,
  type Branch,
  branchAt,
  isClean,
  merged,
  sameHeads,
  sending,
  type Sent,
  takenBack,
  typed,
} from "./note_branch.ts";
import type { NoteKeep } from "./note_keep.ts";
import { difference } from "./note_splices.ts";

/** The least time between two requests with keys: fast typing goes in batches. */
export const BATCH_MS = 30;
/** How long to wait before asking again after the node could not. */
export const RETRY_MS = 2_000;

/** How a note in a tab stands. */
export type NoteState =
  | { readonly type: "opening" }
  | { readonly type: "saved" }
  | { readonly type: "saving" }
  /** In this browser until the node takes it; `why` is what hinders the node, if it said so. */
  | { readonly type: "kept"; readonly why: string | null }
  /** In the page only: neither node nor browser keep it. */
  | { readonly type: "unkept"; readonly why: string }
  /** The node will not take it; it is kept here. */
  | { readonly type: "refused"; readonly why: string };

/** What shows a note. */
export interface NoteViewer {
  /** The text is known; called once, before all others. */
  opened(text: string): void;
  /** The text changed by something that was not typed here. */
  spliced(splices: readonly Splice[]): void;
  /** Whether these may come now, or {@linkcode NoteSession.resume} will be called later. */
  accepts(splices: readonly Splice[]): boolean;
  /** Where the others are, in the text as it is now. */
  cursors(cursors: readonly CursorView[]): void;
  /** The state or the heads changed. */
  changed(): void;
}

/**
 * One note in one tab: what is typed goes to the node, what others type comes in.
 *
 * 1. At most one `note.edit` is unanswered. Its id and splices never change until its answer.
 * 2. Keys are in the store before they are sent.
 * 3. What is sent is what was typed, in order, at the heads of the text it was typed into. No position
 *    is ever worked out anew.
 * 4. The others' text comes in only while nothing is unsent or unanswered, and only onto the heads it
 *    was made for.
 * 5. A tab that has nothing to send and was told of other heads, or was away, asks for the merge.
 * 6. After a cut, what was sent goes again first, under its id.
 * 7. What the node refuses goes back before what was typed since; nothing is sent again until the person
 *    types or asks for it. What the node cannot do now is asked again under its id.
 * 8. A text on the screen that is not in the node is left only when it is kept aside.
 */
export class NoteSession {
  #branch: Branch | null = null;
  #viewer: NoteViewer | null = null;
  /** A request is on its way: an edit, or one of those that only read. */
  #asking: "edit" | "read" | null = null;
  /** Heads that the node told of and the tab may not have. */
  #told: Heads | null = null;
  /** The tab was away, or left a merge out: it asks for one whatever it was told. */
  #unsure = false;
  #cursors: { heads: Heads; cursors: readonly CursorView[] } | null = null;
  #refusal: string | null = null;
  #fault: string | null = null;
  /** Runs while asking waits: after a fault, or for the end of a batch. */
  #pause: Timer | null = null;
  #sentAt = -Infinity;
  #closed = false;
  #ends: (() => void)[] = [];

  private constructor(
    readonly asker: Asker,
    readonly clock: Clock,
    readonly keep: NoteKeep,
    readonly onClosed: () => void,
  ) {}

  /** Goes on with what is kept of the note. `onClosed` is called when nothing is left to do. */
  static open(asker: Asker, clock: Clock, keep: NoteKeep, onClosed: () => void): NoteSession {
    const session = new NoteSession(asker, clock, keep, onClosed);
    session.#branch = keep.load();
    session.#unsure = true;
    session.#ends = [
      asker.onEvent((event) => session.#heard(event)),
      asker.onConnection((connected) => session.#connected(connected)),
    ];
    session.#next();
    return session;
  }

  get note(): NoteId {
    return this.keep.note;
  }

  /** The text as the person sees it, or `null` when it is not known yet. */
  get text(): string | null {
    return this.#branch?.text ?? null;
  }

  /** The heads of the text, or `null` while it has keys that the node has not answered. */
  get heads(): Heads | null {
    return this.#branch && isClean(this.#branch) ? this.#branch.heads : null;
  }

  get state(): NoteState {
    if (this.#refusal !== null) return { type: "refused", why: this.#refusal };
    if (!this.#branch) return { type: "opening" };
    if (isClean(this.#branch)) return { type: "saved" };
    if (this.asker.connected && this.#fault === null) return { type: "saving" };
    if (this.keep.problem !== null) return { type: "unkept", why: this.keep.problem };
    return { type: "kept", why: this.#fault };
  }

  /** Shows the note from now on. */
  attach(viewer: NoteViewer): void {
    this.#viewer = viewer;
    this.#unsure = true;
    if (this.#branch) viewer.opened(this.#branch.text);
    this.#changed();
  }

  /** Shows it no more. It goes on until what was typed is with the node, or kept aside. */
  detach(): void {
    this.#viewer = null;
    this.#changed();
  }

  /** Takes what the person did to the text. @throws {RangeError} if it does not fit the text. */
  type(splices: readonly Splice[]): void {
    if (!this.#branch || this.#closed) throw new TypeError("Cannot type: the note is not open");
    const { branch, shown } = typed(this.#branch, splices);
    this.#branch = branch;
    this.#refusal = null; // (7)
    this.keep.save(branch); // (2)
    this.#changed();
    if (shown.length > 0) this.#viewer?.spliced(shown);
  }

  /** Takes in what {@linkcode NoteViewer.accepts} left out. */
  resume(): void {
    this.#changed();
  }

  /** Asks the node once more for what it refused. */
  again(): void {
    this.#refusal = null;
    this.#unsure = true;
    this.#changed();
  }

  /** Leaves what the node refused, keeping it aside, and shows the common text. */
  async leave(): Promise<void> {
    if (this.#refusal === null || this.#asking !== null) return;
    await this.#ask("read", this.asker.ask({ type: "note.open", note: this.note }), (answer) => {
      const branch = this.#branch;
      if (branch && !this.#aside(branch)) return;
      this.#refusal = null;
      this.#restart(answer);
    });
  }

  /** Stops, leaving what is kept for the next time. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pause?.cancel();
    for (const end of this.#ends) end();
    this.onClosed();
  }

  /** The one place that decides what to ask of the node. */
  #next(): void {
    if (this.#closed || !this.asker.connected || this.#asking === "edit") return;
    if (this.#pause !== null || this.#refusal !== null) return;
    const branch = this.#branch;
    if (branch?.sent) return this.#edit(branch.heads, branch.sent); // (1) (6)
    if (branch && branch.unsent.length > 0) return this.#send(branch);
    if (this.#asking === "read" || !this.#viewer) return;
    if (!branch) return this.#open();
    const told = this.#told !== null && !sameHeads(this.#told, branch.heads);
    if (told || this.#unsure) this.#merge(branch); // (5)
  }

  #send(branch: Branch): void {
    const wait = this.#sentAt + BATCH_MS - this.clock.now();
    if (wait > 0) return this.#wait(wait);
    this.#branch = sending(branch, this.asker.newId());
    this.keep.save(this.#branch); // (2)
    this.#next();
  }

  #edit(heads: Heads, { id, splices }: Sent): void {
    this.#sentAt = this.clock.now();
    const command = { type: "note.edit", note: this.note, heads, splices } as const; // (3)
    void this.#ask("edit", this.asker.askAs(id, command), (answer) => {
      if (!this.#branch) return;
      this.keep.moved(splices);
      this.#branch = answered(this.#branch, answer.heads);
      this.#take(answer.merged);
    });
  }

  #open(): void {
    void this.#ask("read", this.asker.ask({ type: "note.open", note: this.note }), (answer) => {
      if (!this.#branch) this.#restart(answer);
    });
  }

  #merge(branch: Branch): void {
    this.#told = null;
    this.#unsure = false;
    const { heads } = branch;
    const ask = this.asker.ask({ type: "note.merge", note: this.note, heads });
    void this.#ask("read", ask, ({ merged, cursors }) => {
      this.#cursors = { heads: merged.heads, cursors };
      if (this.#branch && sameHeads(this.#branch.heads, heads)) this.#take(merged);
    });
  }
