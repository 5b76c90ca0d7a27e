import type { Clock } from "../base/clock.ts";
import type { DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { docKey } from "../doc/doc_key.ts";
import type { Documents, SavedChanges } from "../doc/documents.ts";
import type { Entry } from "../doc/entry.ts";
import { project, type Row } from "../doc/projection.ts";
import type { KeptChange } from "../store/disputes.ts";
import type { Changed } from "../store/projector.ts";
import type { Store } from "../store/store.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import type { VerifiedEnvelope } from "../trust/envelope.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { Heads, NoteText } from "../view/view.ts";
import type { SpaceVectors } from "./space_vectors.ts";

/** The answer to a request, kept with what it wrote. */
export interface Receipt {
  readonly id: string;
  /** JSON. */
  readonly answer: unknown;
}

/** A document that is not any more what it was: what anyone knows of it is to be asked for anew. */
export interface Reset {
  /**
   * `void`: what two signed changes of one place made void was taken out; `cut`: what its author may not write
   * (any more); `rebuilt`: what people see was made anew.
   */
  readonly why: "void" | "cut" | "rebuilt";
  /** What was taken out. */
  readonly gone: readonly KeptChange[];
  /** The number of the copy of a note's text as it was before, if one was kept. */
  readonly noteCopy: number | null;
}

/** A change that its document has taken up, with what it wrote there. */
export interface TakenUp {
  readonly verified: VerifiedEnvelope;
  readonly entries: readonly Entry[];
}

/** What was committed to one document: if it was made here, it is on disk when it is told. */
export interface Committed {
  readonly doc: DocId;
  /** Whether it was made here. */
  readonly local: boolean;
  readonly envelopes: readonly VerifiedEnvelope[];
  /** The document itself, if it came as a whole: then there are no envelopes, and rows of what is new. */
  readonly sealed: SealedDocument | null;
  /** A note's text, if it came so. */
  readonly noteText: NoteText | null;
  readonly rows: readonly Row[];
  /** What people see differently. */
  readonly changed: Changed;
  /** The document's heads with it; none if it could not be opened. */
  readonly heads: Heads;
  /** That the document was made anew: then there are no envelopes, rows or changes. */
  readonly reset: Reset | null;
}

/** How a commit is made. */
export interface CommitOptions {
  readonly local: boolean;
  readonly heads: Heads;
  readonly receipt?: Receipt | undefined;
  /** The debt that it pays, see `Rewrites`. */
  readonly rewrite?: number | undefined;
}

/** Hears of commits, in order, right after each. */
export type CommitListener = (committed: Committed) => void;

/** What commits of one space need. */
export interface CommitParts {
  readonly space: SpaceId;
  /** This device. */
  readonly self: PeerId;
  readonly store: Store;
  readonly documents: Documents;
  readonly vectors: SpaceVectors;
  readonly clock: Clock;
  readonly log: Log;
}

const NOTHING: Changed = {
  messages: [],
  channels: new Set(),
  notes: new Set(),
  people: new Set(),
};

/** The one way from a document to the disk, and from the disk to those who listen. */
export class Commits {
  readonly #parts: CommitParts;
  readonly #listeners = new Set<CommitListener>();

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Calls back after each commit; the result ends that. */
  listen(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Writes what a document has taken up as one transaction, then tells it. To be called in the turn in which
   * the document answered. If it throws, nothing is written and the document was dropped, to be opened
   * again as it is in the store.
   *
   * @throws {StoreError} when the disk is at fault.
   * @throws {RangeError} when a change before these could not be written.
   */
  write(
    doc: DocId,
    changes: readonly TakenUp[],
    { local, heads, receipt, rewrite }: CommitOptions,
  ): void {
    const { space, store, documents, vectors, clock } = this.#parts;
    const envelopes = changes.map(({ verified }) => verified);
    const rows = changes.flatMap(({ verified, entries }) =>
      project(space, doc, verified.envelope.author, entries)
    );
    let changed: Changed;
    try {
      changed = store.commit({
        space,
        envelopes,
        rows,
        receivedAt: clock.now(),
        isSent: !local,
        ...(receipt ? { receipt } : {}),
        ...(rewrite === undefined ? {} : { rewrite }),
      });
    } catch (error) {
      documents.drop(docKey(space, doc));
      throw error;
    }
    if (envelopes.length === 0) return;
    vectors.changed(doc);
    const nothing = { sealed: null, noteText: null, reset: null };
    this.#tell({ doc, local, envelopes, rows, changed, heads, ...nothing });
  }

  /**
   * Writes a verified document as a whole, on which lies what is here besides, then tells it.
   *
   * @param rows What is new in it means.
   * @throws {StoreError} when the disk is at fault; nothing is written.
   * @throws {RangeError} if it does not cover what is here.
   */
  writeSealed(sealed: SealedDocument, saved: SavedChanges, rows: Row[]): void {
    const { doc } = sealed;
    const { store, documents, vectors, clock } = this.#parts;
    const changed = store.sealed.add(sealed, saved, rows, clock.now());
    // It may be open as what it was.
    documents.drop(docKey(sealed.space, doc));
    vectors.changed(doc);
    const onTop = store.envelopes.changes(sealed.space, doc);
    const heads = headsWith(saved.heads, onTop);
    const noteText = onTop.length === 0 ? saved.noteText : null;
    const came = { envelopes: [], sealed, heads, noteText };
    this.#tell({ doc, local: false, rows, changed, ...came, reset: null });
  }

  /** Tells that a document is not any more what it was. */
  tellReset(doc: DocId, heads: Heads, reset: Reset): void {
    const nothing = {
      ...{ local: false, envelopes: [], sealed: null, noteText: null, rows: [], changed: NOTHING },
    };
    this.#tell({ doc, ...nothing, heads, reset });
  }

  #tell(committed: Committed): void {
    for (const listener of this.#listeners) {
      try {
        listener(committed);
      } catch (error) {
        this.#parts.log("error", "A listener to commits failed", { error: String(error) });
      }
    }
  }
}

/** The heads of a saved document with changes on top of it. */
function headsWith(heads: Heads, changes: readonly Uint8Array[]): Heads {
  const all = new Set<string>(heads);
  const headers = changes.map((change) => readChangeHeader(change));
  for (const { hash } of headers) all.add(hash);
  for (const { deps } of headers) for (const dep of deps) all.delete(dep);
  return [...all].sort();
}
