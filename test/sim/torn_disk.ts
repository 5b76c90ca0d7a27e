import { join } from "@std/path";
import { DATABASE_FILE } from "../../core/store/file_names.ts";
import type { Store } from "../../core/store/store.ts";

const SECTOR_BYTES = 512;
/** Of the write-ahead log. https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;

/** The files of a store as a crash in the middle of a write leaves them. */
export interface TornFiles {
  readonly db: Uint8Array;
  readonly wal: Uint8Array;
}

/**
 * What is on the disk when the power goes while a store writes once more: all that is there for sure, and of what
 * came from peers since, and of what it was just writing, any sectors or none. What comes back is what was there
 * for sure, or that with some of the commits after it, one after another.
 */
export function tear(directory: string, store: Store, unit: () => number): TornFiles {
  const db = Deno.readFileSync(join(directory, DATABASE_FILE));
  const written = walOf(directory);
  const { secured } = store;
  store.tryWriting();
  const after = walOf(directory);
  const differs = differsFrom(written, after);
  // It was written from its beginning again, which it is only when all of it is in the database.
  if (differs < HEADER_BYTES) return { db, wal: written };
  const begin = secured === null
    ? differs
    : Math.min(differs, HEADER_BYTES + secured * FRAME_BYTES);
  const before = written.subarray(0, secured === null ? written.length : begin);
  const wal = after.slice(0, begin + Math.floor(unit() * (after.length - begin + 1)));
  const share = unit();
  for (let at = ceiling(begin); at < wal.length; at += SECTOR_BYTES) {
    if (unit() >= share) continue;
    const end = Math.min(at + SECTOR_BYTES, wal.length);
    wal.fill(0, at, end);
    wal.set(before.subarray(at, end), at);
  }
  return { db, wal };
}

/** Puts the files in place of those of a store that is closed. */
export function putBack(directory: string, { db, wal }: TornFiles): void {
  Deno.writeFileSync(join(directory, DATABASE_FILE), db);
  Deno.writeFileSync(walPath(directory), wal);
}

const walPath = (directory: string) => join(directory, `${DATABASE_FILE}-wal`);

const ceiling = (at: number) => Math.ceil(at / SECTOR_BYTES) * SECTOR_BYTES;

function walOf(directory: string): Uint8Array {
  try {
    return Deno.readFileSync(walPath(directory));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

/** The first byte that is another, or beyond the end of one of them. */
function differsFrom(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at;
  return length;
}
