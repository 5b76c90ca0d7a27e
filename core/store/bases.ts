import { Buffer } from "node:buffer";
import {
  type ActorId,
  type ChangeHash,
  type DocId,
  HEAD_BYTES,
  HEAD_DIGITS,
  type PeerId,
  type SpaceId,
} from "../base/ids.ts";
import type { Compacted } from "../doc/documents.ts";
import { isSigned } from "../trust/envelope.ts";
import type { Seal, SealedDocument } from "../trust/sealed_document.ts";
import { decodeSealed, encodeSealed } from "../wire/sealed.ts";
import type { Database, Statement } from "./database.ts";
import type { LogEntry, Logs } from "./logs.ts";

const NO_HEADS = new Uint8Array();

/**
 * What documents rest on: a base, which is the document as Automerge saves it, in the place of the envelopes
 * that it covers, and sealed documents that vouch for envelopes without a signature.
 */
export class Bases {
  readonly #logs: Logs;
  readonly #bytes: Statement;
  readonly #basedAt: Statement;
  readonly #receivedAt: Statement;
  readonly #seal: Statement;
  readonly #head: Statement;
  readonly #heads: Statement;
  readonly #find: Statement;
  readonly #set: Statement;
  readonly #setLog: Statement;
  readonly #sweep: Statement;
  readonly #drop: Statement;
  readonly #dropLog: Statement;
  readonly #unsigned: Statement;
  readonly #sign: Statement;
  readonly #countKept: Statement;
  readonly #kept: Statement;
  readonly #keep: Statement;
  readonly #dropKept: Statement;
  readonly #bytesOf: Statement;
  readonly #bytesIn: Statement;

  constructor(database: Database, logs: Logs) {
    this.#logs = logs;
    this.#bytes = database.prepare("SELECT bytes FROM bases WHERE doc = ?");
    this.#basedAt = database.prepare("SELECT received_at AS at FROM bases WHERE doc = ?");
    this.#receivedAt = database.prepare(
      `SELECT max(received_at) AS at FROM (SELECT received_at FROM envelopes WHERE doc = ?1
       UNION ALL SELECT received_at FROM bases WHERE doc = ?1)`,
    );
    this.#seal = database.prepare("SELECT signature FROM envelopes WHERE log = ? AND seq = ?");
    this.#head = database.prepare(
      `SELECT lower(hex(substr(heads, ?1, ${HEAD_BYTES}))) AS head FROM based_logs WHERE log = ?2`,
    );
    this.#heads = database.prepare("SELECT heads FROM based_logs WHERE log = ?");
    this.#find = database.prepare(
      `SELECT log, instr(heads, ?1) AS at FROM based_logs WHERE log IN
       (SELECT id FROM logs WHERE doc = ?2) AND at > 0`,
    );
    this.#set = database.prepare(
      `INSERT INTO bases (doc, received_at, bytes) VALUES (?, ?, ?) ON CONFLICT DO UPDATE
       SET received_at = excluded.received_at, bytes = excluded.bytes`,
    );
    this.#setLog = database.prepare(
      `INSERT INTO based_logs (log, seq, bytes, heads) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE
       SET seq = excluded.seq, bytes = excluded.bytes, heads = excluded.heads`,
    );
    this.#sweep = database.prepare(
      `DELETE FROM envelopes WHERE id IN (SELECT envelopes.id FROM envelopes
       JOIN based_logs ON based_logs.log = envelopes.log
       WHERE envelopes.doc = ? AND envelopes.seq < based_logs.seq LIMIT ?)`,
    );
    this.#drop = database.prepare("DELETE FROM bases WHERE doc = ?");
    this.#dropLog = database.prepare("DELETE FROM based_logs WHERE log = ?");
    this.#unsigned = database.prepare(
      "SELECT 1 FROM envelopes WHERE log = ? AND seq > ? AND length(signature) = 0 LIMIT 1",
    );
    this.#sign = database.prepare(
      "UPDATE envelopes SET signature = ? WHERE log = ? AND seq = ? AND length(signature) = 0",
    );
    this.#countKept = database.prepare("SELECT count(*) AS count FROM kept_sealed WHERE doc = ?");
    this.#kept = database.prepare("SELECT sealed FROM kept_sealed WHERE doc = ? ORDER BY id");
    this.#keep = database.prepare("INSERT INTO kept_sealed (doc, sealed) VALUES (?, ?)");
    this.#dropKept = database.prepare("DELETE FROM kept_sealed WHERE doc = ?");
    this.#bytesIn = database.prepare(
      `SELECT coalesce(sum(length(change)), 0) + coalesce((SELECT bytes FROM based_logs
       WHERE log = ?1), 0) AS bytes FROM envelopes WHERE log = ?1 AND seq >= ?2`,
    );
    this.#bytesOf = database.prepare(
      `SELECT coalesce(sum(bytes), 0) AS bytes FROM based_logs JOIN logs ON logs.id = based_logs.log
       JOIN docs ON docs.id = logs.doc JOIN spaces ON spaces.id = docs.space
       JOIN peers ON peers.id = logs.author WHERE spaces.space = ? AND peers.peer = ?`,
    );
  }

  /** The base of a document, or `null`. */
  bytes(space: SpaceId, doc: DocId): Uint8Array | null {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return null;
    return this.#bytes.get<{ bytes: Uint8Array }>(id)?.bytes ?? null;
  }

  /** The base of a document with its seals, if it has them all: it has not where something was taken out. */
  sealed(space: SpaceId, doc: DocId): SealedDocument | undefined {
    const bytes = this.bytes(space, doc);
    if (!bytes) return undefined;
    const seals = [...this.#logs.of(space, doc)].flatMap(([actor, log]): Seal[] => {
      const seal = this.#seal.get<{ signature: Uint8Array }>(log.id, log.based);
      return seal ? [{ actor, author: log.author, seq: log.based, ...seal }] : [];
    });
    return seals.every(isSigned) ? { space, doc, bytes, seals } : undefined;
  }

  /** The sealed documents that have what one who holds `vector` of a document lacks and no envelope has. */
  lacking(space: SpaceId, doc: DocId, vector: ReadonlyMap<ActorId, number>): SealedDocument[] {
    const logs = [...this.#logs.of(space, doc)];
    const held = (actor: ActorId) => vector.get(actor) ?? 0;
    const lacksBased = logs.some(([actor, log]) => held(actor) < log.based);
    const base = lacksBased ? this.sealed(space, doc) : undefined;
    const lacksOther = lacksBased && !base ||
      logs.some(([actor, log]) => held(actor) < log.seq && this.hasUnsigned(log, held(actor)));
    return [...base ? [base] : [], ...lacksOther ? this.kept(space, doc) : []];
  }

  /** The head of a place that is in the base. */
  headAt({ id, based }: LogEntry, seq: number): string | undefined {
    if (seq < 1 || seq > based) return undefined;
    return this.#head.get<{ head: string }>((seq - 1) * HEAD_BYTES + 1, id)?.head;
  }

  /** The heads of all places of a log that are in the base. */
  headsOf({ id }: LogEntry): Uint8Array {
    return this.#heads.get<{ heads: Uint8Array }>(id)?.heads ?? NO_HEADS;
  }

  /** Who made a change that is in the base of a document; `undefined` if it is not. */
  authorOf(space: SpaceId, doc: DocId, hash: ChangeHash): PeerId | undefined {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return undefined;
    const head = Buffer.from(hash.slice(0, HEAD_DIGITS), "hex");
    const found = this.#find.all<{ log: number; at: number }>(head, id)
      .find(({ at }) => (at - 1) % HEAD_BYTES === 0);
    if (!found) return undefined;
    return [...this.#logs.of(space, doc).values()].find(({ id }) => id === found.log)?.author;
  }

  /** What is held of a log, in its base and above, in bytes of changes. */
  bytesIn({ id, based }: LogEntry): number {
    return this.#bytesIn.get<{ bytes: number }>(id, based)?.bytes ?? 0;
  }

  /** What is in bases of an author's changes in a space, and has no envelope: bytes of changes. */
  bytesOf(space: SpaceId, author: PeerId): number {
    return this.#bytesOf.get<{ bytes: number }>(space, author)?.bytes ?? 0;
  }

  /** The sealed documents that vouch for envelopes without a signature. */
  kept(space: SpaceId, doc: DocId): SealedDocument[] {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return [];
    return this.#kept.all<{ sealed: Uint8Array }>(id)
      .map(({ sealed }) => decodeSealed(space, doc, sealed));
  }

  /** Keeps a sealed document, within a transaction. */
  keep(sealed: SealedDocument, doc: number): void {
    this.#keep.run(doc, encodeSealed(sealed));
  }

  /** How many sealed documents vouch for envelopes of a document. */
  countKept(space: SpaceId, doc: DocId): number {
    const id = this.#logs.docId(space, doc);
    return id === undefined ? 0 : this.#countKept.get<{ count: number }>(id)?.count ?? 0;
  }

  /** When the newest of what the base of a document covers came here, in milliseconds since 1970. */
  basedAt(space: SpaceId, doc: DocId): number | undefined {
    const id = this.#logs.docId(space, doc);
    return id === undefined ? undefined : this.#basedAt.get<{ at: number }>(id)?.at;
  }

  /** When the newest of a document came here, in milliseconds since 1970. */
  newestAt(space: SpaceId, doc: DocId): number {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return 0;
    return this.#receivedAt.get<{ at: number | null }>(id)?.at ?? 0;
  }

  /** Whether a log has envelopes above a place for which a sealed document vouches. */
  hasUnsigned({ id }: LogEntry, above: number): boolean {
    return this.#unsigned.get(id, above) !== undefined;
  }

  /** Gives the envelope of a place its signature, unless it has one; within a transaction. */
  sign({ id }: LogEntry, seq: number, signature: Uint8Array): void {
    this.#sign.run(signature, id, seq);
  }

  /**
   * Puts a document on a base that has all that may have no signature; what is held of it besides lies on top.
   * Within a transaction.
   */
  set(space: SpaceId, doc: DocId, base: Compacted, receivedAt: number): void {
    const id = this.#put(space, doc, base, receivedAt);
    this.#dropKept.run(id);
  }

  /** Takes out of a base, within a transaction, what another one lacks, which is put in its place. */
  lessen(space: SpaceId, doc: DocId, base: Compacted, receivedAt: number): void {
    const id = this.#put(space, doc, base, receivedAt);
    for (const [actor, log] of this.#logs.of(space, doc)) {
      if (base.logs.has(actor)) continue;
      this.#dropLog.run(log.id);
      this.#logs.setBased(log, 0);
    }
    if (base.logs.size === 0) this.#drop.run(id);
  }

  #put(space: SpaceId, doc: DocId, { bytes, logs }: Compacted, receivedAt: number): number {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) throw new RangeError(`Cannot base "${doc}": nothing of it is here`);
    this.#set.run(id, receivedAt, bytes);
    for (const [actor, { heads, bytes }] of logs) {
      const log = this.#logs.find(space, doc, actor);
      const seq = heads.length / HEAD_BYTES;
      if (!log || log.seq < seq) throw new RangeError(`Cannot base "${doc}": it is not all here`);
      this.#setLog.run(log.id, seq, bytes, heads);
      this.#logs.setBased(log, seq);
    }
    return id;
  }

  /** Deletes envelopes that the base covers, some at a time. Gives whether there may be more. */
  sweep(space: SpaceId, doc: DocId, most: number): boolean {
    const id = this.#logs.docId(space, doc);
    return id !== undefined && this.#sweep.run(id, most) === most;
  }
}
