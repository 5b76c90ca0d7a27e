import { type ActorId, type NoteId, parseActorId, parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { RefusedError } from "../../core/view/api.ts";
import type { Command } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import type { Heads } from "../../core/view/view.ts";

await startAutomerge();

/** The space that the note is in. */
export const NOTE_SPACE = parseSpaceId("5a".repeat(16));

/**
 * A node that knows of one note only, on the real document engine. A write is done once per id, also after
 * a restart.
 */
export class FakeNoteNode {
  readonly #engine = new DocumentEngine();
  readonly #key: DocKey;
  /** All changes of the note, as its store would have them. */
  readonly #changes: Uint8Array[] = [];
  readonly #known = new Set<string>();
  readonly #answers = new Map<string, unknown>();
  readonly #listeners = new Set<(event: Event) => void>();

  constructor(readonly note: NoteId, index: number) {
    const actor: ActorId = parseActorId((index + 1).toString(16).padStart(32, "0"));
    this.#key = docKey(NOTE_SPACE, noteDoc(note));
    this.#engine.open(this.#key, actor, []);
  }

  get text(): string {
    return this.#engine.noteText(this.#key).text;
  }

  get heads(): Heads {
    return this.#engine.heads(this.#key);
  }

  listen(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Does a command. @throws {RefusedError} for heads it does not know and splices out of the text. */
  execute(id: string, command: Command): unknown {
    try {
      switch (command.type) {
        case "note.open":
          return { ...this.#engine.noteText(this.#key), cursors: [] };
        case "note.merge":
          return { merged: this.#engine.noteMerge(this.#key, command.heads), cursors: [] };
        case "note.edit": {
          const before = this.#answers.get(id);
          if (before) return before;
          const { heads, splices } = command;
          const edited = this.#engine.noteEdit(this.#key, heads, splices, 0, id);
          const answer = { heads: edited.heads, merged: edited.merged };
          this.#answers.set(id, answer);
          this.#keep(edited.made);
          this.#tell();
          return answer;
        }
        default:
          throw new RefusedError(`This node knows nothing of "${command.type}"`);
      }
    } catch (error) {
      if (error instanceof RangeError) throw new RefusedError(error.message);
      throw error;
    }
  }

  /** Cursors for positions in the text at some heads, see `resolve`. */
  anchor(heads: Heads, positions: readonly number[]): string[] {
    return this.#engine.anchor(this.#key, heads, positions);
  }

  /** Where cursors are in the text now. */
  resolve(cursors: readonly string[]): { heads: Heads; positions: (number | null)[] } {
    return this.#engine.resolve(this.#key, cursors);
  }

  /** Takes what another node has and this one lacks. */
  pull(other: FakeNoteNode): void {
    const missing = other.#changes.filter((change) => !this.#known.has(change.toHex()));
    if (missing.length === 0) return;
    const { results } = this.#engine.apply(this.#key, missing);
    for (const result of results) if (result.type === "refused") throw new Error(result.text);
    this.#keep(missing);
    this.#tell();
  }

  /** Tells every tab something. */
  say(event: Event): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #keep(changes: readonly Uint8Array[]): void {
    for (const change of changes) {
      this.#known.add(change.toHex());
      this.#changes.push(change);
    }
  }

  #tell(): void {
    this.say({ type: "note.text", space: NOTE_SPACE, note: this.note, heads: this.heads });
  }
}
