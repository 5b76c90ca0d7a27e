import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import { docKind } from "./doc_id.ts";
import { type DocKey, readDocKey } from "./doc_key.ts";
import type { ApplyAnswer, Documents, Made, NewEntry, NoteEdited } from "./documents.ts";

/**
 * Notes apart from all other documents. A long note may take seconds to open or to change, and so may one
 * that a stranger filled with rubbish: chat does not wait for it.
 */
export class SplitDocuments implements Documents {
  readonly #notes: Documents;
  readonly #others: Documents;

  constructor({ notes, others }: { notes: Documents; others: Documents }) {
    this.#notes = notes;
    this.#others = others;
  }

  put(key: DocKey, entries: readonly NewEntry[], at: number, idText?: string): Promise<Made> {
    return this.#of(key).put(key, entries, at, idText);
  }

  apply(key: DocKey, changes: readonly Uint8Array[]): Promise<ApplyAnswer> {
    return this.#of(key).apply(key, changes);
  }

  noteText(key: DocKey): Promise<NoteText> {
    return this.#of(key).noteText(key);
  }

  noteEdit(
    key: DocKey,
    heads: Heads,
    splices: readonly Splice[],
    at: number,
    idText: string,
  ): Promise<NoteEdited> {
    return this.#of(key).noteEdit(key, heads, splices, at, idText);
  }

  noteMerge(key: DocKey, heads: Heads): Promise<NoteMerge> {
    return this.#of(key).noteMerge(key, heads);
  }

  anchor(key: DocKey, heads: Heads, positions: readonly number[]): Promise<string[]> {
    return this.#of(key).anchor(key, heads, positions);
  }

  resolve(
    key: DocKey,
    cursors: readonly string[],
  ): Promise<{ heads: Heads; positions: (number | null)[] }> {
    return this.#of(key).resolve(key, cursors);
  }

  heads(key: DocKey): Promise<Heads> {
    return this.#of(key).heads(key);
  }

  drop(key: DocKey): void {
    this.#of(key).drop(key);
  }

  async close(): Promise<void> {
    await Promise.all([this.#notes.close(), this.#others.close()]);
  }

  #of(key: DocKey): Documents {
    return docKind(readDocKey(key).doc).type === "note" ? this.#notes : this.#others;
  }
}
