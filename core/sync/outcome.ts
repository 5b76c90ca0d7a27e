import type { PeerId } from "../base/ids.ts";
import type { Log, LogLevel } from "../base/log.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { Mark, SentEnvelope } from "../wire/message.ts";
import type { Arrived } from "./pending.ts";

/**
 * Why an envelope was refused. `forged`: not one change that its author signed for this place, which no
 * honest peer passes on; `void`: its author signed two changes for one place in a log, and it is not the one
 * that counts or rests on what does not; `no right`: its author may not write it, as far as is known here;
 * `rejected`: Automerge does not take it; `fault`: the document worker failed over it; `crowded`: no room to
 * wait; `full`: no room in the space.
 */
export type RefusalReason =
  | "forged"
  | "void"
  | "no right"
  | "rejected"
  | "fault"
  | "crowded"
  | "full";

/** What became of envelopes that a peer sent. */
export interface Admitted {
  /** How many changes were committed, those that had waited for them included. */
  readonly fresh: number;
  /** How many disputes came up that are new here. */
  readonly disputes: number;
  /** How many were refused, by reason. */
  readonly refused: Readonly<Partial<Record<RefusalReason, number>>>;
  /** What is held now, or was before, of what was sent, and who sent it. */
  readonly held: readonly (readonly [from: PeerId, mark: Mark])[];
  /** What was committed, in the order in which it was, and who sent it. */
  readonly taken: readonly Arrived[];
  /** The authors of what was held before. */
  readonly again: ReadonlySet<PeerId>;
  /** How many changes that are new here sealed documents brought as a whole. */
  readonly sealed: number;
}

/** Gathers what becomes of envelopes. */
export class Outcome implements Admitted {
  readonly held: (readonly [PeerId, Mark])[] = [];
  readonly taken: Arrived[] = [];
  readonly again = new Set<PeerId>();
  readonly refused: Partial<Record<RefusalReason, number>> = {};
  readonly #from: PeerId;
  readonly #log: Log;
  disputes = 0;
  sealed = 0;

  constructor(from: PeerId, log: Log) {
    this.#from = from;
    this.#log = log;
  }

  get fresh(): number {
    return this.taken.length + this.sealed;
  }

  /** Notes that an envelope was committed. */
  take(item: Arrived): void {
    const { from, verified: { envelope: { doc }, header: { actor, seq } } } = item;
    this.taken.push(item);
    this.held.push([from, [doc, actor, seq]]);
  }

  /** Notes that a sealed document was committed as a whole, with so many new changes. */
  takeSealed({ doc, seals }: SealedDocument, fresh: number): void {
    this.sealed += fresh;
    for (const { actor, seq } of seals) this.held.push([this.#from, [doc, actor, seq]]);
  }

  /** Notes that an envelope was held before. */
  known(author: PeerId, mark: Mark): void {
    this.again.add(author);
    this.held.push([this.#from, mark]);
  }

  /** Notes and logs a refusal; of many for one reason, the first only. */
  refuse(
    { doc, author }: Pick<SentEnvelope, "doc" | "author">,
    reason: RefusalReason,
    text: string,
    level: LogLevel = "warn",
  ): void {
    const count = this.refused[reason] = (this.refused[reason] ?? 0) + 1;
    if (count > 1) return;
    this.#log(level, "Refused an envelope", { peer: this.#from, author, doc, reason, text });
  }
}
