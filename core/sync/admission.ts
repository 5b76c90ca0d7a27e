import type { DocId, PeerId } from "../base/ids.ts";
import { fewAtOnce } from "../base/few_at_once.ts";
import { docKey } from "../doc/doc_key.ts";
import { type ApplyAnswer, DocumentFault } from "../doc/documents.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { SentEnvelope } from "../wire/message.ts";
import { batches } from "./batches.ts";
import type { Commits, TakenUp } from "./commits.ts";
import { Judge, type Judged, type JudgeParts } from "./judge.ts";
import { type Admitted, Outcome } from "./outcome.ts";
import type { Arrived } from "./pending.ts";
import { Precedence } from "./precedence.ts";
import { hasChange, type Sorted, sortReady } from "./ready.ts";
import { SealedAdmission } from "./sealed_admission.ts";
import { Turns } from "./turns.ts";
import { changeKey, logKey } from "./wait_keys.ts";

/** Documents of one read that are written at once: who sends for hundreds does not hold up other peers. */
const DOCS_AT_ONCE = 2;

/** What {@linkcode Admission} needs. */
export interface AdmissionParts extends JudgeParts {
  readonly commits: Commits;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
}

/**
 * Admits the envelopes of others to one space, cheapest check first: known already → signed by its author
 * for this place → counts, and rests on what is here → the document takes it → committed. PROTOCOL.md, SYNC.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #judge: Judge;
  readonly #sealed: SealedAdmission;
  readonly #turns = new Turns<DocId>();
  readonly #judging = new Turns<boolean>();
  readonly #precedence = new Precedence();
  #closed = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#judge = new Judge(parts);
    this.#sealed = new SealedAdmission({ ...parts, judge: this.#judge });
  }

  /**
   * Takes what one read brought. What is for one document is applied as one batch. What was asked for (not
   * `live`) lets what others push go first.
   *
   * @throws {StoreError} when the disk is at fault; what was not committed is as if it had not come.
   */
  async admit(items: readonly SentEnvelope[], from: PeerId, live: boolean): Promise<Admitted> {
    const outcome = new Outcome(from, this.#parts.log);
    const byDoc = [...Map.groupBy(items, ({ doc }) => doc)];
    await this.#precedence.run(live, () =>
      fewAtOnce(byDoc, DOCS_AT_ONCE, async ([doc, items]) => {
        await this.#precedence.pass(live);
        await this.#turns.run(doc, async () => {
          await this.#takeJudged(doc, await this.#judgeAll(items, from, live, outcome), outcome);
        });
      }));
    return outcome;
  }

  /**
   * Takes a document as a peer sealed it.
   *
   * @throws {EnvelopeError} if it is not what its authors sealed.
   * @throws {StoreError} as {@linkcode Admission.admit}.
   */
  async admitSealed(sealed: SealedDocument, from: PeerId): Promise<Admitted> {
    const { doc } = sealed;
    const outcome = new Outcome(from, this.#parts.log);
    await this.#precedence.pass(false);
    await this.#turns.run(doc, async () => {
      await this.#takeJudged(doc, await this.#sealed.take(sealed, from, outcome), outcome);
    });
    return outcome;
  }

  /**
   * Looks at documents again by what is void and what authors may write now, and at what of theirs was kept
   * in case it would be needed.
   *
   * @throws {StoreError} when the disk is at fault: to be done another time.
   */
  async settle(docs: readonly DocId[]): Promise<void> {
    const { self, log, ifNeeded } = this.#parts;
    const outcome = new Outcome(self, log);
    const kept = ifNeeded.takeAll();
    await fewAtOnce(
      new Set([...docs, ...kept.keys()]),
      DOCS_AT_ONCE,
      (doc) =>
        this.#turns.run(doc, async () => {
          const again = await this.#settle(doc);
          await this.#take(doc, [...again, ...kept.get(doc) ?? []], [], outcome);
        }),
    );
  }

  /** Does something with a document while nothing is admitted to it. */
  alone<T>(doc: DocId, act: () => Promise<T>): Promise<T> {
    return this.#turns.run(doc, act);
  }

  /** Begins nothing new; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.idle();
  }

  /** What was asked for first is judged first, to its end, so that the newest comes first. */
  #judgeAll(
    items: readonly SentEnvelope[],
    from: PeerId,
    live: boolean,
    outcome: Outcome,
  ): Promise<readonly Judged[]> {
    const { pause } = this.#parts;
    return this.#judging.run(live, () => this.#judge.judgeAll(items, from, outcome, pause));
  }

  async #takeJudged(doc: DocId, judged: readonly Judged[], outcome: Outcome): Promise<void> {
    const those = (forked: boolean) =>
      judged.filter(({ isForked }) => isForked === forked).map(({ item }) => item);
    await this.#take(doc, those(false), those(true), outcome);
  }

  /** Takes verified envelopes, and those that waited for them, until there is no more to do. */
  async #take(
    doc: DocId,
    arrived: readonly Arrived[],
    forked: readonly Arrived[],
    outcome: Outcome,
  ): Promise<void> {
    const { settlement } = this.#parts;
    let isInDoubt = false;
    let todo = arrived;
    let forks = forked;
    while (todo.length + forks.length > 0 && !this.#closed) {
      if (forks.length > 0) {
        const again = await settlement.fork(doc, forks, outcome);
        todo = [...todo, ...again, ...await this.#settle(doc)];
      }
      const { ready, voids, forked } = this.#sort(doc, todo, outcome);
      for (const batch of batches(ready)) await this.#apply(doc, batch, outcome);
      const rivals = voids.filter((item) => !settlement.keepAlone(item));
      isInDoubt ||= !ready.every((item) => settlement.countsAlone(item));
      [todo, forks] = [[], [...forked, ...rivals, ...this.#rivals(ready)]];
    }
    // What was taken because another one needs it is of no use if that was refused.
    if (isInDoubt && !this.#closed) await this.#settle(doc);
  }

  /** What waits to take a place in a log that one of these has taken. */
  #rivals(taken: readonly Arrived[]): Arrived[] {
    const { pending, ifNeeded } = this.#parts;
    return taken.flatMap(({ verified: { envelope, header } }) => {
      const place = logKey(envelope.doc, header.actor, header.seq);
      return [...pending.takeAt(place), ...ifNeeded.take(place)];
    });
  }

  async #settle(doc: DocId): Promise<readonly Arrived[]> {
    if (this.#closed) return [];
    try {
      return await this.#parts.settlement.settle(doc);
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      this.#parts.log("error", "Cannot take out what does not count", { doc, text: error.message });
      return [];
    }
  }

  #sort(doc: DocId, arrived: readonly Arrived[], outcome: Outcome): Sorted {
    const { space, store: { envelopes }, pending, ifNeeded, settlement, clock } = this.#parts;
    const sorted = sortReady({
      ...{ space, doc, envelopes, pending, ifNeeded, now: clock.now() },
      countsAlone: (item) => settlement.countsAlone(item),
      isVoid: (item) => settlement.isVoid(item),
    }, arrived);
    for (const { verified: { envelope } } of sorted.voids) {
      outcome.refuse(envelope, "void", "it rests on what is void", "debug");
    }
    for (const { verified: { envelope } } of sorted.dropped) {
      outcome.refuse(envelope, "crowded", "too much of its author's waits already", "info");
    }
    for (const { verified: { envelope } } of sorted.unneeded) {
      outcome.refuse(envelope, "no right", "its author may not write it", "debug");
    }
    return sorted;
  }

  /** Applies and commits a batch; a fault of the document worker is narrowed down to the one at fault. */
  async #apply(doc: DocId, batch: readonly Arrived[], outcome: Outcome): Promise<void> {
    if (this.#closed || batch.length === 0) return;
    const { space, documents, culprits, clock } = this.#parts;
    const changes = batch.map(({ verified }) => verified.envelope.change);
    let answer: ApplyAnswer;
    try {
      answer = await documents.apply(docKey(space, doc), changes);
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      if (this.#closed) return;
      const [first] = batch;
      if (first && batch.length === 1) {
        const { envelope } = first.verified;
        culprits.blame(envelope.author, doc, clock.now());
        outcome.refuse(envelope, "fault", error.message);
        return;
      }
      const middle = batch.length >> 1;
      await this.#apply(doc, batch.slice(0, middle), outcome);
      await this.#apply(doc, batch.slice(middle), outcome);
      return;
    }
    // From here to the commit nothing is awaited: the document may be opened anew from the store later.
    await this.#commit(doc, batch, answer, outcome);
  }

  async #commit(
    doc: DocId,
    batch: readonly Arrived[],
    { results, heads }: ApplyAnswer,
    outcome: Outcome,
  ): Promise<void> {
    const { space, documents, commits } = this.#parts;
    const taken: (Arrived & TakenUp)[] = [];
    const missing: Arrived[] = [];
    const rejected: Arrived[] = [];
    for (const [i, item] of batch.entries()) {
      const result = results[i];
      if (result?.type === "applied") {
        taken.push({ ...item, entries: result.entries });
      } else if (result?.reason === "missing") {
        missing.push(item);
      } else {
        rejected.push(item);
        const text = result?.text ?? "no answer about it";
        this.#parts.culprits.reject(item.verified.header.hash, text);
        outcome.refuse(item.verified.envelope, "rejected", text);
      }
    }
    const next = this.#continuing(doc, taken);
    if (next.length < taken.length) {
      // The document took up what the store cannot: it skips a place in its log, the one before it having
      // been refused. It is made anew without it.
      documents.drop(docKey(space, doc));
      for (const item of taken) {
        if (!next.includes(item)) {
          outcome.refuse(item.verified.envelope, "rejected", "the change before it is not here");
        }
      }
      await this.#apply(doc, next, outcome);
    } else if (taken.length > 0) {
      commits.write(doc, taken, { local: false, heads });
      for (const item of taken) outcome.take(item);
    }
    for (const item of rejected) this.#parts.settlement.keepAlone(item);
    this.#wait(doc, missing, outcome);
  }

  /** Those that are the next of their logs, one after another. */
  #continuing<T extends Arrived>(doc: DocId, items: readonly T[]): T[] {
    const held = this.#parts.vectors.of(doc);
    const tops = new Map([...held].map(([actor, { seq }]) => [actor, seq]));
    return items.filter(({ verified: { header: { actor, seq } } }) => {
      if (seq !== (tops.get(actor) ?? 0) + 1) return false;
      tops.set(actor, seq);
      return true;
    });
  }

  /** What rests on something that was refused waits, should that be taken later. */
  #wait(doc: DocId, items: readonly Arrived[], outcome: Outcome): void {
    const { space, store: { envelopes }, pending, clock } = this.#parts;
    for (const item of items) {
      const { envelope, header } = item.verified;
      const dep = header.deps.find((hash) => !hasChange(envelopes, space, doc, hash));
      if (dep === undefined) {
        outcome.refuse(envelope, "rejected", "the document lacks what the store has");
      } else if (!pending.add(item, changeKey(doc, dep), clock.now())) {
        outcome.refuse(envelope, "crowded", "too much of its author's waits already", "info");
      }
    }
  }
}
