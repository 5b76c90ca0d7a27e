import type { Clock } from "../base/clock.ts";
import type { DocId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { nextTurn } from "../base/next_turn.ts";
import { noteDoc } from "../doc/doc_id.ts";
import { docKey } from "../doc/doc_key.ts";
import type { DocumentFault, Documents, NewEntry, NoteEdited } from "../doc/documents.ts";
import type { Store } from "../store/store.ts";
import type { StoreError } from "../store/store_error.ts";
import type { Cut } from "../trust/entry_body.ts";
import type { Envelope, Signer } from "../trust/envelope.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { Heads, Splice } from "../view/view.ts";
import type { SentEnvelope } from "../wire/message.ts";
import { Admission } from "./admission.ts";
import { type CommitListener, type CommitParts, Commits, type Receipt } from "./commits.ts";
import { Culprits } from "./culprits.ts";
import { history } from "./history.ts";
import { IfNeeded } from "./if_needed.ts";
import type { Admitted } from "./outcome.ts";
import { logsOf } from "./logs_of.ts";
import { OwnWrites } from "./own_writes.ts";
import { type OurLogs, ourLogs } from "./our_logs.ts";
import { Pending, type PendingLimits } from "./pending.ts";
import { type QuotaLimits, Quotas } from "./quotas.ts";
import { Remaking } from "./remaking.ts";
import { Rewriting } from "./rewriting.ts";
import type { RightsOf } from "./rights.ts";
import { type DisputeListener, Settlement } from "./settlement.ts";
import { Securing } from "./securing.ts";
import { SpaceVectors } from "./space_vectors.ts";
import type { Gap, VoidLog } from "./their_vectors.ts";

/** What a replica needs. */
export interface ReplicaOptions {
  readonly space: SpaceId;
  /** Signs what is written here: the device's keys. */
  readonly signer: Signer;
  readonly store: Store;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** What each peer may write now; without it everyone writes, as in the lobby. */
  readonly rights?: RightsOf;
  readonly pendingLimits?: PendingLimits;
  readonly quotaLimits?: QuotaLimits;
  /** Hears that what peers sent does not come to the disk. */
  readonly onFault?: (error: StoreError) => void;
  /** Hears that it did. */
  readonly onSecured?: () => void;
  /** Lets others have their turn; a simulation has no others. */
  readonly pause?: () => Promise<void>;
  /** Brings to disk what is written while others go on; nor has it other threads. */
  readonly flush?: () => Promise<void>;
}

const EVERYONE_WRITES: RightsOf = () => ({ type: "writer" });

/**
 * This node's copy of one space: the one place where changes become envelopes and where those of others
 * are admitted. Nobody hears of anything before it is committed.
 */
export class Replica {
  readonly space: SpaceId;
  /** What is held here. */
  readonly vectors: SpaceVectors;
  /** What a peer's list is compared with. */
  readonly ourLogs: OurLogs;
  /** Has on disk what is spoken of. */
  readonly securing: Securing;
  readonly #options: ReplicaOptions;
  readonly #commits: Commits;
  readonly #admission: Admission;
  readonly #settlement: Settlement;
  readonly #remaking: Remaking;
  readonly #own: OwnWrites;
  readonly #rewriting: Rewriting;
  readonly #cloneListeners = new Set<() => void>();

  constructor(options: ReplicaOptions) {
    const { space, signer, store, documents, clock, log } = options;
    const { rights = EVERYONE_WRITES, pendingLimits, quotaLimits, pause = nextTurn } = options;
    this.space = space;
    this.#options = options;
    this.vectors = new SpaceVectors(() => store.envelopes.tops(space));
    const { vectors } = this;
    this.ourLogs = ourLogs(store, space, vectors);
    const parts: CommitParts = { space, self: signer.peer, store, documents, vectors, clock, log };
    const commits = this.#commits = new Commits(parts);
    const { onFault, onSecured, flush } = options;
    this.securing = new Securing({ ...parts, onFault, onSecured, flush }, commits);
    const remaking = this.#remaking = new Remaking(parts, commits);
    const quotas = new Quotas(parts, commits, quotaLimits);
    const pending = new Pending(pendingLimits);
    const ifNeeded = new IfNeeded(pendingLimits);
    const settlement = this.#settlement = new Settlement({
      ...parts,
      ...{ remaking, pending, ifNeeded, rights },
    });
    this.#own = new OwnWrites({ ...parts, signer, commits, remaking, quotas, rights });
    this.#admission = new Admission({
      ...parts,
      ...{ commits, pending, ifNeeded, culprits: new Culprits(), settlement, quotas, rights },
      pause,
      onClone: () => this.#cloned(),
    });
    this.#rewriting = new Rewriting(
      parts,
      (doc, entries, rewrite) => this.#put(doc, entries, { at: clock.now(), rewrite }),
    );
    // What became void of this device's is written again as soon as that is committed.
    commits.listen(({ reset }) => {
      if (reset?.why !== "void") return;
      this.#rewriting.run().catch((error) =>
        log("error", "Cannot write again what became void", { error: String(error) })
      );
    });
  }

  /** The peer that writes here. */
  get self(): PeerId {
    return this.#options.signer.peer;
  }

  /** Calls back after each commit, made here or come from peers; the result ends that. */
  onCommit(listener: CommitListener): () => void {
    return this.#commits.listen(listener);
  }

  /** Calls back when an author is proven to have signed two changes for one place; the result ends that. */
  onDispute(listener: DisputeListener): () => void {
    return this.#settlement.listen(listener);
  }

  /**
   * Calls back, once, when something came that this very device signed and did not write here: another copy of
   * it is in use, or this one was restored. Nothing more is written under its key. The result ends that.
   */
  onClone(listener: () => void): () => void {
    this.#cloneListeners.add(listener);
    return () => this.#cloneListeners.delete(listener);
  }

  /**
   * Brings to an end what an earlier run left undone: what people see is made anew if another version of this
   * program made it, and what is void or may not be written is taken out and, where it is this device's and
   * void because of others, written again.
   *
   * @throws {StoreError} when the disk is at fault.
   */
  async prepare(): Promise<void> {
    const { store, pause = nextTurn } = this.#options;
    await this.vectors.prepare(pause);
    const [fault] = store.projections.isCurrent(this.space) ? [] : await this.rebuild();
    if (fault) throw fault;
    await this.#admission.settle([...this.vectors.docs(), ...store.disputes.docs(this.space)]);
    await this.#rewriting.run();
  }

  /** Writes what could not be written before: the disk may take it now. */
  async recover(): Promise<void> {
    await this.#rewriting.run();
  }

  /**
   * Makes anew what people see of all documents, from what was signed. Gives the faults of those of which that
   * could not be done, which are as they were.
   *
   * @throws {StoreError} when the disk is at fault: a document that was not reached is as it was.
   */
  async rebuild(): Promise<readonly DocumentFault[]> {
    const { store } = this.#options;
    const faults: DocumentFault[] = [];
    for (const doc of this.vectors.docs()) {
      const fault = await this.#admission.alone(doc, () => this.#remaking.rebuild(doc));
      if (fault) faults.push(fault);
    }
    if (faults.length === 0) store.projections.setCurrent(this.space);
    return faults;
  }

  /**
   * What authors may write is different now: takes out what does not count any more, and takes up what does
   * now.
   *
   * @throws {StoreError} when the disk is at fault: to be done another time.
   */
  async rightsChanged(): Promise<void> {
    await this.#admission.settle(this.vectors.docs());
    await this.#rewriting.run();
  }

  /** How far what a peer wrote is held here: for the cut of a removal. */
  logsOf(peer: PeerId): Cut["docs"] {
    return logsOf(this.#options.store.envelopes, this.space, peer);
  }

  /**
   * Writes entries into a document as one change at the time `at`; it is on disk when this resolves.
   *
   * @throws {RangeError} if there is nothing to write or it is too long, this device may not write, or
   * another copy of it is in use ({@linkcode ClonedError}).
   * @throws {StoreError} if the disk is at fault: nothing is written.
   * @throws {DocumentFault} if it could not be done in time: nothing is written.
   */
  async put(
    doc: DocId,
    entries: readonly NewEntry[],
    { at, receipt }: { at: number; receipt?: Receipt },
  ): Promise<void> {
    await this.#put(doc, entries, { at, receipt });
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
  ): Promise<Omit<NoteEdited, "made">> {
    const doc = noteDoc(note);
    const key = docKey(this.space, doc);
    const edited = await this.#own.write(doc, async () => {
      const edited = await this.#options.documents.noteEdit(key, heads, splices, at, request);
      const answer = { heads: edited.heads, merged: edited.merged };
      return { answer, changes: edited.made.map((change) => ({ change, entries: [] })) };
    }, ({ answer }) => ({ heads: answer.merged.heads, receipt: { id: request, answer } }));
    return edited.answer;
  }

  /**
   * Admits envelopes that a peer sent: each is bounded, verified, applied and committed, or waits for what
   * it rests on, or is refused. It never throws because of what the envelopes are.
   *
   * @param live Whether they were pushed, and go ahead of what was asked for.
   */
  admit(envelopes: readonly SentEnvelope[], from: PeerId, live = true): Promise<Admitted> {
    return this.#admission.admit(envelopes, from, live);
  }

  /**
   * Admits a document that a peer sent as it rests.
   *
   * @throws {EnvelopeError} if it is not what its authors sealed, and no honest peer has it.
   */
  admitSealed(sealed: SealedDocument, from: PeerId): Promise<Admitted> {
    return this.#admission.admitSealed(sealed, from);
  }

  /** What gaps ask for, and then the evidence for what is void, read from the store as it is asked for. */
  *history(
    gaps: readonly Gap[],
    voidLogs: readonly VoidLog[] = [],
  ): Generator<Envelope | SealedDocument> {
    yield* history(this.#options.store, this.space, gaps);
    for (const [doc, actor] of voidLogs) yield* this.#settlement.evidence(doc, actor);
  }

  /** Does something with a document while nothing of peers is admitted to it. */
  alone<T>(doc: DocId, act: () => Promise<T>): Promise<T> {
    return this.#admission.alone(doc, act);
  }

  /** Ends admission; resolves when what is under way is committed or given up. */
  async close(): Promise<void> {
    await this.#rewriting.close();
    await this.#admission.close();
    await this.securing.close();
  }

  async #put(
    doc: DocId,
    entries: readonly NewEntry[],
    { at, receipt, rewrite }: { at: number; receipt?: Receipt | undefined; rewrite?: number },
  ): Promise<void> {
    const key = docKey(this.space, doc);
    await this.#own.write(doc, async () => {
      const made = await this.#options.documents.put(key, entries, at, receipt?.id);
      return { heads: made.heads, changes: [made] };
    }, ({ heads }) => ({ heads, receipt, rewrite }));
  }

  #cloned(): void {
    const { store } = this.#options;
    if (store.clones.has(this.self)) return;
    this.#options.log("error", "Another copy of this device is in use", { peer: this.self });
    try {
      store.clones.add(this.self);
    } finally {
      for (const listener of this.#cloneListeners) listener();
    }
  }
}
