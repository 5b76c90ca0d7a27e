import { RefusedError } from "../api.ts";
import type { Heads, NoteMerge, NoteText, Splice } from "../view.ts";
import { DisconnectedError } from "./asker.ts";
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
import { NoteLine } from "./note_line.ts";
import { NoteNews } from "./note_news.ts";
import { NotePace } from "./note_pace.ts";
import { difference } from "./note_splices.ts";
import { type NoteState, stateOf } from "./note_state.ts";
import type { NoteTools, NoteViewer } from "./note_viewer.ts";

/**
 * One note in one tab: what is typed goes to the node, what others type comes in.
 *
 * 1. At most one `note.edit` is unanswered. Its id and splices never change until its answer.
 * 2. Keys are kept in the browser, while it has room, before they are sent.
 * 3. What is sent is what was typed, in order, at the heads of the text it was typed into. No position
 *    is ever worked out anew.
 * 4. The others' text comes in only while nothing is unsent or unanswered, and only onto the heads it
 *    was made for.
 * 5. A tab that has nothing to send and was told of other heads, or was away, asks for the merge.
 * 6. After a cut, what was sent goes again first, under its id.
 * 7. What the node refuses goes back before what was typed since, and is sent again, under a new id, when
 *    the person types or asks for it. What the node cannot do now is asked again under its id.
 * 8. A text that is not in the node leaves the screen only when it is kept aside.
 */
export class NoteSession {
  #branch: Branch | null = null;
  #viewer: NoteViewer | null = null;
  readonly #line: NoteLine;
  #news = new NoteNews();
  #refusal: string | null = null;
  #fault: string | null = null;
  #closed = false;
  #ends: (() => void)[] = [];
  readonly #pace: NotePace;

  private constructor(readonly tools: NoteTools) {
    this.#line = new NoteLine(tools.asker, tools.keep.place);
    this.#pace = new NotePace(tools.clock, () => this.#changed());
  }

  /** Goes on with what is kept of the note; shows nothing before {@linkcode attach}. */
  static open(tools: NoteTools): NoteSession {
    const session = new NoteSession(tools);
    session.#branch = tools.keep.load();
    session.#ends = [
      tools.asker.onEvent((event) => {
        if (session.#news.heard(event, tools.keep.place)) session.#changed();
      }),
      tools.asker.onConnection((connected) => {
        // Where the others are now, nobody says.
        if (!connected) session.#viewer?.cursors([]);
        session.again();
      }),
    ];
    session.#next();
    return session;
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
    const { asker: { connected }, keep: { problem } } = this.tools;
    const parts = { branch: this.#branch, refusal: this.#refusal, fault: this.#fault };
    return stateOf({ ...parts, connected, problem });
  }

  /** Shows the note from now on. */
  attach(viewer: NoteViewer): void {
    this.#viewer = viewer;
    this.#news = new NoteNews();
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
    this.tools.keep.save(branch); // (2)
    this.#changed();
    if (shown.length > 0) this.#viewer?.spliced(shown);
  }

  /** The page may go: sends what waits for the end of a batch, forgets what nobody waits for. */
  flush(): void {
    if (this.heads) this.tools.keep.clear();
    else if (!this.#pace.resting) this.#pace.hurry();
  }

  /** Takes in what {@linkcode NoteViewer.accepts} left out. */
  resume(): void {
    this.#news.release();
    this.#changed();
  }

  /** Asks the node once more, whatever it said before. */
  again(): void {
    this.#refusal = null;
    this.#fault = null;
    this.#news.unsure = true;
    this.#pace.hurry();
  }

  /** Leaves what the node refused, keeping it aside, and shows the common text. */
  leave(): void {
    if (this.#refusal !== null && this.tools.asker.connected && !this.#line.reading) this.#open();
  }

  /** Stops, leaving what is kept for the next time. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pace.stop();
    for (const end of this.#ends) end();
    this.tools.onClosed();
  }

  /** The one place that decides what to ask of the node. */
  #next(): void {
    if (this.#closed || !this.tools.asker.connected) return;
    if (this.#line.editing || this.#pace.resting || this.#refusal !== null) return; // (1) (7)
    const branch = this.#branch;
    if (branch?.sent) return this.#edit(branch.heads, branch.sent); // (6)
    if (branch && branch.unsent.length > 0) return this.#send(branch);
    if (this.#line.reading || !this.#viewer) return;
    if (!branch) this.#open();
    else if (this.#news.isBehind(branch.heads)) this.#merge(branch.heads); // (5)
  }

  #send(branch: Branch): void {
    if (!this.#pace.mayGo()) return;
    const sent = sending(branch, this.tools.asker.newId());
    this.#branch = sent;
    this.tools.keep.save(sent); // (2)
    this.#edit(sent.heads, sent.sent);
  }

  #edit(heads: Heads, sent: Sent): void {
    this.#pace.sent();
    this.#line.edit(heads, sent, { // (3)
      done: ({ heads, merged }) =>
        this.#answered(() => {
          this.#branch &&= answered(this.#branch, heads);
          this.tools.keep.moved(sent.splices);
          this.#take(merged);
        }),
      failed: (error) => {
        const refused = error instanceof RefusedError;
        if (refused && this.#branch) this.#branch = takenBack(this.#branch); // (7)
        this.#failed(error);
      },
    });
  }

  #merge(heads: Heads): void {
    this.#news.asked();
    this.#line.merge(heads, {
      done: ({ merged, cursors }) =>
        this.#answered(() => {
          this.#news.putCursors(merged.heads, cursors);
          if (this.#branch && sameHeads(this.#branch.heads, heads)) this.#take(merged); // (4)
        }),
      failed: (error) => {
        if (!(error instanceof RefusedError)) return this.#failed(error);
        // The node does not know these heads any more: its data was lost, or is an older copy. What is
        // typed meanwhile is refused in its turn.
        this.#news.unsure = true;
        if (this.heads && !this.#closed) this.#open();
        else this.#changed();
      },
    });
  }

  #open(): void {
    this.#line.open({
      done: (common) =>
        this.#answered(() => {
          if (this.#branch && !this.heads && this.#refusal === null) return;
          this.#restart(common);
          this.#news.putCursors(common.heads, common.cursors);
        }),
      failed: (error) => this.#failed(error),
    });
  }

  /** Takes the others' text in, or leaves it for later. */
  #take(merge: NoteMerge): void {
    if (!this.#branch || this.heads === null) return; // (4)
    const { splices } = merge;
    this.#news.held = splices.length > 0 && this.#viewer?.accepts(splices) === false;
    if (this.#news.held) return;
    this.#branch = merged(this.#branch, merge);
    this.tools.keep.moved(splices);
    if (splices.length > 0) this.#viewer?.spliced(splices);
  }

  /** Begins anew at the common text. */
  #restart({ heads, text }: NoteText): void {
    const old = this.text;
    if (old !== null && old !== text && old !== "" && !this.#setAside(old)) { // (8)
      this.#refusal ??= "This note is not what it was, and there is no room to keep both texts";
      return;
    }
    this.tools.keep.clear();
    this.#refusal = null;
    this.#branch = branchAt(heads, text);
    if (old === null) this.#viewer?.opened(text);
    else this.#viewer?.spliced(difference(old, text));
  }

  #setAside(text: string): boolean {
    const { keep, clock, asker } = this.tools;
    const kept = setAside(keep.storage, keep.place.note, text, clock.now(), asker.newId());
    if (kept) this.#viewer?.keptAside();
    return kept;
  }

  #answered(take: () => void): void {
    if (this.#closed) return;
    this.#fault = null;
    try {
      take();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#refusal = error.message;
    }
    if (this.#branch) this.tools.keep.save(this.#branch);
    this.#changed();
  }

  #failed(error: unknown): void {
    if (this.#closed) return;
    this.#news.unsure = true;
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof RefusedError) {
      this.#refusal = text;
      if (this.#branch) this.tools.keep.save(this.#branch);
    } else {
      if (!(error instanceof DisconnectedError)) this.#fault = text;
      if (this.tools.asker.connected) this.#pace.rest();
    }
    this.#changed();
  }

  /** After anything that happened: asks on, tells the viewer, ends when nothing is left to do. */
  #changed(): void {
    if (this.#closed) return;
    this.#next();
    if (!this.#viewer) return this.#end();
    const cursors = this.heads && this.#news.takeCursors(this.heads);
    if (cursors) this.#viewer.cursors(cursors);
    this.#viewer.changed();
  }

  #end(): void {
    const done = this.#branch === null || this.heads !== null;
    if (!done && this.#refusal === null) return;
    if (done || this.#setAside(this.#branch?.text ?? "")) this.tools.keep.clear(); // (8)
    this.close();
  }
}
