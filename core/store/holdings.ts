import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Logs } from "./logs.ts";
import type { Names } from "./names.ts";

/** Peers whose holdings are kept, of one space; the one not heard of for longest makes room. */
export const MAX_HOLDERS = 1024;

interface Holder {
  readonly upTo: number;
  readonly heard: number;
}

/**
 * The numbers of the peers that hold place 2 of log 1, whose document is 3. The number of an envelope that a base
 * covers is not known any more: that of the next one in its log, which is above it, stands for it.
 */
const HOLDERS = `SELECT peer FROM holdings WHERE log = ?1 AND seq >= ?2
  UNION
  SELECT peer FROM holders WHERE space = (SELECT space FROM docs WHERE id = ?3) AND up_to >=
    (SELECT id FROM envelopes WHERE log = ?1 AND seq >= ?2 ORDER BY seq LIMIT 1)`;

/**
 * What other peers hold of the envelopes in this store, as they said themselves. What is not in this store
 * is not kept of it: a peer says it again.
 */
export class Holdings {
  readonly #database: Database;
  readonly #names: Names;
  readonly #logs: Logs;
  readonly #holder: Statement;
  readonly #setHolder: Statement;
  readonly #lastHeard: Statement;
  readonly #countHolders: Statement;
  readonly #oldestHolder: Statement;
  readonly #dropHolder: Statement;
  readonly #dropAll: Statement;
  readonly #dropDoc: Statement;
  readonly #advance: Statement;
  readonly #firstLacking: Statement;
  readonly #lastEnvelope: Statement;
  readonly #count: Statement;
  readonly #named: Statement;
  readonly #isHeld: Statement;
  readonly #nameLogs: Statement;
  readonly #setBackLog: Statement;
  readonly #setBackAll: Statement;

  constructor(database: Database, names: Names, logs: Logs) {
    this.#database = database;
    this.#names = names;
    this.#logs = logs;
    this.#holder = database.prepare(
      "SELECT up_to AS upTo, heard FROM holders WHERE space = ? AND peer = ?",
    );
    this.#setHolder = database.prepare(
      `INSERT INTO holders (space, peer, up_to, heard) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET up_to = excluded.up_to, heard = excluded.heard`,
    );
    this.#lastHeard = database.prepare(
      "SELECT coalesce(max(heard), 0) AS heard FROM holders WHERE space = ?",
    );
    this.#countHolders = database.prepare("SELECT count(*) AS count FROM holders WHERE space = ?");
    this.#oldestHolder = database.prepare(
      "SELECT peer FROM holders WHERE space = ? ORDER BY heard LIMIT 1",
    );
    this.#dropHolder = database.prepare("DELETE FROM holders WHERE space = ? AND peer = ?");
    this.#dropAll = database.prepare(
      `DELETE FROM holdings WHERE peer = ? AND log IN
       (SELECT logs.id FROM logs JOIN docs ON docs.id = logs.doc WHERE docs.space = ?)`,
    );
    this.#dropDoc = database.prepare(
      "DELETE FROM holdings WHERE peer = ? AND log IN (SELECT id FROM logs WHERE doc = ?)",
    );
    this.#advance = database.prepare(
      `INSERT INTO holdings (log, peer, seq) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
    );
    this.#firstLacking = database.prepare(
      "SELECT id FROM envelopes WHERE log = ? AND seq >= ? ORDER BY seq LIMIT 1",
    );
    this.#lastEnvelope = database.prepare("SELECT coalesce(max(id), 0) AS id FROM envelopes");
    this.#count = database.prepare(`SELECT count(*) AS count FROM (${HOLDERS})`);
    this.#named = database.prepare(
      `SELECT peers.peer FROM (${HOLDERS}) AS held JOIN peers ON peers.id = held.peer
       ORDER BY peers.peer`,
    );
    this.#isHeld = database.prepare(
      "SELECT 1 FROM holdings WHERE log = ? AND peer = ? AND seq >= ?",
    );
    this.#nameLogs = database.prepare(
      `INSERT INTO holdings (log, peer, seq)
       SELECT log, peer, seq FROM (SELECT logs.id AS log, holders.peer, (SELECT seq FROM envelopes
           WHERE log = logs.id AND id <= holders.up_to ORDER BY seq DESC LIMIT 1) AS seq
         FROM holders JOIN docs ON docs.space = holders.space JOIN logs ON logs.doc = docs.id
         WHERE docs.id = ?1 AND holders.up_to < (SELECT max(id) FROM envelopes WHERE doc = ?1))
       WHERE seq IS NOT NULL
       ON CONFLICT DO UPDATE SET seq = excluded.seq WHERE excluded.seq > seq`,
    );
    this.#setBackLog = database.prepare(
      `DELETE FROM holdings WHERE log IN (SELECT id FROM logs WHERE doc = ?)
       AND seq > (SELECT seq FROM logs WHERE logs.id = holdings.log)`,
    );
    this.#setBackAll = database.prepare(
      `UPDATE holders SET up_to = ?
       WHERE up_to > ? AND space = (SELECT space FROM docs WHERE id = ?)`,
    );
  }

  /**
   * Envelopes from the number `first` on were taken out of a document, and others may get their numbers:
   * what peers said to hold of them is void. Within that transaction.
   */
  setBack(space: SpaceId, doc: DocId, first: number): void {
    const docId = this.#logs.docId(space, doc);
    if (docId === undefined) return;
    this.#setBackLog.run(docId);
    this.#setBackAll.run(first - 1, first - 1, docId);
  }

  /** Whether anything that a peer said of a space is kept. */
  knows(peer: PeerId, space: SpaceId): boolean {
    const [spaceId, peerId] = [this.#names.findSpace(space), this.#names.findPeer(peer)];
    return spaceId !== undefined && peerId !== undefined &&
      this.#holder.get<Holder>(spaceId, peerId) !== undefined;
  }

  /**
   * The numbers of envelopes of a document are about to go: what peers hold of a part of it is kept by its logs.
   * Within that transaction.
   */
  nameLogs(space: SpaceId, doc: DocId): void {
    const docId = this.#logs.docId(space, doc);
    if (docId !== undefined) this.#nameLogs.run(docId);
  }

  /** Takes a peer's word for all it holds of one document; what it said of that before is void. */
  setVector(
    peer: PeerId,
    space: SpaceId,
    doc: DocId,
    vector: ReadonlyMap<ActorId, number>,
  ): void {
    const docId = this.#logs.docId(space, doc);
    if (docId === undefined) return;
    this.#database.writeSoon(() => {
      const [spaceId, peerId] = [this.#names.space(space), this.#names.peer(peer)];
      const holder = this.#heardOf(spaceId, peerId);
      this.#dropDoc.run(peerId, docId);
      let { upTo } = holder;
      for (const [actor, log] of this.#logs.of(space, doc)) {
        const seq = Math.min(vector.get(actor) ?? 0, log.seq);
        if (seq < log.seq) {
          // "All up to here" ends before the first that it lacks.
          const lacking = this.#firstLacking.get<{ id: number }>(log.id, seq + 1);
          if (lacking) upTo = Math.min(upTo, lacking.id - 1);
        }
        if (seq > 0) this.#advance.run(log.id, peerId, seq);
      }
      if (upTo !== holder.upTo) this.#setHolder.run(spaceId, peerId, upTo, holder.heard);
    });
  }

  /** A peer holds a log up to `seq`. Never goes back. Gives whether that is news. */
  advance(peer: PeerId, space: SpaceId, doc: DocId, actor: ActorId, seq: number): boolean {
    const log = this.#logs.find(space, doc, actor);
    const held = Math.min(seq, log?.seq ?? 0);
    if (!log || held < 1) return false;
    const [spaceId, peerId] = [this.#names.findSpace(space), this.#names.findPeer(peer)];
    if (spaceId !== undefined && peerId !== undefined) {
      const envelope = this.#firstLacking.get<{ id: number }>(log.id, held);
      const upTo = this.#holder.get<Holder>(spaceId, peerId)?.upTo ?? 0;
      if (envelope && envelope.id <= upTo) return false;
      if (this.#isHeld.get(log.id, peerId, held)) return false;
    }
    this.#database.writeSoon(() => {
      const number = this.#names.peer(peer);
      this.#heardOf(this.#names.space(space), number);
      this.#advance.run(log.id, number, held);
    });
    return true;
  }

  /** A peer holds all that this store holds of a space: their digests are equal. Gives whether that is news. */
  holdsAll(peer: PeerId, space: SpaceId): boolean {
    const last = this.#lastEnvelope.get<{ id: number }>()?.id ?? 0;
    const [spaceId, peerId] = [this.#names.findSpace(space), this.#names.findPeer(peer)];
    if (spaceId !== undefined && peerId !== undefined) {
      if (this.#holder.get<Holder>(spaceId, peerId)?.upTo === last) return false;
    }
    this.#database.writeSoon(() => {
      const [spaceId, peerId] = [this.#names.space(space), this.#names.peer(peer)];
      const { heard } = this.#heardOf(spaceId, peerId);
      this.#dropAll.run(peerId, spaceId);
      this.#setHolder.run(spaceId, peerId, last, heard);
    });
    return true;
  }

  /** How many other peers are known to hold an envelope of this store. */
  holders(space: SpaceId, doc: DocId, actor: ActorId, seq: number): number {
    const place = this.#place(space, doc, actor, seq);
    return place ? this.#count.get<{ count: number }>(...place)?.count ?? 0 : 0;
  }

  /** Which other peers are known to hold an envelope of this store, sorted. */
  namesOfHolders(space: SpaceId, doc: DocId, actor: ActorId, seq: number): PeerId[] {
    const place = this.#place(space, doc, actor, seq);
    return place ? this.#named.all<{ peer: PeerId }>(...place).map(({ peer }) => peer) : [];
  }

  /** What {@linkcode HOLDERS} asks for, if the envelope is in this store. */
  #place(
    space: SpaceId,
    doc: DocId,
    actor: ActorId,
    seq: number,
  ): readonly [log: number, seq: number, doc: number] | undefined {
    const log = this.#logs.find(space, doc, actor);
    return log && seq <= log.seq ? [log.id, seq, log.doc] : undefined;
  }

  /** Notes that a peer was heard of, the last of all; a new one may push another out. */
  #heardOf(space: number, peer: number): Holder {
    const holder = this.#holder.get<Holder>(space, peer);
    const last = this.#lastHeard.get<{ heard: number }>(space)?.heard ?? 0;
    if (holder && holder.heard === last) return holder;
    const next = { upTo: holder?.upTo ?? 0, heard: last + 1 };
    if (!holder && (this.#countHolders.get<{ count: number }>(space)?.count ?? 0) >= MAX_HOLDERS) {
      const oldest = this.#oldestHolder.get<{ peer: number }>(space);
      if (oldest) {
        this.#dropAll.run(oldest.peer, space);
        this.#dropHolder.run(space, oldest.peer);
      }
    }
    this.#setHolder.run(space, peer, next.upTo, next.heard);
    return next;
  }
}
