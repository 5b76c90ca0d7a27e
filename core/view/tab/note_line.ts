import type { Answer } from "../command.ts";
import type { Heads } from "../view.ts";
import type { Asker } from "./asker.ts";
import type { Sent } from "./note_branch.ts";
import type { NotePlace } from "./note_keep.ts";

/** Takes an answer, or why there is none, see {@linkcode Asker}. */
interface Taker<A> {
  done(answer: A): void;
  failed(error: unknown): void;
}

/**
 * What a tab asks of the node about one note, and what it waits for. It stops waiting in the same turn in
 * which the answer is taken: in between, nothing can be asked twice.
 */
export class NoteLine {
  #editing = false;
  #reading = false;

  constructor(readonly asker: Asker, readonly place: NotePlace) {}

  /** A `note.edit` is on its way. */
  get editing(): boolean {
    return this.#editing;
  }

  /** A `note.open` or `note.merge` is on its way. */
  get reading(): boolean {
    return this.#reading;
  }

  edit(heads: Heads, { id, splices }: Sent, taker: Taker<Answer<"note.edit">>): void {
    this.#editing = true;
    const over = () => this.#editing = false;
    const { asker, place } = this;
    take(asker.askAs(id, { type: "note.edit", ...place, heads, splices }), over, taker);
  }

  merge(heads: Heads, taker: Taker<Answer<"note.merge">>): void {
    this.#reading = true;
    const over = () => this.#reading = false;
    take(this.asker.ask({ type: "note.merge", ...this.place, heads }), over, taker);
  }

  open(taker: Taker<Answer<"note.open">>): void {
    this.#reading = true;
    const over = () => this.#reading = false;
    take(this.asker.ask({ type: "note.open", ...this.place }), over, taker);
  }
}

function take<A>(asked: Promise<A>, over: () => void, taker: Taker<A>): void {
  asked.then((answer) => {
    over();
    taker.done(answer);
  }, (error: unknown) => {
    over();
    taker.failed(error);
  });
}
