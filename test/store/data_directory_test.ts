import assert from "node:assert/strict";
import { join } from "@std/path";
import { dataDirectory, openDataDirectory } from "../../core/store/data_directory.ts";
import { Store } from "../../core/store/store.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { NOW, openUnsealed, withDirectory } from "./made.ts";

const windows = Deno.build.os === "windows";
const mode = (path: string) => ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
const place = (error: unknown) => error instanceof StoreError && error.kind === "place";

Deno.test("the place for the data by system and environment", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const home = env({ HOME: "/home/a" });
  assert.equal(dataDirectory("linux", home), "/home/a/.local/share/earshot");
  const xdg = env({ HOME: "/home/a", XDG_DATA_HOME: "/data" });
  assert.equal(dataDirectory("linux", xdg), "/data/earshot");
  assert.equal(dataDirectory("freebsd", xdg), "/data/earshot");
  for (const bad of ["", "data", "./data"]) {
    const odd = env({ HOME: "/home/a", XDG_DATA_HOME: bad });
    assert.equal(dataDirectory("linux", odd), "/home/a/.local/share/earshot");
  }
  const mac = env({ HOME: "/Users/a", XDG_DATA_HOME: "/data" });
  assert.equal(dataDirectory("darwin", mac), "/Users/a/Library/Application Support/earshot");
  const local = env({ LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local" });
  assert.equal(dataDirectory("windows", local), "C:\\Users\\a\\AppData\\Local\\earshot");
  for (const os of ["linux", "darwin", "windows"] as const) {
    assert.throws(() => dataDirectory(os, () => undefined), place);
  }
});

Deno.test(
  "a new data directory and all in it are its owner's only",
  { ignore: windows },
  () =>
    withDirectory(async (parent) => {
      const directory = join(parent, "a", "earshot");
      openDataDirectory(directory);
      assert.equal(mode(directory), "700");
      const store = Store.open(directory);
      await openUnsealed(directory);
      store.browsers.add("browser", Uint8Array.of(1), 0);
      const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
      assert.deepEqual(names, ["device.json", "earshot.db", "earshot.db-wal"]);
      for (const name of names) assert.equal(mode(join(directory, name)), "600", name);
      store.close();
    }),
);

Deno.test(
  "an existing directory and its files are made private again",
  { ignore: windows },
  () =>
    withDirectory(async (directory) => {
      Store.open(directory).close();
      await openUnsealed(directory);
      Deno.chmodSync(directory, 0o755);
      Deno.chmodSync(join(directory, "earshot.db"), 0o644);
      Deno.chmodSync(join(directory, "device.json"), 0o666);
      openDataDirectory(directory);
      assert.equal(mode(directory), "700");
      assert.equal(mode(join(directory, "earshot.db")), "600");
      assert.equal(mode(join(directory, "device.json")), "600");
    }),
);

Deno.test(
  "a directory of somebody else's files is not touched",
  { ignore: windows },
  () =>
    withDirectory((directory) => {
      Deno.writeTextFileSync(join(directory, "letter.txt"), "dear");
      Deno.chmodSync(directory, 0o755);
      assert.throws(() => openDataDirectory(directory), place);
      assert.equal(mode(directory), "755");
    }),
);

Deno.test("what systems put into an empty directory does not hinder", () =>
  withDirectory((directory) => {
    Deno.mkdirSync(join(directory, "lost+found"));
    openDataDirectory(directory);
  }));

Deno.test("a file in the place of the directory, or above it, is an error and stays", () =>
  withDirectory((directory) => {
    const file = join(directory, "file");
    Deno.writeTextFileSync(file, "mine");
    assert.throws(() => openDataDirectory(file), place);
    assert.throws(() => openDataDirectory(join(file, "earshot")), place);
    assert.throws(() => Store.open(join(directory, "missing")), place);
    assert.equal(Deno.readTextFileSync(file), "mine");
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["file"]);
  }));

Deno.test("keys without their database, or a database without its keys, are not made anew", () =>
  withDirectory(async (directory) => {
    const damaged = (error: unknown) => error instanceof StoreError && error.kind === "damaged";
    await assert.rejects(openUnsealed(directory, false), damaged);
    await openUnsealed(directory);
    assert.throws(() => Store.open(directory), damaged);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["device.json"]);
  }));

Deno.test("a first start that was cut off is begun again", () =>
  withDirectory(async (directory) => {
    // What a crash can leave: half a file under a name that does not count.
    Deno.writeTextFileSync(join(directory, "earshot.db.new"), "half");
    Deno.writeTextFileSync(join(directory, "device.json.new"), "half");
    const store = Store.open(directory);
    const { keys } = await openUnsealed(directory, store.envelopes.isEmpty);
    store.seen.set(keys.peer, NOW);
    store.close();
    const names = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["device.json", "earshot.db"]);
  }));
