import { Buffer } from "node:buffer";
import {
  type ActorId,
  type ChangeHash,
  type DocId,
  HEAD_BYTES,
  type PeerId,
  type SpaceId,
} from "../base/ids.ts";
import type { Envelope, VerifiedEnvelope } from "../trust/envelope.ts";
import type { Bases } from "./bases.ts";
import type { Database, Statement } from "./database.ts";
import type { LogEntry, Logs, Tops } from "./logs.ts";

/** What an envelope counts in {@linkcode Envelopes.after} besides its change, in bytes. */
export const ENVELOPE_BYTES = 192;

interface Place {
  readonly id: number;
  readonly log: number;
  readonly seq: number;
  readonly bytes: number;
  /** 0 if its sealed document has it. */
  readonly isSigned: number;
}

type Stored = Pick<Envelope, "signature" | "change">;

/** An envelope as it is in the store. */
export interface StoredChange {
  /** Grows in the order of admission: a change has a higher one than all it rests on. */
  readonly id: number;
  readonly actor: ActorId;
  readonly author: PeerId;
  readonly seq: number;
  readonly hash: ChangeHash;
  /** None, of no bytes, if a sealed document vouches for it. */
  readonly signature: Uint8Array;
  readonly change: Uint8Array;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

type StoredRow = Omit<StoredChange, "actor" | "author"> & { readonly log: number };

const STORED = `SELECT id, log, seq, lower(hex(hash)) AS hash, signature, change,
  received_at AS receivedAt FROM envelopes`;

/** Those of a document that its base does not cover, in the order of admission. */
const ABOVE_BASE = `WHERE doc = ? AND seq > coalesce(
  (SELECT seq FROM based_logs WHERE based_logs.log = envelopes.log), 0) ORDER BY id`;

/** Every envelope that was admitted, as it came, but for those that a base covers: the truth. */
export class Envelopes {
  readonly #logs: Logs;
  readonly #bases: Bases;
  readonly #add: Statement;
  readonly #remove: Statement;
  readonly #stored: Statement;
  readonly #storedAt: Statement;
  readonly #bytesOf: Statement;
  readonly #changes: Statement;
  readonly #hasHash: Statement;
  readonly #author: Statement;
  readonly #bySeq: Statement;
  readonly #heads: Statement;
  readonly #places: Statement;
  readonly #byId: Statement;
  readonly #any: Statement;
  readonly #first: Statement;

  constructor(database: Database, logs: Logs, bases: Bases) {
    this.#logs = logs;
    this.#bases = bases;
    this.#add = database.prepare(
      `INSERT INTO envelopes (doc, log, seq, received_at, hash, signature, change)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#changes = database.prepare(`SELECT change FROM envelopes ${ABOVE_BASE}`);
    this.#author = database.prepare(
      `SELECT peer FROM envelopes JOIN logs ON logs.id = envelopes.log
       JOIN peers ON peers.id = logs.author WHERE envelopes.doc = ? AND hash = ?`,
    );
    this.#hasHash = database.prepare("SELECT 1 FROM envelopes WHERE doc = ? AND hash = ?");
    this.#bySeq = database.prepare(
      `SELECT id, lower(hex(substr(hash, 1, ${HEAD_BYTES}))) AS head
       FROM envelopes WHERE log = ? AND seq = ?`,
    );
    this.#heads = database.prepareTuples(
      `SELECT substr(hash, 1, ${HEAD_BYTES}) FROM envelopes WHERE log = ? AND seq > ? ORDER BY seq`,
    );
    this.#places = database.prepare(
      `SELECT id, log, seq, length(change) AS bytes, length(signature) > 0 AS isSigned FROM envelopes
       WHERE doc = ? AND id >= ? ORDER BY id`,
    );
    this.#byId = database.prepare("SELECT signature, change FROM envelopes WHERE id = ?");
    this.#any = database.prepare("SELECT id FROM envelopes LIMIT 1");
    this.#first = database.prepare(
      "SELECT min(id) AS id FROM envelopes WHERE log = ? AND seq >= ?",
    );
    this.#remove = database.prepare("DELETE FROM envelopes WHERE log = ? AND seq >= ?");
    this.#stored = database.prepare(`${STORED} ${ABOVE_BASE}`);
    this.#storedAt = database.prepare(`${STORED} WHERE log = ? AND seq = ?`);
    this.#bytesOf = database.prepare(
      `SELECT coalesce(sum(length(change)), 0) AS bytes FROM envelopes WHERE log IN (
         SELECT logs.id FROM logs JOIN docs ON docs.id = logs.doc
         JOIN spaces ON spaces.id = docs.space JOIN peers ON peers.id = logs.author
         WHERE spaces.space = ? AND peers.peer = ?)`,
    );
  }

  /** Whether there are none at all. */
  get isEmpty(): boolean {
    return this.#any.get() === undefined;
  }

  /** The changes of a document besides its base, in the order of admission: each after those it rests on. */
  changes(space: SpaceId, doc: DocId): Uint8Array[] {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return [];
    return this.#changes.all<{ change: Uint8Array }>(id).map(({ change }) => change);
  }

  /** The highest seq held of each actor of a document. */
  vector(space: SpaceId, doc: DocId): Map<ActorId, number> {
    return seqs(this.#logs.tops(space).get(doc) ?? new Map());
  }

  /** How many changes of a document are held. */
  count(space: SpaceId, doc: DocId): number {
    return this.vector(space, doc).values().reduce((sum, seq) => sum + seq, 0);
  }

  /** The vectors of all documents of a space of which something is held. */
  vectors(space: SpaceId): Map<DocId, Map<ActorId, number>> {
    const docs = [...this.#logs.tops(space)].filter(([, tops]) => tops.size > 0);
    return new Map(docs.map(([doc, tops]) => [doc, seqs(tops)]));
  }

  /** The same with heads, as it is now and will be; documents of which nothing is held have no logs. */
  tops(space: SpaceId): ReadonlyMap<DocId, Tops> {
    return this.#logs.tops(space);
  }

  /** The logs of a document, those of which nothing is held any more included. */
  logs(space: SpaceId, doc: DocId): ReadonlyMap<ActorId, LogEntry> {
    return this.#logs.of(space, doc);
  }

  /** All of a document besides its base, in the order of admission. */
  stored(space: SpaceId, doc: DocId): StoredChange[] {
    const logs = [...this.#logs.of(space, doc)];
    const byId = new Map(logs.map(([actor, { id, author }]) => [id, { actor, author }]));
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return [];
    return this.#stored.all<StoredRow>(id).flatMap(({ log, ...row }) => {
      const owner = byId.get(log);
      return owner ? [{ ...row, ...owner }] : [];
    });
  }

  /** The change that an actor made as its `seq`-th, if it is held. */
  storedAt(space: SpaceId, doc: DocId, actor: ActorId, seq: number): StoredChange | undefined {
    const entry = this.#logs.find(space, doc, actor);
    const found = entry && this.#storedAt.get<StoredRow>(entry.id, seq);
    if (!entry || !found) return undefined;
    const { log: _, ...row } = found;
    return { ...row, actor, author: entry.author };
  }

  /** What is held of an author in a space, in bytes of changes. */
  bytesOf(space: SpaceId, author: PeerId): number {
    const { bytes = 0 } = this.#bytesOf.get<{ bytes: number }>(space, author) ?? {};
    return bytes + this.#bases.bytesOf(space, author);
  }

  has(space: SpaceId, doc: DocId, hash: ChangeHash): boolean {
    const id = this.#logs.docId(space, doc);
    return id !== undefined && (this.#hasHash.get(id, Buffer.from(hash, "hex")) !== undefined ||
      this.#bases.authorOf(space, doc, hash) !== undefined);
  }

  /** The heads of all places of a log that are held, one after the other. */
  headsOf(log: LogEntry): Uint8Array {
    const above = this.#heads.all<[head: Uint8Array]>(log.id, log.based);
    return Buffer.concat([this.#bases.headsOf(log), ...above.map(([head]) => head)]);
  }

  /** The head of the change that an actor made as its `seq`-th, if it is held. */
  headAt(space: SpaceId, doc: DocId, actor: ActorId, seq: number): string | undefined {
    const log = this.#logs.find(space, doc, actor);
    return log &&
      (this.#bySeq.get<{ head: string }>(log.id, seq)?.head ?? this.#bases.headAt(log, seq));
  }

  /** Who signed a change, if it is held. */
  authorOfChange(space: SpaceId, doc: DocId, hash: ChangeHash): PeerId | undefined {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return undefined;
    return this.#author.get<{ peer: PeerId }>(id, Buffer.from(hash, "hex"))?.peer ??
      this.#bases.authorOf(space, doc, hash);
  }

  /** Who writes under an actor, if anything of it is held. */
  authorOf(space: SpaceId, doc: DocId, actor: ActorId): PeerId | undefined {
    return this.#logs.find(space, doc, actor)?.author;
  }

  /**
   * What one who holds `vector` of a document lacks besides {@linkcode Bases.lacking}, in the order of admission:
   * as much as fits into `maxBytes`, each counted as its change and {@linkcode ENVELOPE_BYTES}, but one at
   * least. Asked again with the vector that has these too, it goes on; nothing comes when nothing is lacking.
   */
  after(
    space: SpaceId,
    doc: DocId,
    vector: ReadonlyMap<ActorId, number>,
    maxBytes: number,
  ): Envelope[] {
    const lacking = new Map<number, { held: number; log: LogEntry }>();
    let left = 0;
    let first = Infinity;
    for (const [actor, log] of this.#logs.of(space, doc)) {
      const held = Math.max(vector.get(actor) ?? 0, log.based);
      if (held >= log.seq) continue;
      lacking.set(log.id, { held, log });
      left += log.seq - held;
      first = Math.min(first, this.#bySeq.get<{ id: number }>(log.id, held + 1)?.id ?? Infinity);
    }
    const envelopes: Envelope[] = [];
    const id = this.#logs.docId(space, doc);
    if (id === undefined || left === 0) return envelopes;
    let room = maxBytes;
    for (const place of this.#places.each<Place>(id, first)) {
      const from = lacking.get(place.log);
      if (!from || place.seq <= from.held) continue;
      if (place.isSigned) {
        room -= place.bytes + ENVELOPE_BYTES;
        if (room < 0 && envelopes.length > 0) break;
        const stored = this.#byId.get<Stored>(place.id);
        if (!stored) break;
        envelopes.push({ space, doc, author: from.log.author, ...stored });
      }
      if (--left === 0) break;
    }
    return envelopes;
  }

  /**
   * Admits an envelope, within a transaction.
   *
   * @throws {RangeError} if it is not the next of its log.
   */
  append({ envelope, header }: VerifiedEnvelope, receivedAt: number): LogEntry {
    const { space, doc, author, signature, change } = envelope;
    const held = this.#logs.find(space, doc, header.actor)?.seq ?? 0;
    if (header.seq !== held + 1) {
      throw new RangeError(
        `Cannot commit change ${header.seq} of actor "${header.actor}": ${held} are held`,
      );
    }
    const hash = Buffer.from(header.hash, "hex");
    const log = this.#logs.append(space, doc, header.actor, author, hash);
    this.place(log, { seq: log.seq, hash, signature, change, receivedAt });
    return log;
  }

  /** Writes the envelope of a place in a log, the last that was written; within a transaction. */
  place(
    log: LogEntry,
    { seq, hash, signature, change, receivedAt }: {
      readonly seq: number;
      readonly hash: Uint8Array;
      readonly signature: Uint8Array;
      readonly change: Uint8Array;
      readonly receivedAt: number;
    },
  ): void {
    this.#add.run(log.doc, log.id, seq, receivedAt, hash, signature, change);
  }

  /**
   * Takes out of a log the change of a place and all that come after it, within a transaction. Gives the lowest
   * number of an envelope that went.
   */
  remove(space: SpaceId, doc: DocId, actor: ActorId, seq: number): number {
    const log = this.#logs.find(space, doc, actor);
    if (!log) return Infinity;
    const first = this.#first.get<{ id: number | null }>(log.id, seq)?.id ?? Infinity;
    this.#remove.run(log.id, seq);
    const head = this.headAt(space, doc, actor, seq - 1);
    this.#logs.setBack(space, doc, actor, head === undefined ? head : { seq: seq - 1, head });
    return first;
  }
}

function seqs(tops: Tops): Map<ActorId, number> {
  return new Map([...tops].map(([actor, { seq }]) => [actor, seq]));
}
