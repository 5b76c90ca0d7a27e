import type { DocId, PeerId } from "../base/ids.ts";
import { MAX_CHANGE_ROWS } from "../base/limits.ts";
import { docKey } from "../doc/doc_key.ts";
import { type ApplyAnswer, DocumentFault } from "../doc/documents.ts";
import { maxRows } from "../doc/row_limit.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import { EnvelopeError, verifyEnvelope } from "../trust/envelope.ts";
import type { SentEnvelope } from "../wire/message.ts";
import type { CommitParts, Commits, TakenUp } from "./commits.ts";
import { Culprits } from "./culprits.ts";
import { type Admitted, Outcome } from "./outcome.ts";
import { type Arrived, Pending, type PendingLimits } from "./pending.ts";
import { changeKey, hasChange, sortReady } from "./ready.ts";
import { Turns } from "./turns.ts";

/** Changes applied and committed as one, at most. */
const MAX_BATCH = 500;
const MAX_BATCH_BYTES = 1024 * 1024;
/** Few bytes may be many operations: a batch holds up the person's own work for a tenth of a second. */
const MAX_BATCH_ROWS = MAX_CHANGE_ROWS;

/** Documents of one read that are written at once: who sends for hundreds does not hold up other peers. */
const DOCS_AT_ONCE = 2;

/**
 * Admits the envelopes of others to one space, cheapest check first: known already → signed by its author
 * for this place → rests on what is here → the document takes it → committed. PROTOCOL.md, SYNC.
 */
export class Admission {
  readonly #parts: CommitParts;
  readonly #commits: Commits;
  readonly #pending: Pending;
  readonly #culprits = new Culprits();
  readonly #turns = new Turns<DocId>();
  #closed = false;

  constructor(parts: CommitParts, commits: Commits, limits?: PendingLimits) {
    this.#parts = parts;
    this.#commits = commits;
    this.#pending = new Pending(limits);
  }

  /** How many envelopes wait for what they rest on. */
  get waiting(): number {
    return this.#pending.size;
  }

  /**
   * Takes what one read brought. What is for one document is applied as one batch.
   * @throws {StoreError} when the disk is at fault; what was not committed is as if it had not come.
   */
  async admit(items: readonly SentEnvelope[], from: PeerId): Promise<Admitted> {
    const outcome = new Outcome(from, this.#parts.log);
    const byDoc = Map.groupBy(items, ({ doc }) => doc).entries();
    const failures: unknown[] = [];
    const inTurn = async () => {
      for (const [doc, items] of byDoc) {
        const turn = this.#turns.run(doc, () => this.#admitTo(doc, items, from, outcome));
        await turn.catch((error) => failures.push(error));
      }
    };
    // All are over before the first failure is told.
    await Promise.all(Array.from({ length: DOCS_AT_ONCE }, inTurn));
    for (const failure of failures) throw failure;
    return outcome;
  }

  /** Begins nothing new; resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.idle();
  }

  async #admitTo(
    doc: DocId,
    items: readonly SentEnvelope[],
    from: PeerId,
    outcome: Outcome,
  ): Promise<void> {
    const arrived: Arrived[] = [];
    for (const item of items) {
      const judged = this.#judge(item, from, outcome);
      if (judged) arrived.push(judged);
    }
    const { space, store: { envelopes }, clock } = this.#parts;
    const sorted = sortReady(space, doc, arrived, envelopes, this.#pending, clock.now());
    for (const { verified: { envelope } } of sorted.dropped) {
      outcome.refuse(envelope, "crowded", "too much of its author's waits already");
    }
    for (const item of sorted.forked) this.#refuseFork(item, outcome);
    for (const batch of batches(sorted.ready)) await this.#apply(doc, batch, outcome);
  }

  /** Verifies an envelope that is neither here nor waiting; `undefined` when there is no more to do. */
  #judge(item: SentEnvelope, from: PeerId, outcome: Outcome): Arrived | undefined {
    const { space, store: { envelopes }, vectors, clock } = this.#parts;
    const { doc, author } = item;
    try {
      const header = readChangeHeader(item.change);
      const { hash, actor, seq } = header;
      if (this.#pending.has(hash)) return undefined;
      const isOld = seq <= (vectors.of(doc).get(actor) ?? 0);
      if (isOld && envelopes.hashAt(space, doc, actor, seq) === hash) {
        outcome.held.push([from, [doc, actor, seq]]);
        return undefined;
      }
      const refusal = this.#culprits.refusal(hash, author, doc, clock.now());
      if (refusal !== undefined) {
        outcome.refuse(item, "rejected", refusal, "debug");
        return undefined;
      }
      if (header.rows > maxRows(doc, item.change.length)) {
        outcome.refuse(item, "forged", `${header.rows} operations are too many for its bytes`);
        return undefined;
      }
      const arrived = { verified: verifyEnvelope({ ...item, space }), from };
      if (!isOld) return arrived;
      this.#refuseFork(arrived, outcome);
      // Honest peers of the other mind bring it with every repair: it is verified and logged once.
      this.#culprits.reject(hash, "its author signed another change for its place");
    } catch (error) {
      if (!(error instanceof EnvelopeError || error instanceof SyntaxError)) throw error;
      outcome.refuse(item, "forged", error.message);
    }
    return undefined;
  }

  #refuseFork({ verified: { envelope, header } }: Arrived, outcome: Outcome): void {
    outcome.refuse(envelope, "forked", `change ${header.seq} of "${header.actor}" is another here`);
  }

  /** Applies and commits a batch; a fault of the document worker is narrowed down to the one at fault. */
  async #apply(doc: DocId, batch: readonly Arrived[], outcome: Outcome): Promise<void> {
    if (this.#closed || batch.length === 0) return;
    const { space, documents, clock } = this.#parts;
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
        this.#culprits.blame(envelope.author, doc, clock.now());
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
    const taken: (Arrived & TakenUp)[] = [];
    const missing: Arrived[] = [];
    for (const [i, item] of batch.entries()) {
      const result = results[i];
      const { envelope, header } = item.verified;
      if (result?.type === "applied") {
        taken.push({ ...item, entries: result.entries });
      } else if (result?.reason === "missing") {
        missing.push(item);
      } else {
        const text = result?.text ?? "no answer about it";
        this.#culprits.reject(header.hash, text);
        outcome.refuse(envelope, "rejected", text);
      }
    }
    const next = this.#continuing(doc, taken);
    if (next.length < taken.length) {
      // The document took up what the store cannot: it skips a place in its log, the one before it having
      // been refused. It is made anew without it.
      this.#parts.documents.drop(docKey(this.#parts.space, doc));
      for (const item of taken) {
        if (!next.includes(item)) {
          outcome.refuse(item.verified.envelope, "rejected", "the change before it is not here");
        }
      }
      await this.#apply(doc, next, outcome);
    } else if (taken.length > 0) {
      this.#commits.write(doc, taken, { local: false, heads });
      outcome.fresh += taken.length;
      for (const item of taken) outcome.hold(item);
    }
    this.#wait(doc, missing, outcome);
  }

  /** Those that are the next of their logs, one after another. */
  #continuing<T extends Arrived>(doc: DocId, items: readonly T[]): T[] {
    const tops = new Map(this.#parts.vectors.of(doc));
    return items.filter(({ verified: { header: { actor, seq } } }) => {
      if (seq !== (tops.get(actor) ?? 0) + 1) return false;
      tops.set(actor, seq);
      return true;
    });
  }

  /** What rests on something that was refused waits, should that be taken later. */
  #wait(doc: DocId, items: readonly Arrived[], outcome: Outcome): void {
    const { space, store: { envelopes }, clock } = this.#parts;
    for (const item of items) {
      const { envelope, header } = item.verified;
      const dep = header.deps.find((hash) => !hasChange(envelopes, space, doc, hash));
      if (dep === undefined) {
        outcome.refuse(envelope, "rejected", "the document lacks what the store has");
      } else if (!this.#pending.add(item, changeKey(doc, dep), clock.now())) {
        outcome.refuse(envelope, "crowded", "too much of its author's waits already");
      }
    }
  }
}

function* batches(items: readonly Arrived[]): Generator<Arrived[]> {
  let batch: Arrived[] = [];
  let bytes = 0;
  let rows = 0;
  for (const item of items) {
    const { envelope: { change: { length } }, header } = item.verified;
    const isFull = batch.length === MAX_BATCH || bytes + length > MAX_BATCH_BYTES ||
      rows + header.rows > MAX_BATCH_ROWS;
    if (batch.length > 0 && isFull) {
      yield batch;
      batch = [];
      bytes = 0;
      rows = 0;
    }
    batch.push(item);
    bytes += length;
    rows += header.rows;
  }
  if (batch.length > 0) yield batch;
}
