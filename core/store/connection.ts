import { DatabaseSync } from "node:sqlite";
import { sqliteFault } from "./sqlite_fault.ts";

/** The write-ahead log is cut to this after a checkpoint, in bytes. */
const MAX_IDLE_WAL_BYTES = 16 * 1024 * 1024;
/** Negative: in KiB. */
const CACHE_KIB = -8192;
/** A backup program may look at the file just now. */
const BUSY_MS = 500;

/** Opens a database that is there, of whichever version. @throws {StoreError} if it cannot. */
export function connect(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
    db.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA trusted_schema = OFF;
      PRAGMA cell_size_check = ON;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA journal_size_limit = ${MAX_IDLE_WAL_BYTES};
      PRAGMA cache_size = ${CACHE_KIB};
    `);
    return db;
  } catch (error) {
    db?.close();
    throw sqliteFault(error, path);
  }
}
