import type { PeerId } from "../base/ids.ts";
import { maxRows } from "../doc/row_limit.ts";
import { isVoidByLog } from "../doc/unwanted.ts";
import { type ChangeHeader, readChangeHeader } from "../trust/change_header.ts";
import { coveredEnvelope, EnvelopeError, verifyEnvelope } from "../trust/envelope.ts";
import type { SentEnvelope } from "../wire/message.ts";
import type { Culprits } from "./culprits.ts";
import type { IfNeeded } from "./if_needed.ts";
import type { Outcome } from "./outcome.ts";
import type { Arrived, Pending } from "./pending.ts";
import type { CommitParts } from "./commits.ts";
import type { Quotas } from "./quotas.ts";
import { countsAlone, type RightsOf } from "./rights.ts";
import type { Settlement } from "./settlement.ts";

/** Envelopes judged before others get their turn; each takes 0.15 ms. */
const JUDGED_AT_ONCE = 16;
/** The first of an author counts as so many: to look at a key that is new takes some 2 ms. */
const FIRST_OF_AUTHOR = 8;

/** What {@linkcode Judge} needs. */
export interface JudgeParts extends CommitParts {
  readonly pending: Pending;
  readonly ifNeeded: IfNeeded;
  readonly culprits: Culprits;
  readonly settlement: Settlement;
  readonly quotas: Quotas;
  readonly rights: RightsOf;
  /** Something came that this very device signed, and did not write here. */
  readonly onClone: () => void;
}

/** An envelope that its author signed, and whether another one is signed for its place. */
export interface Judged {
  readonly item: Arrived;
  readonly isForked: boolean;
}

/** Looks at envelopes one by one, the cheapest first, up to that their authors signed them. PROTOCOL.md, SYNC. */
export class Judge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /**
   * Verifies an envelope that is neither here nor waiting; `undefined` when there is no more to do.
   * `isCovered`: whether a sealed document that was verified vouches for it.
   */
  judge(
    item: SentEnvelope,
    from: PeerId,
    outcome: Outcome,
    isCovered = false,
  ): Judged | undefined {
    const { space, self } = this.#parts;
    try {
      const header = readChangeHeader(item.change);
      if (this.#isKnown(item, header, outcome)) return undefined;
      if (header.rows > maxRows(item.doc, item.change.length)) {
        outcome.refuse(item, "forged", `${header.rows} operations are too many for its bytes`);
        return undefined;
      }
      const envelope = { ...item, space };
      const verified = isCovered ? coveredEnvelope(envelope, header) : verifyEnvelope(envelope);
      const isForked = this.#isForked(item, header);
      if (item.author === self) this.#lookForClone(item, header, isForked);
      return { item: { verified, from }, isForked };
    } catch (error) {
      if (!(error instanceof EnvelopeError || error instanceof SyntaxError)) throw error;
      outcome.refuse(item, "forged", error.message);
      return undefined;
    }
  }

  /** Judges envelopes in order, letting others have their turn with `pause`. */
  async judgeAll(
    items: readonly SentEnvelope[],
    from: PeerId,
    outcome: Outcome,
    pause: () => Promise<void>,
  ): Promise<readonly Judged[]> {
    const judged: Judged[] = [];
    const authors = new Set<PeerId>();
    let cost = 0;
    for (const item of items) {
      const own = authors.has(item.author) ? 1 : FIRST_OF_AUTHOR;
      authors.add(item.author);
      if (cost + own > JUDGED_AT_ONCE) {
        await pause();
        cost = 0;
      }
      cost += own;
      const one = this.judge(item, from, outcome);
      if (one) judged.push(one);
    }
    return judged;
  }

  /** What needs no verification: it waits, is held, or is refused whoever signed it. */
  #isKnown(
    item: SentEnvelope,
    header: ChangeHeader,
    outcome: Outcome,
  ): boolean {
    const { space, store, pending, ifNeeded, culprits, settlement, quotas, clock, rights } =
      this.#parts;
    const { doc, author, change } = item;
    const { hash, actor, seq } = header;
    if (pending.has(hash)) return true;
    const isAllowed = countsAlone(rights(author), doc, { actor, seq });
    if (ifNeeded.has(hash) && !isAllowed) {
      outcome.refuse(item, "no right", "its author may not write it", "debug");
      return true;
    }
    if (seq <= this.#top(item, actor) && this.#holds(item, header)) {
      outcome.known(author, [doc, actor, seq]);
      return true;
    }
    const places = store.disputes.of(space, doc);
    const place = places.get(actor);
    const isVariant = place?.seq === seq && !place.hashes.includes(hash);
    if (settlement.isKnownVoid(hash) || !isVariant && isVoidByLog({ actor, seq, hash }, places)) {
      outcome.refuse(item, "void", "it is known to be void", "debug");
      return true;
    }
    const refusal = culprits.refusal(hash, author, doc, clock.now());
    if (refusal !== undefined) {
      outcome.refuse(item, "rejected", refusal, "debug");
      return true;
    }
    const full = quotas.refusal(doc, author, change.length);
    if (full !== undefined) outcome.refuse(item, "full", full, "info");
    return full !== undefined;
  }

  #isForked(item: SentEnvelope, { actor, seq, hash }: ChangeHeader): boolean {
    const { space, store } = this.#parts;
    const place = store.disputes.of(space, item.doc).get(actor);
    return seq <= this.#top(item, actor) ||
      (place?.seq === seq && !place.hashes.includes(hash));
  }

  /** What was held here once and is not any more was written here all the same. */
  #lookForClone(item: SentEnvelope, { actor, seq }: ChangeHeader, isForked: boolean): void {
    const { space, store, onClone } = this.#parts;
    const peak = store.envelopes.logs(space, item.doc).get(actor)?.peak ?? 0;
    if (seq > peak || isForked) onClone();
  }

  #top({ doc }: SentEnvelope, actor: ChangeHeader["actor"]): number {
    return this.#parts.vectors.of(doc).get(actor)?.seq ?? 0;
  }

  #holds({ doc }: SentEnvelope, { actor, seq, hash }: ChangeHeader): boolean {
    const { space, store } = this.#parts;
    const head = store.envelopes.headAt(space, doc, actor, seq);
    return head !== undefined && hash.startsWith(head);
  }
}
