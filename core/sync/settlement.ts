import type { ActorId, ChangeHash, DocId, PeerId, SpaceId } from "../base/ids.ts";
import { DocumentFault } from "../doc/documents.ts";
import { isVoidByLog } from "../doc/unwanted.ts";
import type { KeptChange } from "../store/disputes.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import { coveredEnvelope, type Envelope, isSigned, verifyEnvelope } from "../trust/envelope.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { CommitParts } from "./commits.ts";
import type { IfNeeded } from "./if_needed.ts";
import type { Outcome } from "./outcome.ts";
import type { Arrived, Pending } from "./pending.ts";
import { Recent } from "./recent.ts";
import type { Remaking } from "./remaking.ts";
import { countsAlone, lastAlone, type RightsOf } from "./rights.ts";
import { changeKey } from "./wait_keys.ts";

/** Void changes that are remembered, so that what rests on them need not wait for them. */
export const MAX_VOIDS = 8192;

/** Two signed changes for one place in a log: their author is proven to be of two minds. */
export interface Dispute {
  readonly space: SpaceId;
  readonly doc: DocId;
  readonly author: PeerId;
  readonly actor: ActorId;
  readonly seq: number;
  /** The one that counts, if what it rests on does, comes first. */
  readonly variants: readonly [Envelope, Envelope];
}

/** Hears of disputes that are new here. */
export type DisputeListener = (dispute: Dispute) => void;

/** What {@linkcode Settlement} needs. */
export interface SettlementParts extends CommitParts {
  readonly remaking: Remaking;
  readonly pending: Pending;
  readonly ifNeeded: IfNeeded;
  readonly rights: RightsOf;
}

/**
 * Sees to it that documents hold what counts and nothing else: by the evidence of what is void, which only
 * grows, and by what authors may write, which changes. What follows is a function of these, so every peer
 * comes to the same. PROTOCOL.md, FORK and RIGHTS.
 */
export class Settlement {
  readonly #parts: SettlementParts;
  readonly #voids = new Recent<ChangeHash>(MAX_VOIDS);
  readonly #listeners = new Set<DisputeListener>();

  constructor(parts: SettlementParts) {
    this.#parts = parts;
    const { space, store: { disputes } } = parts;
    for (const doc of disputes.docs(space)) {
      for (const { hashes } of disputes.of(space, doc).values()) {
        for (const hash of hashes.slice(1)) this.#voids.add(hash);
      }
    }
  }

  /** Calls back with each new dispute; the result ends that. */
  listen(listener: DisputeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether a change is known to be void. */
  isKnownVoid(hash: ChangeHash): boolean {
    return this.#voids.has(hash);
  }

  /** Whether a verified change is void, or rests on one that is known to be. It is known from then on. */
  isVoid({ verified: { envelope: { doc }, header } }: Arrived): boolean {
    const { space, store } = this.#parts;
    const isVoid = isVoidByLog(header, store.disputes.of(space, doc)) ||
      [header.hash, ...header.deps].some((hash) => this.#voids.has(hash));
    if (isVoid) this.#voids.add(header.hash);
    return isVoid;
  }

  /** Whether the author of a verified change may write it. */
  countsAlone({ verified: { envelope: { doc, author }, header } }: Arrived): boolean {
    return countsAlone(this.#parts.rights(author), doc, header);
  }

  /**
   * Keeps a verified change that can never be taken, if it is the lowest such of its log: should its author
   * sign another one for that place, it is known that there are two. Gives whether its place is free: else
   * there are two now.
   */
  keepAlone({ verified: { envelope, header } }: Arrived): boolean {
    const { space, store } = this.#parts;
    const held = store.envelopes.tops(space).get(envelope.doc)?.get(header.actor)?.seq ?? 0;
    if (header.seq <= held) return false;
    const { author, signature, change } = envelope;
    const { actor, seq, hash } = header;
    store.disputes.keep(space, envelope.doc, { actor, author, seq, hash, signature, change });
    return true;
  }

  /**
   * Keeps verified changes for whose places others are signed too, and tells of that. What is void by it is
   * taken out when the document is settled. Gives what is to be looked at again: those whose places are free
   * after all, and what waited for what is void. Where what is held cannot be read, they are refused for now.
   *
   * @throws {StoreError} when the disk is at fault.
   */
  async fork(doc: DocId, items: readonly Arrived[], outcome: Outcome): Promise<Arrived[]> {
    const { space, store: { envelopes, disputes }, pending } = this.#parts;
    const again: Arrived[] = [];
    const rivals = await this.#rivals(doc, items, outcome);
    if (!rivals) return again;
    for (const item of items) {
      const { envelope, header: { actor, seq, hash } } = item.verified;
      const head = envelopes.headAt(space, doc, actor, seq);
      if (head !== undefined && hash.startsWith(head)) continue;
      if (head === undefined && disputes.of(space, doc).get(actor)?.seq !== seq) {
        again.push(item);
        continue;
      }
      const { author, signature, change } = envelope;
      const held = rivals.get(actor);
      if (held) disputes.keep(space, doc, held);
      const isNews = disputes.keep(space, doc, { actor, author, seq, hash, signature, change });
      const text = `its author signed another change ${seq} of "${actor}"`;
      outcome.refuse(envelope, "void", text, "debug");
      if (isNews) this.#tell(doc, actor, outcome);
      const [counting, ...others] = disputes.of(space, doc).get(actor)?.hashes ?? [];
      for (const loser of hash === counting ? others : [...others, hash]) {
        this.#voids.add(loser);
        again.push(...pending.take(changeKey(doc, loser)));
      }
    }
    return again;
  }

  /**
   * What is held in the lowest place of each log for which one of these is signed instead: no more of a log makes
   * a difference.
   */
  async #rivals(
    doc: DocId,
    items: readonly Arrived[],
    outcome: Outcome,
  ): Promise<Map<ActorId, KeptChange> | undefined> {
    const { space, store: { envelopes }, remaking } = this.#parts;
    const lowest = new Map<ActorId, number>();
    for (const { verified: { header: { actor, seq, hash } } } of items) {
      const head = envelopes.headAt(space, doc, actor, seq);
      if (head === undefined || hash.startsWith(head)) continue;
      lowest.set(actor, Math.min(seq, lowest.get(actor) ?? seq));
    }
    try {
      const places = [...lowest].map(([actor, seq]) => ({ actor, seq }));
      const held = await remaking.heldAt(doc, places);
      return new Map(held.map((change) => [change.actor, change]));
    } catch (error) {
      if (!(error instanceof DocumentFault)) throw error;
      for (const { verified } of items) outcome.refuse(verified.envelope, "fault", error.message);
      return undefined;
    }
  }

  /**
   * Takes out of a document what does not count (any more). Gives what is to be looked at again: what may
   * count now, and what waited for what is void.
   *
   * @throws {StoreError} when the disk is at fault, or {DocumentFault}: to be done another time.
   */
  async settle(doc: DocId): Promise<Arrived[]> {
    const { space, store, remaking, pending, ifNeeded, clock } = this.#parts;
    const again: Arrived[] = [];
    if (this.#holdsVoid(doc)) {
      const places = () => store.disputes.of(space, doc);
      const gone = await remaking.takeOut(doc, () => ({ why: "void", places: places() }));
      for (const { hash } of gone) {
        this.#voids.add(hash);
        again.push(...pending.take(changeKey(doc, hash)));
      }
    }
    if (this.#holdsUnneeded(doc)) {
      const gone = await remaking.takeOut(doc, () => ({ why: "cut", upTo: this.#lastAlone(doc) }));
      for (const item of gone) if (!ifNeeded.add(this.#arrived(doc, item), clock.now())) break;
    }
    return [...again, ...this.#winners(doc)];
  }

  /** The signed changes that show peers what is void in a log. */
  evidence(doc: DocId, actor: ActorId): (Envelope | SealedDocument)[] {
    const { space, store } = this.#parts;
    const variants = store.disputes.kept(space, doc, actor);
    const signed = variants.filter(isSigned).map((item) => this.#envelope(doc, item));
    // For the others sealed documents vouch.
    return signed.length < variants.length ? [...store.bases.kept(space, doc), ...signed] : signed;
  }

  #holdsVoid(doc: DocId): boolean {
    const { space, store } = this.#parts;
    const tops = store.envelopes.tops(space).get(doc);
    return [...store.disputes.of(space, doc)].some(([actor, { seq, hashes }]) => {
      const top = tops?.get(actor);
      if (!top || hashes.length < 2) return false;
      return top.seq > seq || (top.seq === seq && !hashes[0]?.startsWith(top.head));
    });
  }

  #holdsUnneeded(doc: DocId): boolean {
    const { space, store, rights } = this.#parts;
    return [...store.envelopes.logs(space, doc)].some(([actor, { author, seq }]) =>
      seq > 0 && !countsAlone(rights(author), doc, { actor, seq })
    );
  }

  /** The last place of each log of a document at which a change counts by itself. */
  #lastAlone(doc: DocId): Map<ActorId, number> {
    const { space, store, rights } = this.#parts;
    return new Map(
      [...store.envelopes.logs(space, doc)].map(([actor, { author }]) => {
        return [actor, lastAlone(rights(author), doc, actor)];
      }),
    );
  }

  /** Changes that count at a place for which two are signed, and neither are held nor wait. */
  #winners(doc: DocId): Arrived[] {
    const { space, store: { disputes, envelopes }, pending, ifNeeded } = this.#parts;
    return [...disputes.of(space, doc)].flatMap(([actor, { seq, hashes: [counting, other] }]) => {
      const top = envelopes.tops(space).get(doc)?.get(actor)?.seq ?? 0;
      if (!counting || !other || top >= seq || this.#voids.has(counting)) return [];
      if (pending.has(counting) || ifNeeded.has(counting)) return [];
      const [winner] = disputes.kept(space, doc, actor);
      return winner ? [this.#arrived(doc, winner)] : [];
    });
  }

  #arrived(doc: DocId, item: KeptChange): Arrived {
    const envelope = this.#envelope(doc, item);
    const verified = isSigned(item)
      ? verifyEnvelope(envelope)
      : coveredEnvelope(envelope, readChangeHeader(item.change));
    return { verified, from: item.author };
  }

  #envelope(doc: DocId, { author, signature, change }: KeptChange): Envelope {
    return { space: this.#parts.space, doc, author, signature, change };
  }

  #tell(doc: DocId, actor: ActorId, outcome: Outcome): void {
    const { space, store, log } = this.#parts;
    const kept = store.disputes.kept(space, doc, actor);
    const [counting, other] = kept.map((item) => this.#envelope(doc, item));
    const [first] = kept;
    if (!first || !counting || !other) return;
    const { author, seq } = first;
    outcome.disputes++;
    log("warn", "An author signed two changes for one place", { author, doc, actor, seq });
    const dispute: Dispute = { space, doc, author, actor, seq, variants: [counting, other] };
    for (const listener of this.#listeners) {
      try {
        listener(dispute);
      } catch (error) {
        log("error", "A listener to disputes failed", { error: String(error) });
      }
    }
  }
}
