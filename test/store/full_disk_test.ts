import assert from "node:assert/strict";
import { join } from "@std/path";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { openDataDirectory } from "../../core/store/data_directory.ts";
import { DirectoryLock } from "../../core/store/directory_lock.ts";
import { writeRunning } from "../../core/store/running_file.ts";
import { Store } from "../../core/store/store.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { fillDisk } from "../e2e/disk_room.ts";
import { GENERAL, NOW, openUnsealed, peer, post, SPACE } from "./made.ts";
import { SmallDisk } from "./tmpfs.ts";

const missing = SmallDisk.missing();
const suffix = missing ? ` (skipped: ${missing})` : "";
const options = { ignore: missing !== undefined };

const ANNA = peer(1);
const CHEAP = { memory: 8, passes: 1, lanes: 1 };
const DOC = segmentDoc(GENERAL, 0);

function send(store: Store, seq: number): void {
  const { verified, row } = post(ANNA, seq, NOW + seq, { text: `${seq} ${"x".repeat(1000)}` });
  const receipt = { id: `request-${seq}`, answer: seq };
  store.commit({ space: SPACE, envelopes: [verified], rows: [row], receivedAt: NOW, receipt });
}

/** Sends until it cannot; gives how many messages there are, and why not more. */
function sendUntilItFails(store: Store): { count: number; error: unknown } {
  for (let seq = 1;; seq++) {
    try {
      send(store, seq);
    } catch (error) {
      return { count: seq - 1, error };
    }
  }
}

const isFull = (error: unknown) => error instanceof StoreError && error.kind === "full";
const isPlace = (error: unknown) => error instanceof StoreError && error.kind === "place";

/** Takes all the room there is; `spare` bytes are given back. */
function fill(disk: SmallDisk, spare = 0): string {
  const path = fillDisk(disk.path);
  if (spare > 0) Deno.truncateSync(path, Math.max(0, Deno.statSync(path).size - spare));
  return path;
}

/** That all up to `count` is there, whole, and nothing else. */
function check(store: Store, count: number): void {
  assert.deepEqual([...store.envelopes.vector(SPACE, DOC).values()], [count]);
  assert.equal(store.envelopes.changes(SPACE, DOC).length, count);
  assert.deepEqual([...store.messages.segments(SPACE, GENERAL)], [[0, count]]);
  assert.equal(store.messages.newest(SPACE, GENERAL)?.seq, count);
  assert.equal(store.receipts.get(`request-${count}`, NOW)?.answer, count);
  assert.equal(store.receipts.get(`request-${count + 1}`, NOW), undefined);
}

Deno.test(
  `hostile 38: a full disk: what was there stays readable, and writing goes on with room${suffix}`,
  options,
  () => {
    using disk = SmallDisk.open("2m");
    const directory = join(disk.path, "data");
    openDataDirectory(directory);
    using first = Store.open(directory);
    first.browsers.add("old", Uint8Array.of(1), NOW);
    first.browsers.add("new", Uint8Array.of(2), NOW);
    const ballast = fill(disk, 600_000);
    const { count, error } = sendUntilItFails(first);
    assert(isFull(error), `${error}`);
    assert.match(String(error), /the disk is full: free some space/);
    assert(count > 5, `${count}`);
    check(first, count);
    // Once more, and by every way of writing, the disk being full to the last block.
    fill(disk);
    assert.throws(() => send(first, count + 1), isFull);
    assert.throws(() => first.browsers.add("long", new Uint8Array(500_000), NOW), isFull);
    check(first, count);
    // The write-ahead log may have room left of a write that failed.
    assert.throws(() => {
      for (let i = 1;; i++) first.seen.set(ANNA, NOW + i);
    }, isFull);
    // Nobody is locked out because it cannot be noted that they came.
    for (let i = 0; i < 20; i++) {
      assert.deepEqual(first.browsers.get("old"), Uint8Array.of(1));
      assert.deepEqual(first.browsers.get("new"), Uint8Array.of(2));
    }
    for (let i = 0; i < 3; i++) assert.throws(() => first.tryWriting(), isFull);
    Deno.removeSync(ballast);
    for (let i = 0; i < 3; i++) first.tryWriting();
    send(first, count + 1);
    check(first, count + 1);
    first.close();

    using again = Store.open(directory);
    check(again, count + 1);
  },
);

Deno.test(
  `hostile 38: a killed node starts on a full disk and shows what it has${suffix}`,
  options,
  () => {
    using disk = SmallDisk.open("2m");
    const directory = join(disk.path, "data");
    openDataDirectory(directory);
    using first = Store.open(directory);
    send(first, 1);
    send(first, 2);
    // A copy of the files of an open store is what a kill leaves.
    const copy = join(disk.path, "copy");
    Deno.mkdirSync(copy);
    for (const { name } of Deno.readDirSync(directory)) {
      Deno.copyFileSync(join(directory, name), join(copy, name));
    }
    assert(Deno.statSync(join(copy, "earshot.db-wal")).size > 0);
    first.close();

    const ballast = fill(disk);
    using store = Store.open(copy);
    check(store, 2);
    assert.throws(() => {
      for (let seq = 3; seq < 1000; seq++) send(store, seq);
    }, isFull);
    const [held] = store.envelopes.vector(SPACE, DOC).values();
    assert(held);
    Deno.removeSync(ballast);
    send(store, held + 1);
    check(store, held + 1);
  },
);

Deno.test(
  `hostile 38: a first start on a full disk leaves nothing behind, and goes with room${suffix}`,
  options,
  async () => {
    using disk = SmallDisk.open("512k");
    const directory = join(disk.path, "data");
    openDataDirectory(directory);
    const ballast = fill(disk, 16_384);
    assert.throws(() => Store.open(directory), isFull);
    fill(disk);
    await assert.rejects(openUnsealed(directory), isFull);
    assert.deepEqual([...Deno.readDirSync(directory)], []);
    Deno.removeSync(ballast);
    Store.open(directory).close();
    await openUnsealed(directory);
  },
);

Deno.test(
  `hostile 38: a file that is replaced on a full disk stays the old one${suffix}`,
  options,
  () => {
    using disk = SmallDisk.open("64k");
    const running = { url: "old", token: "t", port: 1, pid: 1, peer: ANNA };
    writeRunning(disk.path, running);
    const before = Deno.readTextFileSync(join(disk.path, "running.json"));
    fill(disk);
    assert.throws(() => writeRunning(disk.path, { ...running, url: "new" }), isFull);
    assert.equal(Deno.readTextFileSync(join(disk.path, "running.json")), before);
    const names = [...Deno.readDirSync(disk.path)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["ballast", "running.json"]);
  },
);

Deno.test(
  `hostile 38: with no inode left the keys stay, messages go on, and all goes with one${suffix}`,
  options,
  async () => {
    using disk = SmallDisk.open("2m,nr_inodes=16");
    using store = Store.open(disk.path);
    const vault = await openUnsealed(disk.path);
    send(store, 1);
    const path = join(disk.path, "device.json");
    const before = Deno.readTextFileSync(path);
    let files = 0;
    assert.throws(() => {
      for (;; files++) Deno.writeTextFileSync(join(disk.path, `ballast-${files}`), "");
    }, /No space left/);
    await assert.rejects(vault.setPassphrase("long enough", CHEAP), isFull);
    assert.equal(vault.isSealed, false);
    assert.equal(Deno.readTextFileSync(path), before);
    send(store, 2);
    check(store, 2);
    while (files > 0) Deno.removeSync(join(disk.path, `ballast-${--files}`));
    await vault.setPassphrase("long enough", CHEAP);
    assert.equal(vault.isSealed, true);
  },
);

Deno.test(
  `hostile 38: a read-only disk is an error before anything is opened${suffix}`,
  options,
  async () => {
    using disk = SmallDisk.open("2m");
    const directory = join(disk.path, "data");
    openDataDirectory(directory);
    Store.open(directory).close();
    await openUnsealed(directory);
    const bytes = Deno.readFileSync(join(directory, "earshot.db"));
    disk.setReadOnly(true);
    assert.throws(() => Store.open(directory), isPlace);
    await assert.rejects(DirectoryLock.take(directory), isPlace);
    assert.throws(() => openDataDirectory(join(disk.path, "new")), isPlace);
    await assert.rejects(openUnsealed(disk.path), isPlace);
    assert.throws(
      () => writeRunning(directory, { url: "", token: "", port: 1, pid: 1, peer: ANNA }),
      isPlace,
    );
    disk.setReadOnly(false);
    assert.deepEqual(Deno.readFileSync(join(directory, "earshot.db")), bytes);
    Store.open(directory).close();
  },
);
