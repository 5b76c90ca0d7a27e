import type { ActorId, DocId, PeerId } from "../base/ids.ts";
import { docKey } from "../doc/doc_key.ts";
import {
  DocumentFault,
  NO_CHANGES,
  type SavedChange,
  type SavedChanges,
  type Wanted,
} from "../doc/documents.ts";
import { savedRows } from "../doc/saved_rows.ts";
import { EnvelopeError, NO_SIGNATURE } from "../trust/envelope.ts";
import { changesOfSeals, type SealedDocument, verifySeals } from "../trust/sealed_document.ts";
import type { Commits } from "./commits.ts";
import type { Judge, Judged, JudgeParts } from "./judge.ts";
import type { Outcome } from "./outcome.ts";
import { countsAlone } from "./rights.ts";

/** Covered changes judged before others get their turn; most take 20 µs. */
const COVERED_AT_ONCE = 512;

/** What {@linkcode SealedAdmission} needs. */
export interface SealedAdmissionParts extends JudgeParts {
  readonly commits: Commits;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  readonly judge: Judge;
}

/**
 * Admits documents as peers saved them, each sealed by its authors: as a whole where it covers what is here, else
 * what is new in it, change by change. PROTOCOL.md, SEAL. To be called in the document's turn.
 */
export class SealedAdmission {
  readonly #parts: SealedAdmissionParts;

  constructor(parts: SealedAdmissionParts) {
    this.#parts = parts;
  }

  /**
   * Takes a sealed document whole, if that can be. Else gives what is new in it, verified.
   *
   * @throws {EnvelopeError} if it is not what its authors sealed, or none would be taken from them.
   * @throws {StoreError} when the disk is at fault: nothing is taken.
   */
  async take(sealed: SealedDocument, from: PeerId, outcome: Outcome): Promise<readonly Judged[]> {
    const { store } = this.#parts;
    if (store.sealed.holds(sealed)) return this.#known(sealed, outcome);
    if (this.#mayBeWhole(sealed)) {
      const saved = await this.#read(sealed, NO_CHANGES);
      // Something may have been written here meanwhile.
      if (this.#mayBeWhole(sealed) && store.sealed.covers(sealed, saved)) {
        await this.#takeWhole(sealed, saved, outcome);
        return [];
      }
    }
    const { space, doc } = sealed;
    const heads = store.sealed.heads(space, doc);
    const { changes } = await this.#read(sealed, { type: "besides", heads });
    return await this.#fresh(sealed, changes, from, outcome);
  }

  /** Whether it may cover what is here, with something new, and nothing speaks against taking all of it. */
  #mayBeWhole({ space, doc, seals }: SealedDocument): boolean {
    const { self, store, pending, ifNeeded, rights } = this.#parts;
    const logs = store.envelopes.logs(space, doc);
    const held = (actor: ActorId) => logs.get(actor)?.seq ?? 0;
    const seqs = new Map(seals.map(({ actor, seq }) => [actor, seq]));
    // A clone is found out change by change, and what waits for a change is looked for so.
    return store.disputes.of(space, doc).size === 0 &&
      !pending.waitsIn(doc) && !ifNeeded.hasIn(doc) &&
      seals.some(({ actor, seq }) => seq > held(actor)) &&
      seals.every(({ actor, author, seq }) =>
        (author !== self || seq <= held(actor)) &&
        countsAlone(rights(author), doc, { actor, seq })
      ) &&
      [...logs].every(([actor, { based }]) => (seqs.get(actor) ?? 0) >= based);
  }

  /** Reads and verifies it. */
  async #read(sealed: SealedDocument, wanted: Wanted): Promise<SavedChanges> {
    const { space, doc, bytes, seals } = sealed;
    const { documents, pause } = this.#parts;
    const maxChanges = changesOfSeals(seals);
    try {
      const saved = await documents.read(docKey(space, doc), bytes, { maxChanges, wanted });
      const tops = new Map([...saved.logs].map(([actor, { top }]) => [actor, top]));
      await verifySeals(sealed, tops, pause);
      return saved;
    } catch (error) {
      // Whoever has it had read it as well, or made it.
      if (!(error instanceof RangeError || error instanceof DocumentFault)) throw error;
      throw new EnvelopeError(error.message, { cause: error });
    }
  }

  async #takeWhole(
    sealed: SealedDocument,
    saved: SavedChanges,
    outcome: Outcome,
  ): Promise<void> {
    const { space, doc, seals } = sealed;
    const { store, quotas, commits, pause } = this.#parts;
    const bytes = new Map<PeerId, number>();
    const held = new Map<ActorId, number>();
    let fresh = 0;
    for (const { actor, author, seq } of seals) {
      const here = store.envelopes.logs(space, doc).get(actor);
      const before = here?.seq ?? 0;
      held.set(actor, before);
      if (seq <= before) continue;
      const log = saved.logs.get(actor);
      const length = (log?.bytes ?? 0) + (log?.top.change.length ?? 0);
      const added = length - (here ? store.bases.bytesIn(here) : 0);
      bytes.set(author, (bytes.get(author) ?? 0) + added);
      fresh += seq - before;
    }
    for (const [author, length] of bytes) {
      const full = quotas.refusal(doc, author, length);
      if (full !== undefined) return outcome.refuse({ doc, author }, "full", full, "info");
    }
    commits.writeSealed(sealed, saved, savedRows(space, doc, saved, seals, held));
    for (const [author, length] of bytes) quotas.took(author, length);
    outcome.takeSealed(sealed, fresh);
    const isNew = held.values().every((seq) => seq === 0);
    while (!isNew && store.sealed.sweep(space, doc)) await pause();
  }

  /** Of a document of which something is here, or in doubt: what is new in it. */
  async #fresh(
    sealed: SealedDocument,
    fresh: readonly SavedChange[],
    from: PeerId,
    outcome: Outcome,
  ): Promise<readonly Judged[]> {
    const { doc } = sealed;
    const { store, judge, pause } = this.#parts;
    this.#known(sealed, outcome);
    const seals = new Map(sealed.seals.map((seal) => [seal.actor, seal]));
    const [first] = fresh;
    if (!first) return [];
    try {
      store.sealed.keep(sealed);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const author = seals.get(first.actor)?.author ?? from;
      outcome.refuse({ doc, author }, "full", error.message, "info");
      return [];
    }
    const judged: Judged[] = [];
    for (const [i, { actor, seq, change }] of fresh.entries()) {
      if (i > 0 && i % COVERED_AT_ONCE === 0) await pause();
      const seal = seals.get(actor);
      if (!seal) continue;
      const signature = seal.seq === seq ? seal.signature : NO_SIGNATURE;
      const item = { doc, author: seal.author, signature, change };
      const one = judge.judge(item, from, outcome, true);
      if (one) judged.push(one);
    }
    return judged;
  }

  /** Notes what of it is held already. */
  #known({ doc, seals }: SealedDocument, outcome: Outcome): readonly Judged[] {
    for (const { actor, author, seq } of seals) {
      if (this.#holds(doc, actor, seq)) outcome.known(author, [doc, actor, seq]);
    }
    return [];
  }

  #holds(doc: DocId, actor: ActorId, seq: number): boolean {
    return (this.#parts.vectors.of(doc).get(actor)?.seq ?? 0) >= seq;
  }
}
