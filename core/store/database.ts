import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isThere, removeHalfWritten, writeFileAtomic } from "./atomic_file.ts";
import { connect } from "./connection.ts";
import { createDatabase, inspectDatabase, migrate, newerDatabase } from "./database_file.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import { sqliteFault } from "./sqlite_fault.ts";
import { Statement } from "./statement.ts";
import { StoreError, withFiles } from "./store_error.ts";
import { readWal, syncWal, trimToLog } from "./wal_file.ts";

export type { Statement, Value } from "./statement.ts";

/** With so many pages in the log a commit is followed by a checkpoint. */
const CHECKPOINT_PAGES = 1000;

/** Deno 2.9.6 has this method of Node's; its types do not. */
type ArrayStatement = StatementSync & { setReturnArrays(enabled: boolean): void };

/**
 * The SQLite database of a node, which nobody else opens meanwhile (`locking_mode` exclusive: so the
 * index of the write-ahead log is in memory, needs no room on a full disk and works on network drives).
 */
export class Database {
  #db: DatabaseSync;
  readonly #path: string;
  /** Each with what prepares it. */
  readonly #statements = new Map<Statement, () => StatementSync>();
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  readonly #log: Statement;
  readonly #checkpoint: Statement;
  readonly #same: Statement;
  #inTransaction = false;
  #undo: (() => void)[] = [];
  /**
   * Of what is in the write-ahead log some may be in the memory of the system only, which holds it for
   * written: after a failed sync, in this process or in one that was killed, it is not written again. What
   * came behind it in the log would be lost with it, and the database be mixed of old and new if it had got
   * there: so neither a commit nor a checkpoint is made meanwhile.
   */
  #isDoubtful = true;
  /** How many frames the log had after the last commit. */
  #frames = 0;
  /** How many of them are on disk for sure; `null` when all are. */
  #secured: number | null = null;
  /** Whether a commit syncs the log. */
  #syncs = true;

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#begin = this.prepare("BEGIN IMMEDIATE");
    this.#commit = this.prepare("COMMIT");
    this.#rollback = this.prepare("ROLLBACK");
    // It does nothing, and tells how long the log is.
    this.#log = this.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#checkpoint = this.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    // It writes one page, as it was.
    this.#same = this.prepare(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  }

  /**
   * Opens the database, makes it when there is none, and brings an older one to this version.
   *
   * @throws {StoreError} when it cannot be used as it is; its bytes are unchanged then.
   */
  static open(path: string): Database {
    if (!inspectDatabase(path)) createDatabase(path);
    removeHalfWritten(`${path}-wal`);
    const database = new Database(connect(path), path);
    try {
      database.#open();
      return database;
    } catch (error) {
      database.close();
      throw sqliteFault(error, path);
    }
  }

  /** What others hear is held here is on disk before it is read; what can only be read is read all the same. */
  #open(): void {
    const version = Number(this.#db.prepare("PRAGMA user_version").get()?.["user_version"]);
    if (version > SCHEMA_VERSION) throw newerDatabase(this.#path);
    try {
      this.#endDoubt();
    } catch (error) {
      if (version < SCHEMA_VERSION || !(error instanceof StoreError)) throw error;
    }
    if (version < SCHEMA_VERSION) migrate(this.#db, version);
  }

  /** Prepares a statement; done once per statement, when the store opens. */
  prepare(sql: string): Statement {
    return this.#prepare(() => this.#db.prepare(sql));
  }

  /** Prepares a statement whose rows are arrays of the columns: a third of the cost where there are many. */
  prepareTuples(sql: string): Statement {
    return this.#prepare(() => {
      const statement = this.#db.prepare(sql) as ArrayStatement;
      statement.setReturnArrays(true);
      return statement;
    });
  }

  #prepare(make: () => StatementSync): Statement {
    try {
      const statement = new Statement(make(), this.#path, (act) => this.write(act));
      this.#statements.set(statement, make);
      return statement;
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }

  /**
   * Does `act` as one transaction: all of it is on disk when this returns, or nothing was done when it
   * throws. Within another transaction it is a part of that.
   */
  write<T>(act: () => T): T {
    if (this.#inTransaction) return act();
    this.#endDoubt();
    this.#begin.get();
    this.#inTransaction = true;
    this.#undo = [];
    let result: T;
    try {
      result = act();
      this.#commit.get();
    } catch (error) {
      this.#noteFault(error);
      // First what is in memory, which nothing can hinder.
      for (const undo of this.#undo.reverse()) undo();
      // SQLite has rolled back by itself after some errors (a full disk).
      if (this.#db.isTransaction) this.#rollback.get();
      throw error;
    } finally {
      this.#inTransaction = false;
      this.#undo = [];
    }
    this.#afterCommit();
    return result;
  }

  /** Looks at what the log has now, and makes the checkpoint that SQLite makes by itself, telling nobody if that fails. */
  #afterCommit(): void {
    try {
      const { frames } = this.#logLength();
      // What wrote anything synced all that was there before as well.
      if (this.#syncs && frames !== this.#frames) this.#secured = null;
      // It was begun anew.
      if (frames < (this.#secured ?? 0)) this.#secured = 0;
      this.#frames = frames;
      if (frames < CHECKPOINT_PAGES) return;
      this.#checkpoint.get();
      // The log first, then what of it came into the database.
      this.#secured = null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#noteFault(error);
    }
  }

  #noteFault(error: unknown): void {
    const fault = sqliteFault(error, this.#path);
    if (fault instanceof StoreError && fault.kind === "io") this.#isDoubtful = true;
  }

  /** How many frames the log has, and of how many the database has all. */
  #logLength(): { frames: number; done: number } {
    const row = this.#log.get<{ log: number; checkpointed: number }>();
    return { frames: row?.log ?? 0, done: row?.checkpointed ?? 0 };
  }

  /**
   * Does `act` as one transaction that a power cut may undo, as a whole, until {@linkcode secure} or the next
   * {@linkcode write}; the end of the process does not. For what would be learnt again: a tenth of the cost.
   */
  writeSoon<T>(act: () => T): T {
    if (this.#inTransaction) return act();
    this.#endDoubt();
    this.#secured ??= this.#logLength().frames;
    this.#sync(false);
    try {
      return this.write(act);
    } finally {
      this.#sync(true);
    }
  }

  #sync(syncs: boolean): void {
    this.#db.exec(`PRAGMA synchronous = ${syncs ? "FULL" : "NORMAL"}`);
    this.#syncs = syncs;
  }

  /** How many frames of the log a power cut leaves for sure; `null` when all of them. */
  get secured(): number | null {
    return this.#secured;
  }

  /**
   * Has all that was written on disk when it returns.
   *
   * @throws {StoreError} when the disk is at fault: to be done again.
   */
  secure(): void {
    if (this.#secured !== null) this.write(() => this.#same.get());
  }

  /** Brings the log to disk while others go on, so that {@linkcode secure}, which tells of faults, waits for little. */
  async flush(): Promise<void> {
    try {
      await syncWal(`${this.#path}-wal`);
    } catch {
      this.#isDoubtful = true;
    }
  }

  /** Within a transaction: has `undo` called, the last first, if it fails. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Writes so many bytes and takes them away again. @throws {StoreError} when the disk is at fault. */
  probe(bytes: number): void {
    try {
      this.write(() =>
        this.#db.exec(`
          CREATE TABLE IF NOT EXISTS probe (bytes BLOB) STRICT;
          INSERT INTO probe VALUES (zeroblob(${bytes}));
        `)
      );
      this.write(() => this.#db.exec("DROP TABLE probe"));
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }

  /**
   * Has all on disk when it returns, and at every moment of a power cut what was there before. The log is
   * copied, and what it has is taken off the end of the database, since their own place on the disk may be at
   * fault: of what ext4 could not write where a file grew it writes nothing there later either, and says it
   * has. Then SQLite empties the log that it has open into the database, and takes the copy away if it could.
   *
   * @throws {StoreError} when it cannot.
   */
  #endDoubt(): void {
    if (!this.#isDoubtful) return;
    try {
      if (this.#db.isOpen && this.#saveLog()) this.#db.close();
      if (!this.#db.isOpen) {
        this.#db = connect(this.#path);
        for (const [statement, make] of this.#statements) statement.renew(make());
        // What SQLite says of a checkpoint that failed, other than at the end.
        if (this.#logLength().frames > 0) throw new Error("disk I/O error");
      }
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
    this.#isDoubtful = false;
    this.#secured = null;
  }

  /** Puts a copy of the log in its place, for whoever opens the database next. Gives whether it has a place. */
  #saveLog(): boolean {
    const { frames, done } = this.#logLength();
    const path = `${this.#path}-wal`;
    if (frames === 0) {
      return withFiles(`look at "${path}"`, () => isThere(path) && Deno.statSync(path).size > 0);
    }
    const log = readWal(path, frames);
    // Windows replaces no file that is open: there SQLite empties the log without a net.
    if (Deno.build.os === "windows") return true;
    writeFileAtomic(path, log);
    trimToLog(this.#path, log, done);
    return true;
  }

  /**
   * Closes it; twice does nothing. While the disk fails it stays open to the end of the process: to close it
   * is to write what is in the log to the database.
   */
  close(): void {
    if (!this.#db.isOpen) return;
    this.#secured = null;
    try {
      this.#endDoubt();
    } catch {
      leftOpen.push(this.#db);
      return;
    }
    this.#db.close();
  }
}

/** What must not be closed, which the collection of garbage would do. */
const leftOpen: DatabaseSync[] = [];
