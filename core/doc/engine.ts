import type { ActorId, ChangeHash } from "../base/ids.ts";
import { MAX_SPLICE_UNITS } from "../base/limits.ts";
import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import { applyChanges, checkMade, knows, TooLongError } from "./apply_changes.ts";
import { type Handle, isDeath, isPanic, newHandle } from "./automerge.ts";
import { readEntries } from "./change_entries.ts";
import { docKind } from "./doc_id.ts";
import { type DocKey, readDocKey } from "./doc_key.ts";
import type { Applied, ApplyAnswer, Made, NewEntry, NoteEdited, Refused } from "./documents.ts";
import { GENESIS, TEXT_OBJECT } from "./genesis.ts";
import * as note from "./note_handle.ts";
import { applySplices, groupSplices } from "./note_splices.ts";

/** A change of an edit is cut down to this many UTF-16 units before the edit is given up. */
const MIN_CUT_UNITS = 512;
const MAX_ID_TEXT_UNITS = 64;

interface Document {
  handle: Handle;
  readonly actor: ActorId;
  readonly isNote: boolean;
}

/**
 * Automerge's documents, synchronous and without any effect outside. It runs in the worker, and directly
 * in simulations. Needs `startAutomerge`.
 *
 * Every call that writes works on a copy, which takes the document's place when all went well (a copy costs
 * 0.1 ms at 1,000 messages). So a call that throws has changed nothing, a panic of Automerge included: the
 * copy it damaged is gone. Only when Automerge itself dies (see `isDeath`) is every document lost.
 */
export class DocumentEngine {
  readonly #documents = new Map<DocKey, Document>();

  /**
   * Opens a document in which `actor` writes, in place of one that is open. Gives why changes could not be
   * taken up; of what a store kept that is none.
   */
  open(key: DocKey, actor: ActorId, changes: readonly Uint8Array[]): { refused: Refused[] } {
    this.drop(key);
    const isNote = docKind(readDocKey(key).doc).type === "note";
    const document = { handle: emptyHandle(actor, isNote), actor, isNote };
    this.#documents.set(key, document);
    if (this.#openAtOnce(document, changes)) return { refused: [] };
    const { results } = this.apply(key, changes);
    return { refused: results.filter((result) => result.type === "refused") };
  }

  /** Changes out of the store were looked at when they came: the quick way, if it goes well. */
  #openAtOnce(document: Document, changes: readonly Uint8Array[]): boolean {
    try {
      this.#write(document, (copy) => {
        copy.applyChanges([...changes]);
        if (copy.getMissingDeps([]).length > 0) throw new RangeError("Some rest on missing ones");
      });
      return true;
    } catch (error) {
      if (isDeath(error)) throw error;
      return false;
    }
  }

  /** See {@linkcode Documents.put}. */
  put(key: DocKey, entries: readonly NewEntry[], at: number, idText?: string): Made {
    checkIdText(idText);
    return this.#write(this.#get(key), (copy) => {
      for (const { key, value } of entries) copy.put("_root", key, value, "str");
      const hash = copy.commit(idText, at) as ChangeHash | null;
      const change = hash && copy.getChangeByHash(hash);
      if (!hash || !change) throw new RangeError("Cannot write: no entries");
      checkMade(change);
      return { change, hash, entries: readEntries(change), heads: copy.getHeads().sort() };
    });
  }

  /** See {@linkcode Documents.apply}. */
  apply(key: DocKey, changes: readonly Uint8Array[]): ApplyAnswer {
    const document = this.#get(key);
    const target = {
      knows: (hashes: readonly string[]) => knows(document.handle, hashes),
      write: (work: (copy: Handle) => void) => this.#write(document, work),
      hasEntries: !document.isNote,
    };
    return { results: applyChanges(target, changes), heads: this.heads(key) };
  }

  /** See {@linkcode Documents.entries}. */
  entries(key: DocKey, changes: readonly Uint8Array[]): (Applied | Refused)[] {
    const { doc } = readDocKey(key);
    const isNote = docKind(doc).type === "note";
    return changes.map((change) => ({
      type: "applied",
      entries: isNote ? [] : readEntries(change),
    }));
  }

  /** See {@linkcode Documents.noteText}. */
  noteText(key: DocKey): NoteText {
    const { handle } = this.#getNote(key);
    return { heads: handle.getHeads().sort(), text: handle.text(TEXT_OBJECT) };
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
    const text = note.textAt(document.handle, heads);
    applySplices(text, splices);
    for (let units = MAX_SPLICE_UNITS; units >= MIN_CUT_UNITS; units /= 2) {
      const groups = groupSplices(text, splices, units);
      const edited = this.#tryEdit(document, heads, groups, at, idText);
      if (edited) return edited;
    }
    throw new TooLongError("Cannot edit the note: too long for one edit; make several");
  }

  /** `undefined` when a change would be too long, and nothing was done. */
  #tryEdit(
    document: Document,
    heads: Heads,
    groups: readonly (readonly Splice[])[],
    at: number,
    idText: string,
  ): NoteEdited | undefined {
    try {
      return this.#write(document, (copy) => {
        const branch = note.writeSplices(copy, heads, groups, at, idText);
        for (const change of branch.made) checkMade(change);
        return { ...branch, merged: note.mergeFrom(copy, branch.heads) };
      });
    } catch (error) {
      if (error instanceof TooLongError) return undefined;
      throw error;
    }
  }

  /** See {@linkcode Documents.noteMerge}. */
  noteMerge(key: DocKey, heads: Heads): NoteMerge {
    const { handle } = this.#getNote(key);
    note.requireHeads(handle, heads);
    return note.mergeFrom(handle, heads);
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
    this.#documents.get(key)?.handle.free();
    this.#documents.delete(key);
  }

  /** Forgets a document that a panic may have damaged, without touching it. */
  forget(key: DocKey): void {
    this.#documents.delete(key);
  }

  #get(key: DocKey): Document {
    const document = this.#documents.get(key);
    if (!document) throw new Error(`Cannot use document "${key}": open it first`);
    return document;
  }

  #getNote(key: DocKey): Document {
    const document = this.#get(key);
    if (!document.isNote) throw new RangeError(`Cannot use document "${key}": not a note`);
    return document;
  }

  /** Runs `work` on a copy, which takes the document's place unless `work` throws. */
  #write<T>(document: Document, work: (copy: Handle) => T): T {
    const copy = document.handle.clone(document.actor);
    let result: T;
    try {
      result = work(copy);
    } catch (error) {
      // What a panic left behind is not touched again, not even to free it.
      if (!isPanic(error) && !isDeath(error)) copy.free();
      throw error;
    }
    document.handle.free();
    document.handle = copy;
    return result;
  }
}

function emptyHandle(actor: ActorId, isNote: boolean): Handle {
  const handle = newHandle(actor);
  if (isNote) handle.applyChanges([GENESIS]);
  return handle;
}

function checkIdText(idText: string | undefined): void {
  if (idText !== undefined && idText.length > MAX_ID_TEXT_UNITS) {
    throw new RangeError(`Cannot write: an id of ${idText.length}, at most ${MAX_ID_TEXT_UNITS}`);
  }
}
