import type { DocId, PeerId } from "../base/ids.ts";
import { docKey } from "../doc/doc_key.ts";
import type { Entry } from "../doc/entry.ts";
import { ownActor } from "../store/own_actor.ts";
import { signEnvelope, type Signer, type VerifiedEnvelope } from "../trust/envelope.ts";
import type { CommitOptions, CommitParts, Commits } from "./commits.ts";
import type { Quotas } from "./quotas.ts";
import { hasChange } from "./ready.ts";
import type { Remaking } from "./remaking.ts";
import type { RightsOf } from "./rights.ts";

/** Writes that met a document being made anew are done again, so often at most. */
const MAX_TRIES = 5;

/** Nothing is written now; what was to be written is as right as it was. */
export class NotNowError extends RangeError {
  override name = "NotNowError";
}

/** This device's key is used by another copy of it: nothing more is written under it. */
export class ClonedError extends NotNowError {
  override name = "ClonedError";
}

/** What was made rests on what is not held any more, or would take a place in a log that is taken. */
class StaleError extends NotNowError {}

/** What {@linkcode OwnWrites} needs. */
export interface OwnWritesParts extends CommitParts {
  readonly signer: Signer;
  readonly commits: Commits;
  readonly remaking: Remaking;
  readonly quotas: Quotas;
  readonly rights: RightsOf;
}

/** A change made here, and what it wrote. */
export interface OwnChange {
  readonly change: Uint8Array;
  readonly entries: readonly Entry[];
}

/** Signs and commits what is written at this node. */
export class OwnWrites {
  readonly #parts: OwnWritesParts;

  constructor(parts: OwnWritesParts) {
    this.#parts = parts;
  }

  get #self(): PeerId {
    return this.#parts.signer.peer;
  }

  /**
   * Has `make` make changes of a document, and commits them; again if the document was made anew meanwhile.
   * What `make` gives besides is given.
   *
   * @throws {ClonedError} if another copy of this device uses its key.
   * @throws {RangeError} if this device may not write there, or as `make`.
   */
  async write<T extends { readonly changes: readonly OwnChange[] }>(
    doc: DocId,
    make: () => Promise<T>,
    options: (made: T) => Omit<CommitOptions, "local">,
  ): Promise<T> {
    const { remaking } = this.#parts;
    for (let tries = 1;; tries++) {
      this.#check(doc);
      for (let busy = remaking.underWay(doc); busy; busy = remaking.underWay(doc)) await busy;
      const made = await make();
      try {
        this.#commit(doc, made.changes, options(made));
        return made;
      } catch (error) {
        if (!(error instanceof StaleError) || tries === MAX_TRIES) throw error;
      }
    }
  }

  #check(doc: DocId): void {
    const { space, store: { clones, envelopes }, rights, quotas } = this.#parts;
    if (clones.has(this.#self)) {
      throw new ClonedError("Cannot write: another copy of this device is in use");
    }
    if (rights(this.#self).type !== "writer") {
      throw new NotNowError("Cannot write: you may only read here");
    }
    if (!ownActor(envelopes, this.#self, space, doc)) {
      throw new NotNowError("Cannot write: too much of this was taken back; go on elsewhere");
    }
    const full = quotas.refusal(doc, this.#self, 0);
    if (full !== undefined) throw new NotNowError(`Cannot write: ${full}`);
  }

  #commit(
    doc: DocId,
    changes: readonly OwnChange[],
    options: Omit<CommitOptions, "local">,
  ): void {
    const { space, signer, documents, commits } = this.#parts;
    let taken;
    try {
      this.#check(doc);
      taken = changes.map(({ change, entries }) => ({
        verified: signEnvelope(signer, space, doc, change),
        entries,
      }));
      this.#requireFresh(doc, taken.map(({ verified }) => verified));
    } catch (error) {
      documents.drop(docKey(space, doc));
      throw error;
    }
    commits.write(doc, taken, { ...options, local: true });
  }

  /** @throws {StaleError} if the store cannot take the changes, or they rest on what was taken out. */
  #requireFresh(doc: DocId, changes: readonly VerifiedEnvelope[]): void {
    const { space, store: { envelopes }, vectors } = this.#parts;
    const made = new Map<string, number>();
    const hashes = new Set<string>();
    for (const { header: { hash, actor, seq, deps } } of changes) {
      const top = made.get(actor) ?? vectors.of(doc).get(actor)?.seq ?? 0;
      const isFresh = seq === top + 1 &&
        deps.every((dep) => hashes.has(dep) || hasChange(envelopes, space, doc, dep));
      if (!isFresh) throw new StaleError("Cannot write: the document was made anew; try again");
      made.set(actor, seq);
      hashes.add(hash);
    }
  }
}
