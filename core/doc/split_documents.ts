import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import type { DocKey } from "./doc_key.ts";
import type {
  Applied,
  ApplyAnswer,
  Compacted,
  Documents,
  Loaded,
  Made,
  NewEntry,
  NoteEdited,
  Refused,
  SavedChanges,
} from "./documents.ts";

/** Where documents are served, each in an engine of its own. */
export interface Split {
  /** All that are quick: chat waits for none of the others. */
  readonly quick: Documents;
  /** Notes with a long history, of which a keystroke may take a tenth of a second. */
  readonly long: Documents;
  /** Calls that bring their document with them, which may take seconds. */
  readonly apart: Documents;
  /** Whether a document is one with a long history; asked when it is used first. */
  isLong(key: DocKey): boolean;
}

/**
 * Documents in several engines, so that what takes long holds up nothing else. A document stays where it was used
 * first: calls about it are done in the order they were made.
 */
export class SplitDocuments implements Documents {
  readonly #split: Split;
  readonly #places = new Map<DocKey, Documents>();

  constructor(split: Split) {
    this.#split = split;
  }

  put(key: DocKey, entries: readonly NewEntry[], at: number, idText?: string): Promise<Made> {
    return this.#of(key).put(key, entries, at, idText);
  }

  apply(key: DocKey, changes: readonly Uint8Array[]): Promise<ApplyAnswer> {
    return this.#of(key).apply(key, changes);
  }

  entries(key: DocKey, changes: readonly Uint8Array[]): Promise<readonly (Applied | Refused)[]> {
    return this.#split.apart.entries(key, changes);
  }

  read(
    key: DocKey,
    bytes: Uint8Array,
    options: { readonly maxChanges: number; readonly withChanges: boolean },
  ): Promise<SavedChanges> {
    return this.#split.apart.read(key, bytes, options);
  }

  compact(key: DocKey, from: Omit<Loaded, "actor">): Promise<Compacted> {
    return this.#split.apart.compact(key, from);
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
    const { quick, long, apart } = this.#split;
    await Promise.all([quick.close(), long.close(), apart.close()]);
  }

  #of(key: DocKey): Documents {
    const known = this.#places.get(key);
    if (known) return known;
    const { quick, long } = this.#split;
    const place = this.#split.isLong(key) ? long : quick;
    this.#places.set(key, place);
    return place;
  }
}
