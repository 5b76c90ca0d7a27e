import { Buffer } from "node:buffer";
import { type DocId, HEAD_BYTES, type SpaceId } from "../base/ids.ts";
import { MAX_SEALED_BYTES } from "../base/limits.ts";
import type { Compacted, SavedChange, SavedChanges } from "../doc/documents.ts";
import type { Row } from "../doc/projection.ts";
import { isSigned, NO_SIGNATURE } from "../trust/envelope.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { Bases } from "./bases.ts";
import type { Database } from "./database.ts";
import type { Envelopes } from "./envelopes.ts";
import type { Holdings } from "./holdings.ts";
import { HEAD_DIGITS, type Logs } from "./logs.ts";
import type { Changed, Projector, Source } from "./projector.ts";

/** Envelopes deleted at once; it takes some ten milliseconds. */
const SWEPT_AT_ONCE = 1000;
/** A seal as it is written: actor, author, seq and signature. */
const SEAL_BYTES = 144;

/** What {@linkcode SealedDocuments} is made of. */
export interface SealedParts {
  readonly database: Database;
  readonly logs: Logs;
  readonly bases: Bases;
  readonly envelopes: Envelopes;
  readonly holdings: Holdings;
  readonly projector: Projector;
}

/** Brings documents onto bases and off them. Each call is one transaction. */
export class SealedDocuments {
  readonly #parts: SealedParts;

  constructor(parts: SealedParts) {
    this.#parts = parts;
  }

  /**
   * Puts a document on a base that was made of all that is held of it. The envelopes that it covers are deleted by
   * {@linkcode SealedDocuments.sweep}.
   *
   * @throws {RangeError} if it is not the same, or a log's newest change is not signed by itself.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  rest(space: SpaceId, doc: DocId, compacted: Compacted): void {
    const { database, logs, bases, envelopes, holdings } = this.#parts;
    const held = [...logs.of(space, doc)].filter(([, { seq }]) => seq > 0);
    const isSame = held.length === compacted.logs.size && held.every(([actor, { seq, head }]) => {
      const heads = compacted.logs.get(actor)?.heads;
      return heads?.length === seq * head.length / 2 &&
        heads.subarray(-head.length / 2).toHex() === head;
    });
    if (!isSame) throw new RangeError(`Cannot rest "${doc}": it is not what is held`);
    for (const [actor, { seq }] of held) {
      const top = envelopes.storedAt(space, doc, actor, seq);
      if (!top || !isSigned(top)) throw new RangeError(`Cannot rest "${doc}": it is not sealed`);
    }
    if (compacted.bytes.length + SEAL_BYTES * held.length > MAX_SEALED_BYTES) {
      throw new RangeError(`Cannot rest "${doc}": it is too long to travel`);
    }
    database.write(() => {
      holdings.nameLogs(space, doc);
      bases.set(space, doc, compacted, bases.newestAt(space, doc));
    });
  }

  /** Deletes some of the envelopes that a base covers. Gives whether there may be more. */
  sweep(space: SpaceId, doc: DocId): boolean {
    const { database, bases } = this.#parts;
    return database.writeSoon(() => bases.sweep(space, doc, SWEPT_AT_ONCE));
  }

  /**
   * Whether a verified document has all that its base here covers, and nothing otherwise than it is held: then it
   * can be a new base, and what is held besides lies on top.
   */
  covers({ space, doc }: SealedDocument, saved: SavedChanges): boolean {
    const { logs, bases, envelopes } = this.#parts;
    return [...logs.of(space, doc)].every(([actor, log]) => {
      const heads = saved.logs.get(actor)?.heads ?? new Uint8Array();
      const seq = heads.length / HEAD_BYTES;
      // Without the documents that vouch for them, envelopes without a signature could not stay.
      if (seq < log.based || bases.hasUnsigned(log, seq)) return false;
      const common = Math.min(seq, log.seq);
      // Each change of a log rests on the one before it.
      return common === 0 ||
        heads.subarray(HEAD_BYTES * (common - 1), HEAD_BYTES * common).toHex() ===
          envelopes.headAt(space, doc, actor, common);
    });
  }

  /**
   * Writes a verified document as the base of all that is held of it, and what is new in it means. Gives what people
   * see differently. The envelopes that it covers are deleted by {@linkcode SealedDocuments.sweep}.
   *
   * @param rows Those of its changes that are new.
   * @throws {RangeError} if it does not {@linkcode SealedDocuments.covers | cover} what is here; nothing is written.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  add(
    sealed: SealedDocument,
    saved: SavedChanges,
    rows: readonly Row[],
    receivedAt: number,
  ): Changed {
    const { space, doc, bytes, seals } = sealed;
    const { database, logs, bases, envelopes, holdings, projector } = this.#parts;
    if (!this.covers(sealed, saved)) {
      throw new RangeError(`Cannot add "${doc}": some of it is here otherwise`);
    }
    return database.write(() => {
      holdings.nameLogs(space, doc);
      const sources: Source[] = [];
      for (const { actor, author, seq, signature } of seals) {
        const known = saved.logs.get(actor);
        if (!known) throw new RangeError(`Cannot add "${doc}": it has a seal without a log`);
        const before = logs.find(space, doc, actor);
        const held = before?.seq ?? 0;
        if (before && held >= seq) {
          bases.sign(before, seq, signature);
          continue;
        }
        const { top: { hash, change }, newestAt: time, entries } = known;
        const log = logs.begin(space, doc, actor, author, { seq, hash: bytesOf(hash) });
        envelopes.place(log, { seq, hash: bytesOf(hash), signature, change, receivedAt });
        sources.push({ doc, log, receivedAt, header: { actor, seq, startOp: 0, time } });
        for (const [i, startOp] of entries.counters.entries()) {
          const header = { actor, seq: entries.seqs[i] ?? seq, startOp, time };
          if (header.seq > held) sources.push({ doc, log, receivedAt, header });
        }
      }
      bases.set(space, doc, { bytes, logs: saved.logs }, receivedAt);
      return projector.apply(space, sources, rows);
    });
  }

  /** Whether all of a sealed document is held for sure, as its seals tell by themselves. */
  holds({ space, doc, seals }: SealedDocument): boolean {
    const { logs, envelopes } = this.#parts;
    return seals.every(({ actor, author, seq, signature }) => {
      const log = logs.find(space, doc, actor);
      if (!log || log.seq < seq || log.author !== author) return false;
      const stored = envelopes.storedAt(space, doc, actor, seq);
      // What was signed was verified before it was stored.
      return stored !== undefined && Buffer.compare(stored.signature, signature) === 0;
    });
  }

  /** Those of the changes of a saved document that are not held. */
  lacking(space: SpaceId, doc: DocId, saved: readonly SavedChange[]): SavedChange[] {
    const { logs, bases, envelopes } = this.#parts;
    const known = new Map(
      [...logs.of(space, doc)].map(([actor, log]) => {
        return [actor, { log, heads: bases.headsOf(log).toHex() }];
      }),
    );
    return saved.filter(({ actor, seq, hash }) => {
      const { log, heads = "" } = known.get(actor) ?? {};
      if (!log || seq > log.seq) return true;
      const at = HEAD_DIGITS * (seq - 1);
      const head = seq <= log.based
        ? heads.slice(at, at + HEAD_DIGITS)
        : envelopes.headAt(space, doc, actor, seq);
      return head === undefined || !hash.startsWith(head);
    });
  }

  /**
   * Makes envelopes again of what the base of a document covers, without signatures but for the seals; it is kept
   * as the sealed document that vouches for them.
   *
   * @param saved All changes of the base.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  unseal(space: SpaceId, doc: DocId, saved: readonly SavedChange[]): void {
    const { database, logs, bases, envelopes, holdings } = this.#parts;
    const sealed = bases.sealed(space, doc);
    const id = logs.docId(space, doc);
    if (!sealed || id === undefined) return;
    database.write(() => {
      const seals = new Map(sealed.seals.map((seal) => [seal.actor, seal]));
      const stored = envelopes.stored(space, doc);
      const receivedAt = bases.newestAt(space, doc);
      holdings.setBack(space, doc, envelopes.clear(id));
      bases.drop(space, doc);
      bases.keep(sealed, id);
      for (const { actor, seq, hash, change } of saved) {
        const log = logs.find(space, doc, actor);
        const seal = seals.get(actor);
        if (!log) continue;
        const signature = seal?.seq === seq ? seal.signature : NO_SIGNATURE;
        envelopes.place(log, { ...{ seq, signature, change, receivedAt }, hash: bytesOf(hash) });
      }
      for (const { actor, seq, hash, signature, change, receivedAt } of stored) {
        const log = logs.find(space, doc, actor);
        if (!log) continue;
        envelopes.place(log, { ...{ seq, signature, change, receivedAt }, hash: bytesOf(hash) });
      }
    });
  }

  /**
   * Keeps a sealed document that vouches for envelopes that come of it.
   *
   * @throws {RangeError} if too many are kept of the document already.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  keep(sealed: SealedDocument): void {
    const { database, logs, bases } = this.#parts;
    database.write(() => bases.keep(sealed, logs.ensureDoc(sealed.space, sealed.doc)));
  }
}

const bytesOf = (hash: string): Uint8Array => Buffer.from(hash, "hex");
