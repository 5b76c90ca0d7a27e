import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** What is known of one actor's log in one document. */
export interface LogEntry {
  /** Its number in the database. */
  readonly id: number;
  readonly doc: number;
  readonly author: PeerId;
  /** The highest seq that is held. */
  seq: number;
}

interface LogRow {
  readonly id: number;
  readonly doc: number;
  readonly space: SpaceId;
  readonly name: DocId;
  readonly actor: ActorId;
  readonly author: PeerId;
  readonly seq: number;
}

/** One document: its number, its logs, and their vector. */
interface DocEntry {
  readonly id: number;
  readonly logs: Map<ActorId, LogEntry>;
  readonly vector: Map<ActorId, number>;
}

const NO_VECTOR: ReadonlyMap<ActorId, number> = new Map();
const NO_VECTORS: ReadonlyMap<DocId, ReadonlyMap<ActorId, number>> = new Map();

/** All documents and logs, in the database and in memory: what every exchange with a peer begins with. */
export class Logs {
  readonly #database: Database;
  readonly #names: Names;
  readonly #addDoc: Statement;
  readonly #addLog: Statement;
  readonly #advance: Statement;
  readonly #docs = new Map<SpaceId, Map<DocId, DocEntry>>();
  readonly #vectors = new Map<SpaceId, Map<DocId, ReadonlyMap<ActorId, number>>>();

  /** Reads all of them. */
  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#addDoc = database.prepare("INSERT INTO docs (space, doc) VALUES (?, ?)");
    this.#addLog = database.prepare(
      "INSERT INTO logs (doc, actor, author, seq) VALUES (?, ?, ?, 0)",
    );
    this.#advance = database.prepare("UPDATE logs SET seq = ? WHERE id = ?");
    const all = database.prepare(
      `SELECT logs.id, logs.doc, spaces.space, docs.doc AS name, actor, peers.peer AS author, logs.seq
       FROM logs JOIN docs ON docs.id = logs.doc JOIN spaces ON spaces.id = docs.space
       JOIN peers ON peers.id = logs.author`,
    );
    for (const row of all.each<LogRow>()) {
      const doc = this.#doc(row.space, row.name) ?? this.#keep(row.space, row.name, row.doc);
      doc.logs.set(row.actor, { id: row.id, doc: row.doc, author: row.author, seq: row.seq });
      doc.vector.set(row.actor, row.seq);
    }
  }

  /** The number of a document that has envelopes. */
  docId(space: SpaceId, doc: DocId): number | undefined {
    return this.#doc(space, doc)?.id;
  }

  find(space: SpaceId, doc: DocId, actor: ActorId): LogEntry | undefined {
    return this.#doc(space, doc)?.logs.get(actor);
  }

  /** The logs of a document. */
  of(space: SpaceId, doc: DocId): ReadonlyMap<ActorId, LogEntry> {
    return this.#doc(space, doc)?.logs ?? new Map();
  }

  /** A live view. */
  vector(space: SpaceId, doc: DocId): ReadonlyMap<ActorId, number> {
    return this.#doc(space, doc)?.vector ?? NO_VECTOR;
  }

  /** A live view. */
  vectors(space: SpaceId): ReadonlyMap<DocId, ReadonlyMap<ActorId, number>> {
    return this.#vectors.get(space) ?? NO_VECTORS;
  }

  /** Goes one change on in a log, the first of it if need be; within a transaction. */
  append(space: SpaceId, doc: DocId, actor: ActorId, author: PeerId): LogEntry {
    const entry = this.#doc(space, doc) ?? this.#newDoc(space, doc);
    const log = entry.logs.get(actor) ?? this.#newLog(entry, actor, author);
    const before = log.seq;
    this.#database.onRollback(() => {
      log.seq = before;
      if (before > 0) entry.vector.set(actor, before);
      else entry.vector.delete(actor);
    });
    log.seq++;
    this.#advance.run(log.seq, log.id);
    entry.vector.set(actor, log.seq);
    return log;
  }

  #doc(space: SpaceId, doc: DocId): DocEntry | undefined {
    return this.#docs.get(space)?.get(doc);
  }

  #newDoc(space: SpaceId, doc: DocId): DocEntry {
    const id = this.#addDoc.insert(this.#names.space(space), doc);
    this.#database.onRollback(() => {
      this.#docs.get(space)?.delete(doc);
      this.#vectors.get(space)?.delete(doc);
    });
    return this.#keep(space, doc, id);
  }

  #newLog(doc: DocEntry, actor: ActorId, author: PeerId): LogEntry {
    const id = this.#addLog.insert(doc.id, actor, this.#names.peer(author));
    this.#database.onRollback(() => doc.logs.delete(actor));
    const log: LogEntry = { id, doc: doc.id, author, seq: 0 };
    doc.logs.set(actor, log);
    return log;
  }

  #keep(space: SpaceId, doc: DocId, id: number): DocEntry {
    let docs = this.#docs.get(space);
    let vectors = this.#vectors.get(space);
    if (!docs || !vectors) {
      this.#docs.set(space, docs = new Map());
      this.#vectors.set(space, vectors = new Map());
    }
    const entry: DocEntry = { id, logs: new Map(), vector: new Map() };
    docs.set(doc, entry);
    vectors.set(doc, entry.vector);
    return entry;
  }
}
