import { Buffer } from "node:buffer";
import { type ActorId, type DocId, HEAD_BYTES, type SpaceId } from "../base/ids.ts";
import { MAX_SEALED_BYTES } from "../base/limits.ts";
import type { Compacted, SavedBase, SavedChanges } from "../doc/documents.ts";
import type { Row } from "../doc/projection.ts";
import { isSigned, NO_SIGNATURE } from "../trust/envelope.ts";
import type { SealedDocument } from "../trust/sealed_document.ts";
import type { Bases } from "./bases.ts";
import type { Database } from "./database.ts";
import type { Envelopes } from "./envelopes.ts";
import type { Holdings } from "./holdings.ts";
import type { Logs } from "./logs.ts";
import type { Changed, Projector, Source } from "./projector.ts";
import { savedSources } from "./saved_sources.ts";

/** Envelopes deleted at once; it takes some ten milliseconds. */
const SWEPT_AT_ONCE = 1000;
/** Sealed documents kept of one document. */
export const MAX_KEPT_SEALED = 8;
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

/** Brings documents onto bases, and takes out of these. Each call is one transaction, or is made within one. */
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
   * Writes a verified document as the base of all that is held of it, and what is new in it means; it is on disk with
   * {@linkcode Store.secure}. Gives what people see differently. The envelopes that it covers are deleted by {@linkcode SealedDocuments.sweep}.
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
    return database.writeSoon(() => {
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
        const { top: { hash, change } } = known;
        const log = logs.begin(space, doc, actor, author, { seq, hash: bytesOf(hash) });
        envelopes.place(log, { seq, hash: bytesOf(hash), signature, change, receivedAt });
        sources.push(...savedSources(doc, log, known, receivedAt, held));
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

  /** The heads of all that is held of a document, by its logs. */
  heads(space: SpaceId, doc: DocId): Map<ActorId, Uint8Array> {
    const { logs, envelopes } = this.#parts;
    return new Map([...logs.of(space, doc)].map(([actor, log]) => [actor, envelopes.headsOf(log)]));
  }

  /**
   * Takes out of a document, within a transaction, what comes in its logs from these places on. If that is in its
   * base, this gives way to `base`, and is kept as the sealed document that vouches for what stays of it. Gives the
   * lowest number of an envelope that went.
   */
  takeOut(
    space: SpaceId,
    doc: DocId,
    from: ReadonlyMap<ActorId, number>,
    base: SavedBase | null,
  ): number {
    const { logs, bases, envelopes, holdings } = this.#parts;
    const id = logs.docId(space, doc);
    const held = logs.of(space, doc);
    const cut = [...from].filter(([actor, seq]) => seq <= (held.get(actor)?.based ?? 0));
    const isCut = cut.length > 0;
    const sealed = isCut ? bases.sealed(space, doc) : undefined;
    const receivedAt = bases.basedAt(space, doc) ?? 0;
    if (isCut) holdings.nameLogs(space, doc);
    const first = [...from].map(([actor, seq]) => envelopes.remove(space, doc, actor, seq));
    if (isCut && base && id !== undefined) {
      bases.lessen(space, doc, base, receivedAt);
      if (sealed) bases.keep(sealed, id);
      for (const [actor, seq] of cut) {
        const [log, top] = [held.get(actor), base.logs.get(actor)?.top];
        if (!log || !top || envelopes.storedAt(space, doc, actor, seq - 1)) continue;
        const { hash, change } = top;
        const unsigned = { seq: top.seq, hash: bytesOf(hash), signature: NO_SIGNATURE, change };
        envelopes.place(log, { ...unsigned, receivedAt });
      }
    }
    return Math.min(...first);
  }

  /**
   * Keeps a sealed document that vouches for envelopes that come of it; it is on disk with {@linkcode Store.secure}.
   *
   * @throws {RangeError} if too many are kept of the document already.
   * @throws {StoreError} `full`, `io` or `damaged`; nothing is written.
   */
  keep(sealed: SealedDocument): void {
    const { space, doc } = sealed;
    const { database, logs, bases } = this.#parts;
    if (bases.countKept(space, doc) >= MAX_KEPT_SEALED) {
      throw new RangeError(`Cannot keep more than ${MAX_KEPT_SEALED} sealed documents of one`);
    }
    database.writeSoon(() => bases.keep(sealed, logs.ensureDoc(space, doc)));
  }
}

const bytesOf = (hash: string): Uint8Array => Buffer.from(hash, "hex");
