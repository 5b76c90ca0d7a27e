/**
 * What a power cut may leave of the database, made from what its files were before and after each commit.
 *
 * The model: a disk writes sectors of 512 bytes whole, and what was not synced in any order or not at all;
 * what was synced stays. Where SQLite syncs is taken from its source (`wal.c`, 3.53): the write-ahead log
 * before a commit returns, the log before its pages go into the database, the database before the log is
 * written from its beginning again, and then the new head of the log before the rest. That it does so here is not seen by this test; that what was
 * acknowledged is on the disk then, test/e2e/power_cut_test.ts shows on a file system of its own. A disk that
 * says it has written what it has not, and sectors torn in themselves, are in neither.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { Store } from "../../core/store/store.ts";
import { seededUnit } from "../fakes/random.ts";
import { GENERAL, NOW, peer, post, SPACE, withDirectory } from "./made.ts";

const SECTOR_BYTES = 512;
// https://sqlite.org/fileformat2.html#the_write_ahead_log
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 4096;
const SALT_AT = 16;
const DOC = segmentDoc(GENERAL, 0);

/** The files of a store. */
interface Files {
  readonly db: Uint8Array;
  readonly wal: Uint8Array;
}

function filesOf(directory: string): Files {
  const read = (name: string) => Deno.readFileSync(join(directory, name));
  return { db: read("earshot.db"), wal: read("earshot.db-wal") };
}

/**
 * Commits messages one after another; gives the files as they were before the first and after each. `between`
 * them may come what is not worth a sync of its own.
 */
function write(
  directory: string,
  commits: number,
  textLength: (n: number) => number,
  between: (store: Store, n: number) => void = () => {},
): Files[] {
  const store = Store.open(directory);
  // So that there is a log.
  store.seen.set(peer(2), NOW);
  const all = [filesOf(directory)];
  for (let seq = 1; seq <= commits; seq++) {
    const { verified, row } = post(peer(1), seq, NOW + seq, { text: "x".repeat(textLength(seq)) });
    store.commit({
      space: SPACE,
      envelopes: [verified],
      rows: [row],
      receivedAt: NOW,
      receipt: { id: `request-${seq}`, answer: seq },
    });
    all.push(filesOf(directory));
    between(store, seq);
  }
  store.close();
  return all;
}

/** Opens a store on an image; gives how many messages it has, one after another from the first. */
function heldOf(parent: string, { db, wal }: Files, what: string): number {
  const directory = Deno.makeTempDirSync({ dir: parent });
  Deno.writeFileSync(join(directory, "earshot.db"), db);
  Deno.writeFileSync(join(directory, "earshot.db-wal"), wal);
  const store = Store.open(directory);
  const [held = 0] = store.envelopes.vector(SPACE, DOC).values();
  assert.equal(store.envelopes.changes(SPACE, DOC).length, held, what);
  assert.equal(store.messages.newest(SPACE, GENERAL)?.seq ?? 0, held, what);
  assert.equal(store.receipts.get(`request-${held}`, NOW)?.answer, held || undefined, what);
  assert.equal(store.receipts.get(`request-${held + 1}`, NOW), undefined, what);
  store.close();
  const database = new DatabaseSync(join(directory, "earshot.db"), { readOnly: true });
  assert.equal(database.prepare("PRAGMA integrity_check").get()?.["integrity_check"], "ok", what);
  database.close();
  Deno.removeSync(directory, { recursive: true });
  return held;
}

/** `before` with each sector in which `after` differs taken from there or not. */
function mixed(before: Uint8Array, after: Uint8Array, unit: () => number): Uint8Array {
  const image = new Uint8Array(Math.max(before.length, after.length));
  image.set(before);
  const share = unit();
  for (let at = 0; at < after.length; at += SECTOR_BYTES) {
    if (unit() < share) image.set(after.subarray(at, at + SECTOR_BYTES), at);
  }
  // The length of the file may have come to the disk or not.
  const grown = image.length - before.length;
  return image.subarray(0, before.length + Math.floor(grown * Math.min(1, 2 * unit())));
}

Deno.test("hostile 39: cut at any frame of its log, or in one, a store has the commits before that", () =>
  withDirectory((directory) => {
    const unit = seededUnit(1);
    const all = write(directory, 8, (n) => 600 * n);
    const last = all.at(-1);
    assert(last);
    const { db, wal } = last;
    const ends = all.map(({ wal }) => wal.length);
    const cuts = [0, 1, WAL_HEADER_BYTES - 1];
    for (let at = WAL_HEADER_BYTES; at < wal.length; at += FRAME_BYTES) {
      cuts.push(at, at + 1 + Math.floor(unit() * (FRAME_BYTES - 1)));
    }
    for (const cut of [...cuts, wal.length]) {
      const held = heldOf(directory, { db, wal: wal.subarray(0, cut) }, `cut at ${cut}`);
      assert.equal(held, ends.filter((end, commit) => commit > 0 && end <= cut).length, `${cut}`);
    }
  }));

Deno.test("hostile 39: whatever of a commit came to the disk before the power went, it counts whole or not", () =>
  withDirectory((directory) => {
    const unit = seededUnit(2);
    const all = write(directory, 25, () => 300, (store, n) => store.seen.set(peer(2), NOW + n));
    const seen = { before: 0, after: 0 };
    for (let commit = 1; commit < all.length; commit++) {
      const [before, after] = [all[commit - 1], all[commit]];
      assert(before && after);
      for (let i = 0; i < 6; i++) {
        const wal = mixed(before.wal, after.wal, unit);
        const held = heldOf(directory, { db: before.db, wal }, `commit ${commit}, image ${i}`);
        assert(held === commit || held === commit - 1, `commit ${commit}: ${held} held`);
        seen[held === commit ? "after" : "before"]++;
      }
    }
    assert(seen.before > 10 && seen.after > 0, JSON.stringify(seen));
  }));

Deno.test("hostile 39: while the log goes into the database, and begins anew, nothing committed is lost", () =>
  withDirectory((directory) => {
    const unit = seededUnit(3);
    const all = write(directory, 110, () => 16_000);
    const [checkpoints, restarts] = [[] as number[], [] as number[]];
    for (let commit = 2; commit < all.length; commit++) {
      const [before, after] = [all[commit - 1], all[commit]];
      assert(before && after);
      const salt = ({ wal }: Files) => wal.subarray(SALT_AT, SALT_AT + 8).toHex();
      if (before.db.toHex() !== after.db.toHex()) checkpoints.push(commit);
      if (salt(before) !== salt(after)) restarts.push(commit);
    }
    assert(checkpoints.length > 0 && restarts.length > 0, "the log was long enough");
    for (const commit of checkpoints) {
      const [before, after] = [all[commit - 1], all[commit]];
      assert(before && after);
      for (let i = 0; i < 20; i++) {
        const image: Files = { db: mixed(before.db, after.db, unit), wal: after.wal };
        assert.equal(heldOf(directory, image, `checkpoint, image ${i}`), commit);
      }
    }
    for (const commit of restarts) {
      const [before, after] = [all[commit - 1], all[commit]];
      assert(before && after);
      const begun = before.wal.slice();
      begun.set(after.wal.subarray(0, WAL_HEADER_BYTES));
      assert.equal(heldOf(directory, { db: before.db, wal: begun }, "a new head"), commit - 1);
      for (let i = 0; i < 20; i++) {
        const image: Files = { db: before.db, wal: mixed(begun, after.wal, unit) };
        const held = heldOf(directory, image, `the log begins anew, image ${i}`);
        assert(held === commit || held === commit - 1, `${held} held of ${commit}`);
      }
    }
  }));
