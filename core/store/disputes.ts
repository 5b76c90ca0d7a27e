import { Buffer } from "node:buffer";
import type { ActorId, ChangeHash, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { VoidPlace } from "../doc/unwanted.ts";
import type { Database, Statement } from "./database.ts";
import type { Logs } from "./logs.ts";

/** Changes kept of one place: two prove that their author signed both, more would prove no more. */
const MAX_VARIANTS = 2;

/** A signed change that is kept whether it is in its document or not. */
export interface KeptChange {
  readonly actor: ActorId;
  readonly author: PeerId;
  readonly seq: number;
  readonly hash: ChangeHash;
  readonly signature: Uint8Array;
  readonly change: Uint8Array;
}

const NO_PLACES: ReadonlyMap<ActorId, VoidPlace> = new Map();

/**
 * The evidence for what is void: of each log of which anything is, the changes of the lowest such place, at
 * most the two with the lowest hashes. PROTOCOL.md, FORK.
 */
export class Disputes {
  readonly #database: Database;
  readonly #logs: Logs;
  readonly #add: Statement;
  readonly #dropLog: Statement;
  readonly #drop: Statement;
  readonly #ofLog: Statement;
  readonly #bytesOf: Statement;
  readonly #places = new Map<SpaceId, Map<DocId, Map<ActorId, VoidPlace>>>();

  constructor(database: Database, logs: Logs) {
    this.#database = database;
    this.#logs = logs;
    this.#add = database.prepare(
      "INSERT INTO disputes (doc, log, seq, hash, signature, change) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#dropLog = database.prepare("DELETE FROM disputes WHERE log = ?");
    this.#drop = database.prepare("DELETE FROM disputes WHERE log = ? AND hash = ?");
    this.#ofLog = database.prepare(
      `SELECT seq, lower(hex(hash)) AS hash, signature, change FROM disputes
       WHERE log = ? ORDER BY hash`,
    );
    this.#bytesOf = database.prepare(
      `SELECT coalesce(sum(length(change)), 0) AS bytes FROM disputes
       JOIN logs ON logs.id = disputes.log JOIN docs ON docs.id = disputes.doc
       JOIN spaces ON spaces.id = docs.space JOIN peers ON peers.id = logs.author
       WHERE spaces.space = ? AND peers.peer = ?`,
    );
    const all = database.prepare(
      `SELECT spaces.space, docs.doc, actor, disputes.seq, lower(hex(hash)) AS hash FROM disputes
       JOIN logs ON logs.id = disputes.log JOIN docs ON docs.id = disputes.doc
       JOIN spaces ON spaces.id = docs.space ORDER BY hash`,
    );
    type Row = { space: SpaceId; doc: DocId; actor: ActorId; seq: number; hash: ChangeHash };
    for (const { space, doc, actor, seq, hash } of all.all<Row>()) {
      const hashes = [...this.of(space, doc).get(actor)?.hashes ?? [], hash];
      this.#set(space, doc, actor, { seq, hashes });
    }
  }

  /** The lowest void place of each log of a document that has one. */
  of(space: SpaceId, doc: DocId): ReadonlyMap<ActorId, VoidPlace> {
    return this.#places.get(space)?.get(doc) ?? NO_PLACES;
  }

  /** The documents of a space in which anything is void. */
  docs(space: SpaceId): DocId[] {
    return [...this.#places.get(space)?.keys() ?? []];
  }

  /** What is kept of a log's lowest void place, the lowest hash first. */
  kept(space: SpaceId, doc: DocId, actor: ActorId): KeptChange[] {
    const log = this.#logs.find(space, doc, actor);
    if (!log) return [];
    const rows = this.#ofLog.all<Omit<KeptChange, "actor" | "author">>(log.id);
    return rows.map((row) => ({ ...row, actor, author: log.author }));
  }

  /** Whether an author is proven to have signed two changes for one place in a space. */
  has(space: SpaceId, author: PeerId): boolean {
    return [...this.#places.get(space) ?? []].some(([doc, places]) =>
      [...places].some(([actor, { hashes }]) =>
        hashes.length === MAX_VARIANTS && this.#logs.find(space, doc, actor)?.author === author
      )
    );
  }

  /** Forgets what is kept of a space, which is deleted within this transaction. */
  forget(space: SpaceId): void {
    const places = this.#places.get(space);
    if (!places) return;
    this.#database.onRollback(() => this.#places.set(space, places));
    this.#places.delete(space);
  }

  /** What is kept of an author in a space, in bytes of changes. */
  bytesOf(space: SpaceId, author: PeerId): number {
    return this.#bytesOf.get<{ bytes: number }>(space, author)?.bytes ?? 0;
  }

  /**
   * Keeps a change at which its log is void, if it tells more than what is kept already. Gives whether it
   * does.
   */
  keep(space: SpaceId, doc: DocId, item: KeptChange): boolean {
    const place = this.of(space, doc).get(item.actor);
    const before = place && place.seq <= item.seq ? place.hashes : [];
    if (place && place.seq < item.seq || before.includes(item.hash)) return false;
    const hashes = [...before, item.hash].sort();
    const [beyond] = hashes.splice(MAX_VARIANTS);
    if (beyond === item.hash) return false;
    this.#database.write(() => {
      const log = this.#logs.ensure(space, doc, item.actor, item.author);
      if (before.length === 0) this.#dropLog.run(log.id);
      if (beyond !== undefined) this.#drop.run(log.id, Buffer.from(beyond, "hex"));
      const hash = Buffer.from(item.hash, "hex");
      this.#add.run(log.doc, log.id, item.seq, hash, item.signature, item.change);
      this.#set(space, doc, item.actor, { seq: item.seq, hashes });
      this.#database.onRollback(() => this.#set(space, doc, item.actor, place));
    });
    return true;
  }

  /** A change is held, within a transaction: kept alone, it is evidence for nothing. */
  held(space: SpaceId, doc: DocId, actor: ActorId, hash: ChangeHash): void {
    const place = this.of(space, doc).get(actor);
    const log = this.#logs.find(space, doc, actor);
    if (!log || place?.hashes.length !== 1 || place.hashes[0] !== hash) return;
    this.#dropLog.run(log.id);
    this.#set(space, doc, actor, undefined);
    this.#database.onRollback(() => this.#set(space, doc, actor, place));
  }

  #set(space: SpaceId, doc: DocId, actor: ActorId, place: VoidPlace | undefined): void {
    let docs = this.#places.get(space);
    if (!docs) this.#places.set(space, docs = new Map());
    let places = docs.get(doc);
    if (!places) docs.set(doc, places = new Map());
    if (place) places.set(actor, place);
    else places.delete(actor);
    if (places.size === 0) docs.delete(doc);
  }
}
