import type { ActorId, DocId, PeerId } from "../base/ids.ts";
import { docKey } from "../doc/doc_key.ts";
import { ANY_CHANGES, DocumentFault, type Remade, type SavedChange } from "../doc/documents.ts";
import { project, type Row } from "../doc/projection.ts";
import { savedRows } from "../doc/saved_rows.ts";
import type { LogPlace, Unwanted } from "../doc/unwanted.ts";
import type { KeptChange } from "../store/disputes.ts";
import type { StoredChange } from "../store/envelopes.ts";
import { NO_SIGNATURE } from "../trust/envelope.ts";
import type { Heads } from "../view/view.ts";
import type { CommitParts, Commits, Reset } from "./commits.ts";

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
   * Takes out what is unwanted. Gives what that was, each after those it rests on; of a long note not all of it.
   *
   * @throws {StoreError} when the disk is at fault, or {DocumentFault}: nothing is taken out then.
   */
  takeOut(doc: DocId, unwanted: () => Unwanted): Promise<readonly KeptChange[]> {
    return this.#alone(doc, () => this.#remake(doc, unwanted));
  }

  /**
   * Makes anew what a document means. Gives the fault if that could not be done: the document is as it was.
   *
   * @throws {StoreError} when the disk is at fault.
   */
  async rebuild(doc: DocId): Promise<DocumentFault | null> {
    try {
      await this.#alone(doc, () => this.#remake(doc, () => null));
      return null;
    } catch (error) {
      if (error instanceof DocumentFault) return error;
      throw error;
    }
  }

  /**
   * Gives what is held in places of a document, also where its base covers them.
   *
   * @throws as {@linkcode Remaking.takeOut}.
   */
  async heldAt(doc: DocId, places: readonly LogPlace[]): Promise<KeptChange[]> {
    const { space, store: { bases, envelopes }, documents } = this.#parts;
    const logs = envelopes.logs(space, doc);
    const stored: KeptChange[] = [];
    const covered: LogPlace[] = [];
    for (const { actor, seq } of places) {
      const change = envelopes.storedAt(space, doc, actor, seq);
      if (change) stored.push(change);
      else if (seq <= (logs.get(actor)?.based ?? 0)) covered.push({ actor, seq });
    }
    const base = covered.length > 0 ? bases.bytes(space, doc) : null;
    if (!base) return stored;
    const { changes } = await documents.read(docKey(space, doc), base, {
      maxChanges: ANY_CHANGES,
      wanted: { type: "at", places: covered },
    });
    return [...stored, ...this.#asKept(doc, changes)];
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

  async #remake(doc: DocId, unwanted: () => Unwanted | null): Promise<readonly KeptChange[]> {
    const { space, store, documents, vectors } = this.#parts;
    for (;;) {
      const held = store.envelopes.stored(space, doc);
      const count = store.envelopes.count(space, doc);
      const from = {
        base: store.bases.bytes(space, doc),
        changes: held.map(({ change }) => change),
      };
      const without = unwanted();
      const remade = await documents.remake(docKey(space, doc), from, without);
      if (without && remade.gone.length === 0) return [];
      // What is written meanwhile, this node's person being quick, is looked at too.
      if (store.envelopes.count(space, doc) !== count) continue;
      const why = without?.why ?? "rebuilt";
      const gone = this.#asKept(doc, remade.gone);
      const noteCopy = this.#write(doc, held, gone, remade, why);
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
    gone: readonly KeptChange[],
    remade: Remade,
    why: Reset["why"],
  ): number | null {
    const { space, self, store, clock } = this.#parts;
    const { base, results, noteText } = remade;
    const logs = store.envelopes.logs(space, doc);
    const lowest = lowestOfLogs(gone);
    const from = new Map(lowest.map(({ actor, seq }) => [actor, seq]));
    const stays = ({ actor, seq }: LogPlace) => seq < (from.get(actor) ?? Infinity);
    const rows: Row[] = base ? savedRows(space, doc, base, authorsOf(logs)) : [];
    for (const [i, item] of held.entries()) {
      const result = results[i];
      if (result?.type !== "applied" || !stays(item)) continue;
      rows.push(...project(space, doc, item.author, result.entries));
    }
    const isOwed = why === "void" && !store.clones.has(self);
    const owed = isOwed ? remade.gone.filter(({ actor }) => logs.get(actor)?.author === self) : [];
    return store.remake({
      ...{ space, doc, base, staying: held.filter(stays), rows, from, at: clock.now() },
      ...noteText === null ? {} : { noteText },
      kept: why === "void" ? lowest : [],
      rewrites: owed.map(({ entries }) => entries).filter(({ length }) => length > 0),
    });
  }

  /** Those in a base have no signature but for the seals. */
  #asKept(doc: DocId, changes: readonly SavedChange[]): KeptChange[] {
    const { space, store: { envelopes } } = this.#parts;
    return changes.flatMap(({ actor, seq, hash, change }) => {
      const author = envelopes.authorOf(space, doc, actor);
      const kept = author && { actor, author, seq, hash, signature: NO_SIGNATURE, change };
      return envelopes.storedAt(space, doc, actor, seq) ?? kept ?? [];
    });
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

function authorsOf(logs: ReadonlyMap<ActorId, { readonly author: PeerId }>) {
  return [...logs].map(([actor, { author }]) => ({ actor, author }));
}

/** The lowest of each log. */
function lowestOfLogs(items: readonly KeptChange[]): KeptChange[] {
  const lowest = new Map<ActorId, KeptChange>();
  for (const item of items) {
    if (item.seq < (lowest.get(item.actor)?.seq ?? Infinity)) lowest.set(item.actor, item);
  }
  return [...lowest.values()];
}
