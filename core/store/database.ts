import { statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { createDatabase, inspectDatabase, newerDatabase } from "./database_file.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";
import { sqliteFault } from "./sqlite_fault.ts";
import { StoreError } from "./store_error.ts";

/** The write-ahead log is cut to this after a checkpoint, in bytes. */
const MAX_IDLE_WAL_BYTES = 16 * 1024 * 1024;
/** Negative: in KiB. */
const CACHE_KIB = -8192;
/** A backup program may look at the file just now. */
const BUSY_MS = 500;

/** Deno 2.9.6 has this method of Node's; its types do not. */
type ArrayStatement = StatementSync & { setReturnArrays(enabled: boolean): void };

/** A value of a column or a parameter. */
export type Value = SQLInputValue;

/** A prepared statement. Each call throws {@linkcode StoreError} when the disk or the file is at fault. */
export class Statement {
  readonly #statement: StatementSync;
  readonly #path: string;

  constructor(statement: StatementSync, path: string) {
    this.#statement = statement;
    this.#path = path;
  }

  /** Runs it; gives how many rows it changed. */
  run(...values: Value[]): number {
    return this.#guard(() => Number(this.#statement.run(...values).changes));
  }

  /** Runs an insertion; gives the number of the new row. */
  insert(...values: Value[]): number {
    return this.#guard(() => Number(this.#statement.run(...values).lastInsertRowid));
  }

  /** Gives the first row. */
  get<Row>(...values: Value[]): Row | undefined {
    return this.#guard(() => this.#statement.get(...values) as Row | undefined);
  }

  /** Gives all rows. */
  all<Row>(...values: Value[]): Row[] {
    return this.#guard(() => this.#statement.all(...values) as Row[]);
  }

  /** Gives rows as they are asked for. It must be read to its end or left before the next call. */
  *each<Row>(...values: Value[]): Generator<Row> {
    try {
      for (const row of this.#statement.iterate(...values)) yield row as Row;
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }

  #guard<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }
}

/**
 * The SQLite database of a node, which nobody else opens meanwhile (`locking_mode` exclusive: so the
 * index of the write-ahead log is in memory, needs no room on a full disk and works on network drives).
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #rollback: Statement;
  #inTransaction = false;
  #undo: (() => void)[] = [];
  /**
   * Of what is in the write-ahead log some may be in the memory of the system only, which holds it for
   * written: after a failed sync, in this process or in one that was killed, it is not written again. What
   * would come behind it in the log would be lost with it.
   */
  #isDoubtful: boolean;

  private constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#isDoubtful = holdsLog(path);
    this.#begin = this.prepare("BEGIN IMMEDIATE");
    this.#commit = this.prepare("COMMIT");
    this.#rollback = this.prepare("ROLLBACK");
  }

  /**
   * Opens the database, makes it when there is none, and brings an older one to this version.
   *
   * @throws {StoreError} when it cannot be used as it is; its bytes are unchanged then.
   */
  static open(path: string): Database {
    if (!inspectDatabase(path)) createDatabase(path);
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
      db.exec(`
        PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA trusted_schema = OFF;
        PRAGMA cell_size_check = ON;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA journal_size_limit = ${MAX_IDLE_WAL_BYTES};
        PRAGMA cache_size = ${CACHE_KIB};
      `);
      migrate(db, path);
      return new Database(db, path);
    } catch (error) {
      db?.close();
      throw sqliteFault(error, path);
    }
  }

  /** Prepares a statement; done once per statement, when the store opens. */
  prepare(sql: string): Statement {
    try {
      return new Statement(this.#db.prepare(sql), this.#path);
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }

  /** Prepares a statement whose rows are arrays of the columns: a third of the cost where there are many. */
  prepareTuples(sql: string): Statement {
    try {
      const statement = this.#db.prepare(sql) as ArrayStatement;
      statement.setReturnArrays(true);
      return new Statement(statement, this.#path);
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
    if (this.#isDoubtful) this.#emptyLog();
    this.#begin.run();
    this.#inTransaction = true;
    this.#undo = [];
    try {
      const result = act();
      this.#commit.run();
      return result;
    } catch (error) {
      if (error instanceof StoreError && error.kind === "io") this.#isDoubtful = true;
      // First what is in memory, which nothing can hinder.
      for (const undo of this.#undo.reverse()) undo();
      // SQLite has rolled back by itself after some errors (a full disk).
      if (this.#db.isTransaction) this.#rollback.run();
      throw error;
    } finally {
      this.#inTransaction = false;
      this.#undo = [];
    }
  }

  /**
   * Does `act` as one transaction that a power cut within the next moments may undo, as a whole; the end
   * of the process does not. For what would be learnt again: a tenth of the cost of {@linkcode write}.
   */
  writeSoon<T>(act: () => T): T {
    if (this.#inTransaction) return act();
    this.#db.exec("PRAGMA synchronous = NORMAL");
    try {
      return this.write(act);
    } finally {
      this.#db.exec("PRAGMA synchronous = FULL");
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

  /** Writes all that the log holds anew, to its place, and syncs it. @throws {StoreError} when it cannot. */
  #emptyLog(): void {
    try {
      const row = this.#db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
      // Not done, since another program reads: it is as before.
      if (row?.["busy"] !== 0) throw new Error("database is locked");
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
    this.#isDoubtful = false;
  }

  /** Closes it; twice does nothing. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

/** Whether there is a write-ahead log that holds anything, as a process leaves it that was killed. */
function holdsLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > SCHEMA_VERSION) throw newerDatabase(path);
  if (version === SCHEMA_VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  // An older program reads the version from the file itself, before it opens it.
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}
