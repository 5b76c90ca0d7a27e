/**
 * A disk that loses what it took, and then the power goes: what a power cut leaves is looked at after each
 * step. What the system still has in its memory is not what counts, but what comes back without it.
 */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { StoreError } from "../../core/store/store_error.ts";
import { CutDisk } from "../e2e/cut_disk.ts";
import { fillDisk } from "../e2e/disk_room.ts";
import { ThinDisk } from "../e2e/thin_disk.ts";
import { Child } from "./child.ts";
import { withDirectory } from "./made.ts";
import { Rows } from "./rows.ts";

const missing = ThinDisk.missing();
const suffix = missing ? ` (skipped: ${missing})` : "";
const options = { ignore: missing !== undefined };
const NAME = "rows.db";

const BALLAST = "ballast";

const isFault = (error: unknown) =>
  error instanceof StoreError && (error.kind === "io" || error.kind === "full");

/** How many rows a power cut would leave now; the database is whole then. */
function left(disk: ThinDisk, directory: string): number {
  const image = join(directory, "image");
  disk.cut(image);
  using cut = CutDisk.open(image);
  using rows = new Rows(join(cut.path, NAME));
  assert.deepEqual(rows.faults(), []);
  return rows.count;
}

/** Makes a database on the disk, whose process could not sync its last, and is dead. Gives its path. */
async function leaveDoubtful(disk: ThinDisk): Promise<string> {
  const path = join(disk.path, NAME);
  const child = Child.start("write_in_vain", [path, disk.real]);
  assert.equal(await child.line(), "refused");
  await child.kill();
  return path;
}

Deno.test(
  `hostile 38: what a killed process could not sync is on the disk before anyone reads it${suffix}`,
  options,
  () =>
    withDirectory(async (directory) => {
      using disk = ThinDisk.open();
      const path = await leaveDoubtful(disk);
      Deno.removeSync(join(disk.real, BALLAST));
      using rows = new Rows(path);
      assert(rows.count >= 40);
      assert.equal(left(disk, directory), rows.count);
    }),
);

Deno.test(
  `hostile 38: on a disk that still fails what a killed process left is read, and written with room${suffix}`,
  options,
  () =>
    withDirectory(async (directory) => {
      using disk = ThinDisk.open();
      const path = await leaveDoubtful(disk);
      using rows = new Rows(path);
      const found = rows.count;
      assert(found >= 40);
      assert.throws(() => rows.add(1), isFault);
      assert(left(disk, directory) >= 20);
      Deno.removeSync(join(disk.real, BALLAST));
      rows.add(1);
      assert.equal(left(disk, directory), found + 1);
    }),
);

Deno.test(
  `hostile 38: after a sync that failed a power cut at any step leaves a whole database${suffix}`,
  options,
  () =>
    withDirectory((directory) => {
      using disk = ThinDisk.open();
      using rows = new Rows(join(disk.path, NAME));
      for (let i = 0; i < 4; i++) rows.add(20);
      rows.addSoon(200);
      const ballast = fillDisk(disk.real);
      assert(isFault(rows.addUntilRefused(5)));
      const whole = rows.count;
      assert(left(disk, directory) >= 80, "the disk fails");
      assert.throws(() => rows.add(20), isFault);
      assert(left(disk, directory) >= 80, "it fails again");
      Deno.removeSync(ballast);
      assert(left(disk, directory) >= 80, "there is room again");
      const nothing = new Error("nothing is written");
      assert.throws(() => rows.database.write(() => fail(nothing)), nothing);
      assert(left(disk, directory) >= whole, "the log is written anew");
      rows.add(20);
      assert.equal(left(disk, directory), whole + 20);
      for (let i = 0; i < 10; i++) rows.add(100);
      assert.equal(left(disk, directory), whole + 1020, "the log went into the database");
    }),
);

Deno.test(
  `hostile 38: after a sync that failed the first of a log is on the disk as well${suffix}`,
  options,
  () =>
    withDirectory((directory) => {
      using disk = ThinDisk.open();
      new Rows(join(disk.path, NAME)).close();
      using rows = new Rows(join(disk.path, NAME));
      const ballast = fillDisk(disk.real);
      assert.throws(() => rows.add(200), isFault);
      Deno.removeSync(ballast);
      rows.add(20);
      assert.equal(left(disk, directory), 20);
    }),
);

Deno.test(
  `hostile 38: syncs that fail behind what is written soon lose nothing acknowledged${suffix}`,
  options,
  () =>
    withDirectory((directory) => {
      using disk = ThinDisk.open();
      using rows = new Rows(join(disk.path, NAME));
      rows.add(20);
      const ballast = fillDisk(disk.real);
      let refused = 0;
      // More than what a checkpoint is made after.
      for (let i = 0; i < 40; i++) {
        try {
          rows.addSoon(50);
        } catch (error) {
          assert(isFault(error), `${error}`);
          refused++;
        }
      }
      assert(left(disk, directory) >= 20);
      Deno.removeSync(ballast);
      const soon = rows.count;
      assert(soon > 20 || refused > 0);
      atLast(() => rows.add(1));
      assert.equal(left(disk, directory), soon + 1);
    }),
);

Deno.test(
  `hostile 38: checkpoints that fail lose nothing, whatever comes after them${suffix}`,
  options,
  () =>
    withDirectory((directory) => {
      using disk = ThinDisk.open("24m", "64M");
      using rows = new Rows(join(disk.path, NAME));
      // The log gets room for all that it takes before a checkpoint, the database has none for that.
      rows.add(40);
      for (let i = 0; i < 60; i++) rows.touch();
      assert(Deno.statSync(`${join(disk.path, NAME)}-wal`).size > 4_000_000);
      const ballast = fillDisk(disk.real);
      const size = () => Deno.statSync(join(disk.path, NAME)).size;
      for (const before = size(); size() === before;) rows.add(20);
      const whole = rows.count;
      assert.equal(left(disk, directory), whole);
      Deno.removeSync(ballast);
      for (let i = 1; i <= 5; i++) {
        rows.add(20);
        assert.equal(left(disk, directory), whole + 20 * i);
      }
    }),
);

Deno.test(
  `hostile 39: what is written soon is on the disk when that is asked for, or the next is written${suffix}`,
  options,
  () =>
    withDirectory(async (directory) => {
      using disk = ThinDisk.open();
      using rows = new Rows(join(disk.path, NAME));
      const { database } = rows;
      rows.add(20);
      assert.equal(database.secured, null);
      rows.addSoon(20);
      const frames = database.secured ?? 0;
      assert(frames > 0);
      rows.addSoon(20);
      assert.equal(database.secured, frames, "both may go");
      database.secure();
      assert.equal(database.secured, null);
      assert.equal(left(disk, directory), 60);
      rows.addSoon(20);
      await database.flush();
      assert.equal(left(disk, directory), 80, "it is there, though nobody says so");
      assert.notEqual(database.secured, null);
      rows.add(20);
      assert.equal(database.secured, null);
      assert.equal(left(disk, directory), 100);
    }),
);

Deno.test(
  `hostile 38: a flush or a sync that fails is told by who asks, and mended with room${suffix}`,
  options,
  () =>
    withDirectory(async (directory) => {
      using disk = ThinDisk.open();
      using rows = new Rows(join(disk.path, NAME));
      rows.add(20);
      const ballast = fillDisk(disk.real);
      for (let i = 0; i < 4; i++) rows.addSoon(50);
      await rows.database.flush();
      assert.throws(() => rows.database.secure(), isFault);
      assert.notEqual(rows.database.secured, null);
      assert(left(disk, directory) >= 20);
      Deno.removeSync(ballast);
      atLast(() => rows.database.secure());
      assert.equal(rows.database.secured, null);
      assert.equal(left(disk, directory), 220);
    }),
);

/** Does something with the database; the first time the system may tell of what failed before. */
function atLast(act: () => void): void {
  try {
    act();
  } catch (error) {
    assert(isFault(error), `${error}`);
    act();
  }
}

function fail(error: Error): never {
  throw error;
}
