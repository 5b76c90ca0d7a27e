import type { ActorId, DocId, PeerId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";
import { StoreError } from "./store_error.ts";

/** What is known of one actor's log in one document. */
export interface LogEntry {
  /** Its number in the database. */
  readonly id: number;
  readonly doc: number;
  readonly author: PeerId;
  /** The highest seq that is held. */
  seq: number;
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
    this.#advance = database.prepare("UPDATE logs SET seq = ?, head = ? WHERE id = ?");
    this.#load();
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

  /** Goes one change on in a log, the first of it if need be, to the one of `hash`; within a transaction. */
  append(
    space: SpaceId,
    doc: DocId,
    actor: ActorId,
    author: PeerId,
    hash: Uint8Array,
  ): LogEntry {
    const entry = this.#doc(space, doc) ?? this.#newDoc(space, doc);
    const log = entry.logs.get(actor) ?? this.#newLog(entry, actor, author);
    const before = log.seq;
    this.#database.onRollback(() => {
      log.seq = before;
      if (before > 0) entry.vector.set(actor, before);
      else entry.vector.delete(actor);
    });
    log.seq++;
    this.#advance.run(log.seq, hash, log.id);
    entry.vector.set(actor, log.seq);
    return log;
  }

  /** Forgets the documents of a space, which are deleted within this transaction. */
  forget(space: SpaceId): void {
    const [docs, vectors] = [this.#docs.get(space), this.#vectors.get(space)];
    if (!docs || !vectors) return;
    this.#database.onRollback(() => {
      this.#docs.set(space, docs);
      this.#vectors.set(space, vectors);
    });
    this.#docs.delete(space);
    this.#vectors.delete(space);
  }

  // Of 10,000 documents with 100,000 logs a join takes three times as long.
  #load(): void {
    const tuples = <Row extends unknown[]>(sql: string) =>
      this.#database.prepareTuples(sql).all<Row>();
    const peers = new Map(tuples<[number, PeerId]>("SELECT id, peer FROM peers"));
    const spaces = new Map(tuples<[number, SpaceId]>("SELECT id, space FROM spaces"));
    const docs = new Map<number, DocEntry>();
    for (
      const [id, space, doc] of tuples<[number, number, DocId]>("SELECT id, space, doc FROM docs")
    ) {
      docs.set(id, this.#keep(named(spaces, space), doc, id));
    }
    type Log = [id: number, doc: number, actor: ActorId, author: number, seq: number];
    const logs = tuples<Log>("SELECT id, doc, actor, author, seq FROM logs");
    for (const [id, doc, actor, author, seq] of logs) {
      const entry = named(docs, doc);
      entry.logs.set(actor, { id, doc, author: named(peers, author), seq });
      entry.vector.set(actor, seq);
    }
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

/** What a number stands for; foreign keys see to it that there is something. */
function named<T>(things: ReadonlyMap<number, T>, id: number): T {
  const thing = things.get(id);
  if (thing !== undefined) return thing;
  throw new StoreError(
    "damaged",
    "Cannot use the database: it is damaged; move the data directory away to start as a new device",
  );
}
