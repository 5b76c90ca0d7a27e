import { DatabaseSync } from "node:sqlite";
import { Buffer } from "node:buffer";
import { dirname, join } from "@std/path";
import { FILE_MODE, isThere, removeFile, syncDirectory } from "./atomic_file.ts";
import { DEVICE_FILE } from "./file_names.ts";
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";
import { sqliteFault } from "./sqlite_fault.ts";
import { StoreError, withFiles } from "./store_error.ts";

// https://sqlite.org/fileformat2.html#the_database_header
const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/**
 * Looks at the head of a database file without SQLite, which could write to it.
 *
 * @returns whether there is one.
 * @throws {StoreError} when it is damaged, of a newer version, or cannot be written.
 */
export function inspectDatabase(path: string): boolean {
  const header = readHeader(path);
  if (header === null) return false;
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw damagedDatabase(path, "its beginning is not that of a database");
  }
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw damagedDatabase(path, "it is not Earshot's");
  }
  if (header.readUInt32BE(USER_VERSION_AT) > SCHEMA_VERSION) throw newerDatabase(path);
  return true;
}

function readHeader(path: string): Buffer | null {
  return withFiles(`open the database "${path}"`, () => {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(path, { read: true, write: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      return header.subarray(0, file.readSync(header) ?? 0);
    } finally {
      file.close();
    }
  });
}

/**
 * Says that a database is lost: the keys of the device beside it are not of a first start. To write on with
 * them, from 1, would contradict what this device told others before.
 */
function lostDatabase(path: string): StoreError {
  return new StoreError(
    "damaged",
    `Cannot find the database "${path}", though the keys of this device are there: move the directory ` +
      `away to start as a new device, which gets everything from the others`,
  );
}

/**
 * Makes an empty database of this version, of mode 0600 (SQLite gives that to the files beside it too). It
 * is made under another name first: an empty or half-made file under the real one is always damage.
 *
 * @throws {StoreError} when it cannot be made, or the keys of the device are there without it; nothing is
 * there then.
 */
export function createDatabase(path: string): void {
  const fresh = `${path}.new`;
  withFiles(`make the database "${path}"`, () => {
    if (isThere(join(dirname(path), DEVICE_FILE))) throw lostDatabase(path);
    removeFile(fresh);
    removeFile(`${fresh}-journal`);
    try {
      Deno.openSync(fresh, { write: true, createNew: true, mode: FILE_MODE }).close();
      fill(fresh);
      Deno.renameSync(fresh, path);
    } catch (error) {
      removeFile(fresh);
      throw sqliteFault(error, path);
    }
    syncDirectory(dirname(path));
  });
}

function fill(path: string): void {
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA synchronous = FULL; BEGIN`);
    for (const migration of MIGRATIONS) db.exec(migration);
    db.exec(`
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${SCHEMA_VERSION};
      COMMIT
    `);
  } finally {
    db.close();
  }
}

/** Says that a later version of Earshot wrote this database. */
export function newerDatabase(path: string): StoreError {
  return new StoreError(
    "newer",
    `Cannot open the database "${path}": a newer version of Earshot wrote it; start that version`,
  );
}

function damagedDatabase(path: string, state: string): StoreError {
  return new StoreError(
    "damaged",
    `Cannot open the database "${path}": ${state}; move the directory away to start as a new device, ` +
      `which gets everything from the others`,
  );
}

/** Brings an open database of an older version to this one. */
export function migrate(db: DatabaseSync, version: number): void {
  db.exec("BEGIN IMMEDIATE");
  for (const migration of MIGRATIONS.slice(version)) db.exec(migration);
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
  // An older program reads the version from the file itself, before it opens it.
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}
