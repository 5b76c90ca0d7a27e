import type { Clock } from "../base/clock.ts";
import type { DocId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { noteDoc } from "../doc/doc_id.ts";
import { docKey } from "../doc/doc_key.ts";
import type { Documents, NewEntry } from "../doc/documents.ts";
import type { Entry } from "../doc/entry.ts";
import type { Store } from "../store/store.ts";
import { type Envelope, signEnvelope, type Signer } from "../trust/envelope.ts";
import type { Heads, NoteMerge, Splice } from "../view/view.ts";
import type { SentEnvelope } from "../wire/message.ts";
import { Admission } from "./admission.ts";
import { type CommitListener, Commits, type Receipt } from "./commits.ts";
import { history } from "./history.ts";
import type { Admitted } from "./outcome.ts";
import type { PendingLimits } from "./pending.ts";
import { SpaceVectors } from "./space_vectors.ts";
import type { Gap } from "./their_vectors.ts";

/** What a replica needs. */
export interface ReplicaOptions {
  readonly space: SpaceId;
  /** Signs what is written here: the device's keys. */
  readonly signer: Signer;
  readonly store: Store;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  readonly pendingLimits?: PendingLimits;
}

/** What an edit of a note is answered. */
export interface NoteAnswer {
  /** The heads of the asker's own branch after the edit. */
  readonly heads: Heads;
  readonly merged: NoteMerge;
}

/**
 * This node's copy of one space: the one place where changes become envelopes and where those of others
 * are admitted. Nobody hears of anything before it is committed.
 */
export class Replica {
  readonly space: SpaceId;
  /** What is held here. */
  readonly vectors: SpaceVectors;
  readonly #options: ReplicaOptions;
  readonly #commits: Commits;
  readonly #admission: Admission;

  constructor(options: ReplicaOptions) {
    const { space, store, documents, clock, log, pendingLimits } = options;
    this.space = space;
    this.#options = options;
    this.vectors = new SpaceVectors(() => store.envelopes.vectors(space));
    const parts = { space, store, documents, vectors: this.vectors, clock, log };
    this.#commits = new Commits(parts);
    this.#admission = new Admission(parts, this.#commits, pendingLimits);
  }

  /** The peer that writes here. */
  get self(): PeerId {
    return this.#options.signer.peer;
  }

  /** Calls back after each commit, made here or come from peers; the result ends that. */
  onCommit(listener: CommitListener): () => void {
    return this.#commits.listen(listener);
  }

  /**
   * Writes entries into a document as one change at the time `at`; it is on disk when this resolves.
   *
   * @throws {RangeError} if there is nothing to write or it is too long, or if a write to the same document
   * just before this one failed: then this one may be tried again.
   * @throws {StoreError} if the disk is at fault: nothing is written.
   * @throws {DocumentFault} if it could not be done in time: nothing is written.
   */
  async put(
    doc: DocId,
    entries: readonly NewEntry[],
    { at, receipt }: { at: number; receipt?: Receipt },
  ): Promise<void> {
    const key = docKey(this.space, doc);
    const made = await this.#options.documents.put(key, entries, at, receipt?.id);
    this.#commitOwn(doc, [made], made.heads, receipt);
  }

  /**
   * Applies splices made at `heads` to a note; they are on disk when this resolves. The answer is kept as
   * the receipt of `request`.
   *
   * @throws as {@linkcode put}, and {@linkcode RangeError} if heads or positions are not of the note.
   */
  async noteEdit(
    note: NoteId,
    heads: Heads,
    splices: readonly Splice[],
    { at, request }: { at: number; request: string },
  ): Promise<NoteAnswer> {
    const doc = noteDoc(note);
    const { documents } = this.#options;
    const edited = await documents.noteEdit(docKey(this.space, doc), heads, splices, at, request);
    const answer = { heads: edited.heads, merged: edited.merged };
    const changes = edited.made.map((change) => ({ change, entries: [] }));
    this.#commitOwn(doc, changes, edited.merged.heads, { id: request, answer });
    return answer;
  }

  /**
   * Admits envelopes that a peer sent: each is bounded, verified, applied and committed, or waits for what
   * it rests on, or is refused. It never throws because of what the envelopes are.
   */
  admit(envelopes: readonly SentEnvelope[], from: PeerId): Promise<Admitted> {
    return this.#admission.admit(envelopes, from);
  }

  /** What gaps ask for, read from the store as it is asked for. */
  history(gaps: readonly Gap[]): Generator<Envelope> {
    return history(this.#options.store.envelopes, this.space, gaps);
  }

  /** Ends admission; resolves when what is under way is committed or given up. */
  close(): Promise<void> {
    return this.#admission.close();
  }

  #commitOwn(
    doc: DocId,
    changes: readonly { readonly change: Uint8Array; readonly entries: readonly Entry[] }[],
    heads: Heads,
    receipt: Receipt | undefined,
  ): void {
    const { signer, documents } = this.#options;
    let taken;
    try {
      taken = changes.map(({ change, entries }) => ({
        verified: signEnvelope(signer, this.space, doc, change),
        entries,
      }));
    } catch (error) {
      documents.drop(docKey(this.space, doc));
      throw error;
    }
    this.#commits.write(doc, taken, { local: true, heads, ...(receipt ? { receipt } : {}) });
  }
}
