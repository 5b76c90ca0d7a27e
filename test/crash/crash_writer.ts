import assert from "node:assert/strict";
import type { NoteId } from "../../core/base/ids.ts";
import { GoneError, isFault, Tab } from "../e2e/tab.ts";
import type { RunningNode } from "../e2e/running_node.ts";
import type { CrashNode } from "./crash_node.ts";
import type { CrashRecord, Room } from "./crash_record.ts";
import { within } from "./within.ts";

/** After so many lines a new note is begun: a long one takes ever longer to edit. */
const NOTE_LINES = 200;
/** Of what is written so much is in notes; the rest are messages, half of them in each space. */
const NOTE_SHARE = 0.3;

/** Something to write; given again it is sent again, under the same id. */
type Write = (tab: Tab) => Promise<void>;

/**
 * Writes at its node one thing after another, each when the one before it was acknowledged, whatever becomes
 * of the node meanwhile: what was not acknowledged is sent again to the next start of the node.
 */
export class CrashWriter {
  readonly #node: CrashNode;
  readonly #record: CrashRecord;
  readonly #unit: () => number;
  readonly #beginsNotes: boolean;
  /** Notes that its node knows. */
  readonly #known = new Set<NoteId>();
  #pending: Write | null = null;
  #count = 0;
  #ending = false;

  /** `unit` gives seeded numbers in [0, 1). One of the writers begins the notes. */
  constructor(
    node: CrashNode,
    record: CrashRecord,
    unit: () => number,
    options: { readonly beginsNotes: boolean },
  ) {
    this.#node = node;
    this.#record = record;
    this.#unit = unit;
    this.#beginsNotes = options.beginsNotes;
  }

  /** Ends when {@linkcode end} was called and the last thing is acknowledged. */
  async run(): Promise<void> {
    let life = this.#node.life;
    for (;;) {
      const node = await life.ready;
      try {
        if (node) return await this.#writeAt(node.ready.url);
      } catch (error) {
        if (isFault(error)) {
          this.#record.faults++;
          continue;
        }
        // A node that ends, or a tab that closes, without having been killed is a failure.
        if (!(error instanceof GoneError && life.killed)) throw await this.#failure(node, error);
        if (this.#pending) this.#record.resent++;
      }
      life = await life.next;
    }
  }

  /** What became of the node as well, if it ended. */
  async #failure(node: RunningNode | null, cause: unknown): Promise<Error> {
    const ended = await (node && within("the node is gone", node.ended(), 5_000).catch(() => null));
    const state = ended ? `ended with ${ended.code}: ${ended.err}` : "still runs";
    return new Error(`The node of ${this.#node.name} failed its writer and ${state}`, { cause });
  }

  end(): void {
    this.#ending = true;
  }

  async #writeAt(url: string): Promise<void> {
    using tab = await Tab.open(url);
    tab.onEvent = (event) => {
      if (event.type === "note") this.#known.add(event.note.id);
    };
    const { notes } = await tab.ask({ type: "snapshot", space: this.#record.crew.space });
    for (const { id } of notes) this.#known.add(id);
    while (this.#pending || !this.#ending) {
      this.#pending ??= await this.#next(tab);
      await this.#pending(tab);
      this.#pending = null;
    }
  }

  async #next(tab: Tab): Promise<Write> {
    const text = `${this.#node.name} ${++this.#count}`;
    const id = text.replace(" ", "-");
    const { lobby, crew, notes } = this.#record;
    if (this.#unit() >= NOTE_SHARE) {
      return this.#message(this.#unit() < 0.5 ? lobby : crew, text, id);
    }
    const newest = [...notes.values()].at(-1);
    if (this.#beginsNotes && (!newest || newest.length >= NOTE_LINES)) return this.#note(text, id);
    const note = [...notes.keys()].findLast((note) => this.#known.has(note));
    return note ? await this.#edit(tab, note, text, id) : this.#message(crew, text, id);
  }

  #message({ space, channel }: Room, text: string, id: string): Write {
    return async (tab) => {
      await tab.ask({ type: "message.send", space, channel, text }, id);
      this.#record.messages.get(space)?.push(text);
    };
  }

  #note(title: string, id: string): Write {
    const { crew: { space }, notes } = this.#record;
    return async (tab) => {
      const note = await tab.ask({ type: "note.create", space, title }, id);
      this.#known.add(note.id);
      notes.set(note.id, []);
    };
  }

  async #edit(tab: Tab, note: NoteId, line: string, id: string): Promise<Write> {
    const { crew: { space }, notes } = this.#record;
    const { heads, text } = await tab.ask({ type: "note.open", space, note });
    const splices = [{ at: text.length, remove: 0, insert: `${line}\n` }];
    return async (tab) => {
      await tab.ask({ type: "note.edit", space, note, heads, splices }, id);
      const lines = notes.get(note);
      assert(lines);
      lines.push(line);
    };
  }
}
