import assert from "node:assert/strict";
import { join } from "@std/path";
import { DirectoryLock } from "../../core/store/directory_lock.ts";
import { readRunning, removeRunning, writeRunning } from "../../core/store/running_file.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { Child } from "./child.ts";
import { peer, withDirectory } from "./made.ts";

const RUNNING = {
  url: "http://127.0.0.1:4747/#t=secret",
  token: "secret",
  port: 4747,
  pid: 12,
  peer: peer(1),
};

async function take(directory: string): Promise<DirectoryLock> {
  const lock = await DirectoryLock.take(directory);
  assert(lock, "the directory is free");
  return lock;
}

Deno.test("a directory has one node", () =>
  withDirectory(async (directory) => {
    assert.equal(DirectoryLock.isTaken(directory), false);
    const lock = await take(directory);
    assert.equal(DirectoryLock.isTaken(directory), true);
    assert.equal(await DirectoryLock.take(directory), null);
    lock.close();
    lock.close();
    assert.equal(DirectoryLock.isTaken(directory), false);
    (await take(directory)).close();
  }));

Deno.test("who only looks does not keep a node from starting", () =>
  withDirectory(async (directory) => {
    (await take(directory)).close();
    const looking = Deno.openSync(join(directory, "lock"), { read: true });
    assert.equal(looking.tryLockSync(false), true);
    const taking = DirectoryLock.take(directory);
    looking.close();
    (await taking ?? assert.fail("the directory is free")).close();
  }));

Deno.test("another process is told how to reach the node that runs, and a killed one is forgotten", () =>
  withDirectory(async (directory) => {
    const child = Child.start("hold_lock", [directory]);
    assert.equal(await child.line(), "locked");
    assert.equal(DirectoryLock.isTaken(directory), true);
    assert.equal(await DirectoryLock.take(directory), null);
    assert.deepEqual(readRunning(directory), RUNNING);
    await child.kill();
    // Its file is still there, but nobody holds the lock.
    assert.equal(Deno.statSync(join(directory, "running.json")).isFile, true);
    assert.equal(readRunning(directory), null);
    (await take(directory)).close();
  }));

Deno.test("the file of the node that runs", () =>
  withDirectory(async (directory) => {
    assert.equal(readRunning(directory), null);
    const lock = await take(directory);
    assert.equal(readRunning(directory), null);
    writeRunning(directory, RUNNING);
    writeRunning(directory, RUNNING);
    assert.deepEqual(readRunning(directory), RUNNING);
    if (Deno.build.os !== "windows") {
      for (const name of ["running.json", "lock"]) {
        const { mode } = Deno.statSync(join(directory, name));
        assert.equal((mode ?? 0) & 0o777, 0o600, name);
      }
    }
    for (const text of ["", "{", "null", "[]", '{"url":1}', '{"url":"a","token":"b"}']) {
      Deno.writeTextFileSync(join(directory, "running.json"), text);
      assert.equal(readRunning(directory), null, text);
    }
    removeRunning(directory);
    removeRunning(directory);
    assert.equal(readRunning(directory), null);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["lock"]);
    lock.close();
  }));

Deno.test("a directory that cannot have a lock is an error", () =>
  withDirectory(async (directory) => {
    const place = (error: unknown) => error instanceof StoreError && error.kind === "place";
    await assert.rejects(DirectoryLock.take(join(directory, "missing")), place);
    Deno.mkdirSync(join(directory, "lock"));
    await assert.rejects(DirectoryLock.take(directory), place);
  }));
