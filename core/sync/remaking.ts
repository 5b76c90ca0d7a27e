import type { ChangeHash, DocId } from "../base/ids.ts";
import { docKind } from "../doc/doc_id.ts";
import { docKey } from "../doc/doc_key.ts";
import { DocumentFault, type NewEntry, OF_OWN_BASE, type SavedChange } from "../doc/documents.ts";
import type { Entry } from "../doc/entry.ts";
import { project } from "../doc/projection.ts";
import type { StoredChange } from "../store/envelopes.ts";
import { NO_SIGNATURE } from "../trust/envelope.ts";
import type { Heads } from "../view/view.ts";
import type { CommitParts, Commits, Reset } from "./commits.ts";
import { lowestOfLogs } from "./void.ts";

/** Chooses what is to be taken out of a document, by what it holds in the order of admission. */
export type Choose = (held: readonly StoredChange[]) => ReadonlySet<ChangeHash>;

/** What the document worker says of the changes that a document holds. */
interface Reading {
  /** The number of the newest of them, and how many they are. */
  readonly upTo: number;
  readonly count: number;
  readonly entries: ReadonlyMap<ChangeHash, readonly Entry[]>;
  readonly noteText: string | undefined;
}

/**
 * Makes documents anew: without some of their changes, or just what they mean to people. To be called in the
 * document's turn.
 */
export class Remaking {
  readonly #parts: CommitParts;
  readonly #commits: Commits;
  readonly #underWay = new Map<DocId, Promise<void>>();

  constructor(parts: CommitParts, commits: Commits) {
    this.#parts = parts;
    this.#commits = commits;
  }

  /** Whether a document is being made anew, until when: who writes into it meanwhile would delay that. */
  underWay(doc: DocId): Promise<void> | undefined {
    return this.#underWay.get(doc);
  }

  /**
   * Takes out what is chosen, which must have all that rests on it. Gives what that was.
   *
   * @throws {StoreError} when the disk is at fault, or {DocumentFault}: nothing is taken out then.
   */
  takeOut(doc: DocId, choose: Choose, why: "void" | "cut"): Promise<readonly StoredChange[]> {
    return this.#alone(doc, () => this.#remake(doc, choose, why));
  }

  /**
   * Makes anew what a document means. Gives the fault if that could not be done: the document is as it was.
   *
   * @throws {StoreError} when the disk is at fault.
   */
  async rebuild(doc: DocId): Promise<DocumentFault | null> {
    try {
      await this.#alone(doc, () => this.#remake(doc, () => new Set(), "rebuilt"));
      return null;
    } catch (error) {
      if (error instanceof DocumentFault) return error;
      throw error;
    }
  }

  /**
   * Makes single changes again of what the base of a document covers, if it has one.
   *
   * @throws as {@linkcode Remaking.takeOut}.
   */
  async unseal(doc: DocId): Promise<void> {
    const { space, store } = this.#parts;
    const saved = await this.#saved(doc);
    if (saved) store.sealed.unseal(space, doc, saved);
  }

  async #saved(doc: DocId): Promise<readonly SavedChange[] | null> {
    const { space, store, documents } = this.#parts;
    const bytes = store.bases.bytes(space, doc);
    if (!bytes) return null;
    return (await documents.read(docKey(space, doc), bytes, OF_OWN_BASE)).changes;
  }

  /** What a base covers, as it is read: it has no places of its own. */
  async #covered(doc: DocId): Promise<readonly StoredChange[]> {
    const { space, store, clock } = this.#parts;
    const logs = store.envelopes.logs(space, doc);
    const receivedAt = store.bases.basedAt(space, doc) ?? clock.now();
    return (await this.#saved(doc) ?? []).flatMap(({ actor, seq, hash, change }) => {
      const author = logs.get(actor)?.author;
      const place = { id: 0, actor, seq, hash, signature: NO_SIGNATURE, receivedAt };
      return author ? [{ ...place, author, change }] : [];
    });
  }

  async #alone<T>(doc: DocId, act: () => Promise<T>): Promise<T> {
    const over = Promise.withResolvers<void>();
    this.#underWay.set(doc, over.promise);
    try {
      return await act();
    } finally {
      this.#underWay.delete(doc);
      over.resolve();
    }
  }

  async #remake(doc: DocId, choose: Choose, why: Reset["why"]): Promise<readonly StoredChange[]> {
    const { space, store, documents, vectors } = this.#parts;
    let reading: Reading | undefined;
    if (why !== "rebuilt") await this.unseal(doc);
    const covered = await this.#covered(doc);
    for (;;) {
      const held = [...covered, ...store.envelopes.stored(space, doc)];
      const chosen = choose(held);
      if (chosen.size === 0 && why !== "rebuilt") return [];
      const upTo = held.at(-1)?.id ?? 0;
      if (!reading || reading.upTo !== upTo || reading.count !== held.length) {
        // What is written meanwhile, this node's person being quick, is read too.
        reading = await this.#read(doc, held, chosen.size > 0);
        continue;
      }
      const gone = held.filter(({ hash }) => chosen.has(hash));
      const noteCopy = this.#write(doc, held, gone, reading, why);
      documents.drop(docKey(space, doc));
      vectors.changed(doc);
      this.#commits.tellReset(doc, await this.#heads(doc), { why, gone, noteCopy });
      return gone;
    }
  }

  /** From the reading to here nothing is awaited. */
  #write(
    doc: DocId,
    held: readonly StoredChange[],
    gone: readonly StoredChange[],
    { entries, noteText }: Reading,
    why: Reset["why"],
  ): number | null {
    const { space, self, store, clock } = this.#parts;
    const isGone = new Set(gone);
    const staying = held.filter((item) => !isGone.has(item));
    const rows = staying.flatMap(({ author, hash }) =>
      project(space, doc, author, entries.get(hash) ?? [])
    );
    const rewrites = why === "void" && !store.clones.has(self)
      ? gone.filter(({ author }) => author === self).map(({ hash }) => asNew(entries.get(hash)))
      : [];
    return store.remake({
      ...{ space, doc, staying, rows, gone, noteText, at: clock.now() },
      kept: why === "void" ? lowestOfLogs(gone) : [],
      rewrites: rewrites.filter(({ length }) => length > 0),
    });
  }

  async #read(doc: DocId, held: readonly StoredChange[], isLossy: boolean): Promise<Reading> {
    const { space, documents } = this.#parts;
    const key = docKey(space, doc);
    const isNote = docKind(doc).type === "note";
    const entries = new Map<ChangeHash, readonly Entry[]>();
    if (!isNote) {
      const results = await documents.entries(key, held.map(({ change }) => change));
      for (const [i, { hash }] of held.entries()) {
        const result = results[i];
        if (result?.type === "applied") entries.set(hash, result.entries);
      }
    }
    const noteText = isNote && isLossy ? (await documents.noteText(key)).text : undefined;
    return { upTo: held.at(-1)?.id ?? 0, count: held.length, entries, noteText };
  }

  async #heads(doc: DocId): Promise<Heads> {
    const { space, documents } = this.#parts;
    try {
      return await documents.heads(docKey(space, doc));
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      return [];
    }
  }
}

function asNew(entries: readonly Entry[] = []): NewEntry[] {
  return entries.map(({ key, value }) => ({ key, value }));
}
