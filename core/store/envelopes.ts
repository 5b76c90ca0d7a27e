import { Buffer } from "node:buffer";
import type { ActorId, ChangeHash, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { Envelope, VerifiedEnvelope } from "../trust/envelope.ts";
import type { Database, Statement } from "./database.ts";
import type { LogEntry, Logs } from "./logs.ts";

/** What an envelope counts in {@linkcode Envelopes.after} besides its change, in bytes. */
export const ENVELOPE_BYTES = 192;

interface Place {
  readonly id: number;
  readonly log: number;
  readonly seq: number;
  readonly bytes: number;
}

interface Stored {
  readonly log: number;
  readonly signature: Uint8Array;
  readonly change: Uint8Array;
}

/** Every envelope that was admitted, as it came: the truth. */
export class Envelopes {
  readonly #logs: Logs;
  readonly #add: Statement;
  readonly #changes: Statement;
  readonly #hasHash: Statement;
  readonly #bySeq: Statement;
  readonly #places: Statement;
  readonly #byId: Statement;
  readonly #any: Statement;

  constructor(database: Database, logs: Logs) {
    this.#logs = logs;
    this.#add = database.prepare(
      `INSERT INTO envelopes (doc, log, seq, received_at, hash, signature, change)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#changes = database.prepare("SELECT change FROM envelopes WHERE doc = ? ORDER BY id");
    this.#hasHash = database.prepare("SELECT 1 FROM envelopes WHERE doc = ? AND hash = ?");
    this.#bySeq = database.prepare(
      `SELECT id, lower(hex(hash)) AS hash
       FROM envelopes WHERE log = ? AND seq = ?`,
    );
    this.#places = database.prepare(
      `SELECT id, log, seq, length(change) AS bytes FROM envelopes
       WHERE doc = ? AND id >= ? ORDER BY id`,
    );
    this.#byId = database.prepare("SELECT log, signature, change FROM envelopes WHERE id = ?");
    this.#any = database.prepare("SELECT id FROM envelopes LIMIT 1");
  }

  /** Whether there are none at all. */
  get isEmpty(): boolean {
    return this.#any.get() === undefined;
  }

  /** The changes of a document in the order of admission: every one after those it rests on. */
  changes(space: SpaceId, doc: DocId): Uint8Array[] {
    const id = this.#logs.docId(space, doc);
    if (id === undefined) return [];
    return this.#changes.all<{ change: Uint8Array }>(id).map(({ change }) => change);
  }

  /** The highest seq held of each actor of a document. It goes on as envelopes are committed. */
  vector(space: SpaceId, doc: DocId): ReadonlyMap<ActorId, number> {
    return this.#logs.vector(space, doc);
  }

  /** The vectors of all documents of a space. They go on as envelopes are committed. */
  vectors(space: SpaceId): ReadonlyMap<DocId, ReadonlyMap<ActorId, number>> {
    return this.#logs.vectors(space);
  }

  has(space: SpaceId, doc: DocId, hash: ChangeHash): boolean {
    const id = this.#logs.docId(space, doc);
    return id !== undefined && this.#hasHash.get(id, Buffer.from(hash, "hex")) !== undefined;
  }

  /** The hash of the change that an actor made as its `seq`-th, if it is held. */
  hashAt(space: SpaceId, doc: DocId, actor: ActorId, seq: number): ChangeHash | undefined {
    const log = this.#logs.find(space, doc, actor);
    return log && this.#bySeq.get<{ hash: ChangeHash }>(log.id, seq)?.hash;
  }

  /** Who writes under an actor, if anything of it is held. */
  authorOf(space: SpaceId, doc: DocId, actor: ActorId): PeerId | undefined {
    return this.#logs.find(space, doc, actor)?.author;
  }

  /**
   * What one who holds `vector` of a document lacks, in the order of admission: as much as fits into
   * `maxBytes`, each counted as its change and {@linkcode ENVELOPE_BYTES}, but one at least. Asked again with
   * the vector that has these too, it goes on; nothing comes when nothing is lacking.
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
      const held = vector.get(actor) ?? 0;
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
      room -= place.bytes + ENVELOPE_BYTES;
      if (room < 0 && envelopes.length > 0) break;
      const stored = this.#byId.get<Stored>(place.id);
      if (!stored) break;
      const { signature, change } = stored;
      envelopes.push({ space, doc, author: from.log.author, signature, change });
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
    this.#add.run(log.doc, log.id, log.seq, receivedAt, hash, signature, change);
    return log;
  }
}
