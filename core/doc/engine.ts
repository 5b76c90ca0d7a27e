import type { ActorId, ChangeHash } from "../base/ids.ts";
import { MAX_DEPS, MAX_SPLICE_UNITS } from "../base/limits.ts";
import { Lru } from "../trust/lru.ts";
import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import { FarAheadError } from "./ancestry.ts";
import type { Handle } from "./automerge.ts";
import { docKind } from "./doc_id.ts";
import { type DocKey, readDocKey } from "./doc_key.ts";
import type {
  Applied,
  ApplyAnswer,
  Made,
  NewEntry,
  NoteEdited,
  Refused,
  SetAside,
} from "./documents.ts";
import { entriesOf } from "./gate.ts";
import { GENESIS_ACTOR } from "./genesis.ts";
import * as note from "./note_handle.ts";
import { applySplices, groupSplices, plainSplices } from "./note_splices.ts";
import { OpenDocument, type OpenFrom, TooLongError } from "./open_document.ts";
import { type Reload, reload } from "./reload.ts";

/** A change of an edit is cut down to this many UTF-16 units before the edit is given up. */
const MIN_CUT_UNITS = 512;
const MAX_ID_TEXT_UNITS = 64;
/** Texts that are remembered: of each tab that follows a note the one before and the one after what is new. */
const MAX_TEXTS = 8;

/**
 * Automerge's documents, synchronous and without any effect outside. It runs in the worker, and directly
 * in simulations. Needs `startAutomerge`.
 *
 * A call that throws has changed nothing, see {@linkcode OpenDocument}. Only when Automerge itself dies (see
 * `isDeath`) is every document lost.
 */
export class DocumentEngine {
  readonly #documents = new Map<DocKey, OpenDocument>();
  readonly #reload: Reload;
  /** Texts read or made last, by note and heads. They are true for ever: heads stand for what they rest on. */
  readonly #texts = new Lru<string, string>(MAX_TEXTS);

  constructor(reloadDocument: Reload = reload) {
    this.#reload = reloadDocument;
  }

  /**
   * Opens a document in which `actor` writes, in place of one that is open.
   *
   * @param changes The store's, in any order; the gate sees them when the document is first written to.
   * @param others A base, and whether a change is at fault, and to be found and left out.
   * @throws {SpoiledError} if one is that was not doubted.
   */
  open(
    key: DocKey,
    actor: ActorId,
    changes: readonly Uint8Array[],
    { base = null, isDoubted = false }: Partial<Pick<OpenFrom, "base" | "isDoubted">> = {},
  ): void {
    this.drop(key);
    const from = { actor, isNote: isNote(key), base, changes, isDoubted };
    this.#documents.set(key, new OpenDocument(from, this.#reload));
  }

  /** Gives the changes of the store that a document is without since this was last asked, and why. */
  takeSetAside(key: DocKey): SetAside[] {
    return this.#documents.get(key)?.takeSetAside() ?? [];
  }

  /** See {@linkcode Documents.put}. */
  put(key: DocKey, entries: readonly NewEntry[], at: number, idText?: string): Made {
    checkIdText(idText);
    const document = this.#get(key);
    return document.write((copy) => {
      const { length } = copy.getHeads();
      if (length > MAX_DEPS) copy.isolate(note.newestHeads(copy));
      for (const { key, value } of entries) copy.put("_root", key, value, "str");
      const hash = copy.commit(idText, at) as ChangeHash | null;
      if (length > MAX_DEPS) copy.integrate();
      const change = hash && copy.getChangeByHash(hash);
      if (!hash || !change) throw new RangeError("Cannot write: no entries");
      const made = document.made(change);
      return { change, hash, entries: entriesOf(made), heads: copy.getHeads().sort() };
    });
  }

  /** See {@linkcode Documents.apply}. */
  apply(key: DocKey, changes: readonly Uint8Array[]): ApplyAnswer {
    return { results: this.#get(key).apply(changes), heads: this.heads(key) };
  }

  /** See {@linkcode Documents.entries}. */
  entries(key: DocKey, changes: readonly Uint8Array[]): (Applied | Refused)[] {
    const document = new OpenDocument({
      ...{ actor: GENESIS_ACTOR, isNote: isNote(key), base: null, changes: [], isDoubted: false },
    }, this.#reload);
    const results = document.apply(changes, true);
    document.free();
    return results;
  }

  /** See {@linkcode Documents.noteText}. */
  noteText(key: DocKey): NoteText {
    const { handle } = this.#getNote(key);
    const heads = note.newestHeads(handle);
    return { heads, text: this.#textAt(key, handle, heads) };
  }

  /** See {@linkcode Documents.noteEdit}. */
  noteEdit(
    key: DocKey,
    heads: Heads,
    splices: readonly Splice[],
    at: number,
    idText: string,
  ): NoteEdited {
    checkIdText(idText);
    const document = this.#getNote(key);
    note.requireHeads(document.handle, heads);
    const text = this.#textAt(key, document.handle, heads);
    const after = applySplices(text, splices);
    for (let units = MAX_SPLICE_UNITS; units >= MIN_CUT_UNITS; units /= 2) {
      const groups = groupSplices(text, splices, units);
      const edited = this.#tryEdit(document, heads, groups, at, idText);
      if (!edited) continue;
      this.#texts.set(nameOf(key, edited.heads), after);
      return edited;
    }
    throw new TooLongError("Cannot edit the note: too long for one edit; make several");
  }

  /** `undefined` when a change would be too long, and nothing was done. */
  #tryEdit(
    document: OpenDocument,
    heads: Heads,
    groups: readonly (readonly Splice[])[],
    at: number,
    idText: string,
  ): NoteEdited | undefined {
    const edit = (isApart: boolean) =>
      document.write((copy) => {
        const branch = isApart
          ? note.writeApart(copy, document.actorAt(heads), heads, groups, at, idText)
          : note.writeSplices(copy, heads, groups, at, idText);
        for (const change of branch.made) document.made(change);
        return { ...branch, merged: note.mergeFrom(copy, branch.heads) };
      });
    try {
      try {
        return edit(false);
      } catch (error) {
        if (error instanceof FarAheadError) return edit(true);
        throw error;
      }
    } catch (error) {
      if (error instanceof TooLongError) return undefined;
      throw error;
    }
  }

  /** See {@linkcode Documents.noteMerge}. */
  noteMerge(key: DocKey, heads: Heads): NoteMerge {
    const { handle } = this.#getNote(key);
    note.requireHeads(handle, heads);
    const before = this.#texts.peek(nameOf(key, heads));
    // It is remembered, for the next time. Automerge tells ten times sooner what all of a text is than what is new.
    const now = this.noteText(key);
    if (before === undefined) return note.mergeFrom(handle, heads);
    const splices = plainSplices(before, now.text);
    // What was written in one place, and nothing but that, is seen as well without Automerge.
    const isPlain = splices.every(({ remove, insert }) => remove === 0 || insert === "");
    return isPlain ? { heads: now.heads, splices } : note.mergeFrom(handle, heads);
  }

  /** See {@linkcode Documents.anchor}. */
  anchor(key: DocKey, heads: Heads, positions: readonly number[]): string[] {
    const { handle } = this.#getNote(key);
    note.requireHeads(handle, heads);
    return note.anchorPositions(handle, heads, positions);
  }

  /** See {@linkcode Documents.resolve}. */
  resolve(
    key: DocKey,
    cursors: readonly string[],
  ): { heads: Heads; positions: (number | null)[] } {
    const { handle, actor } = this.#getNote(key);
    const positions = note.resolveCursors(() => handle.clone(actor), cursors);
    return { heads: handle.getHeads().sort(), positions };
  }

  /** See {@linkcode Documents.heads}. */
  heads(key: DocKey): Heads {
    return this.#get(key).handle.getHeads().sort();
  }

  /** Forgets a document; one that is not open is none. */
  drop(key: DocKey): void {
    this.#documents.get(key)?.free();
    this.#documents.delete(key);
  }

  /** Forgets a document that a panic may have damaged, without touching it. */
  forget(key: DocKey): void {
    this.#documents.delete(key);
  }

  #textAt(key: DocKey, handle: Handle, heads: Heads): string {
    return this.#texts.get(nameOf(key, heads), () => note.textAt(handle, heads));
  }

  #get(key: DocKey): OpenDocument {
    const document = this.#documents.get(key);
    if (!document) throw new Error(`Cannot use document "${key}": open it first`);
    return document;
  }

  #getNote(key: DocKey): OpenDocument {
    const document = this.#get(key);
    if (!document.isNote) throw new RangeError(`Cannot use document "${key}": not a note`);
    return document;
  }
}

function nameOf(key: DocKey, heads: Heads): string {
  return [key, ...[...heads].sort()].join();
}

function isNote(key: DocKey): boolean {
  return docKind(readDocKey(key).doc).type === "note";
}

function checkIdText(idText: string | undefined): void {
  if (idText !== undefined && idText.length > MAX_ID_TEXT_UNITS) {
    throw new RangeError(`Cannot write: an id of ${idText.length}, at most ${MAX_ID_TEXT_UNITS}`);
  }
}
