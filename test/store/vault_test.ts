/** The keys of the device and what is sealed under them, as they rest on disk. */
import assert from "node:assert/strict";
import { join } from "@std/path";
import { MAX_KDF_COST } from "../../core/store/passphrase_key.ts";
import { StoreError, type StoreFault } from "../../core/store/store_error.ts";
import { type AskPassphrase, openVault, type Vault } from "../../core/store/vault.ts";
import { createDeviceKeys } from "../../core/trust/device_keys.ts";
import { seededBytes } from "../fakes/random.ts";
import { openUnsealed, withDirectory } from "./made.ts";

/** The least that Argon2id takes: what is tested here is not how long it takes. */
const CHEAP = { memory: 8, passes: 1, lanes: 1 };
const PASSPHRASE = "correct horse battery";

const fileOf = (directory: string) => join(directory, "device.json");
const read = (directory: string) => Deno.readTextFileSync(fileOf(directory));

/** Gives these one after another, then gives up. */
function answers(...passphrases: string[]): AskPassphrase {
  return (wrong) => {
    const next = passphrases[wrong];
    return next === undefined
      ? Promise.reject(new StoreError("passphrase", "given up"))
      : Promise.resolve(next);
  };
}

function fault(kind: StoreFault, path = ""): (error: unknown) => boolean {
  return (error) =>
    error instanceof StoreError && error.kind === kind && error.message.includes(path);
}

/** What is secret in a vault, in hex. */
function secretsOf({ keys }: Vault, directory: string): string[] {
  const { signing, noise } = keys.export();
  const { master } = JSON.parse(read(directory));
  return [signing, noise, ...(master ? [master] : [])];
}

Deno.test("REST-1: the keys of the device and a master key are made once", () =>
  withDirectory(async (directory) => {
    const first = await openUnsealed(directory);
    const text = read(directory);
    const { version, peer, signing, noise, master, ...more } = JSON.parse(text);
    assert.deepEqual([version, peer, more], [2, first.keys.peer, {}]);
    for (const secret of [signing, noise, master]) assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(new Set([signing, noise, master]).size, 3);
    const again = await openUnsealed(directory, false);
    assert.equal(again.keys.peer, first.keys.peer);
    assert.equal(read(directory), text);
    assert.deepEqual(
      again.open("epoch/1", first.seal("epoch/1", Uint8Array.of(1, 2))),
      Uint8Array.of(1, 2),
    );
  }));

Deno.test("REST-1: a file of version 1 keeps its keys and gets a master key", () =>
  withDirectory(async (directory) => {
    const keys = createDeviceKeys(seededBytes(1));
    Deno.writeTextFileSync(
      fileOf(directory),
      JSON.stringify({ version: 1, ...keys.export() }, null, 2),
    );
    const vault = await openUnsealed(directory, false);
    assert.equal(vault.keys.peer, keys.peer);
    assert.deepEqual(vault.keys.export(), keys.export());
    const upgraded = read(directory);
    assert.equal(JSON.parse(upgraded).version, 2);
    const box = vault.seal("a", Uint8Array.of(7));
    const again = await openUnsealed(directory, false);
    assert.deepEqual(again.open("a", box), Uint8Array.of(7));
    assert.equal(read(directory), upgraded);
  }));

Deno.test("REST-2: with a passphrase no secret is in the file, and only it opens it", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    const box = vault.seal("epoch/1", Uint8Array.of(9));
    const secrets = secretsOf(vault, directory);
    assert.equal(vault.isSealed, false);
    await vault.setPassphrase(PASSPHRASE, CHEAP);
    assert.equal(vault.isSealed, true);
    const text = read(directory);
    const { version, peer, kdf, sealed, ...more } = JSON.parse(text);
    assert.deepEqual([version, peer, more], [2, vault.keys.peer, {}]);
    assert.deepEqual({ ...kdf, salt: "" }, { name: "argon2id", ...CHEAP, salt: "" });
    assert.match(sealed, /^[0-9a-f]+$/);
    for (const secret of secrets) assert(!text.includes(secret));

    await assert.rejects(openVault(directory, false, answers("", "no", "x")), fault("passphrase"));
    const again = await openVault(directory, false, answers("wrong", PASSPHRASE));
    assert.equal(again.keys.peer, vault.keys.peer);
    assert.deepEqual(again.open("epoch/1", box), Uint8Array.of(9));
    assert.equal(again.isSealed, true);
    again.removePassphrase();
    const bare = await openUnsealed(directory, false);
    assert.deepEqual(secretsOf(bare, directory), secrets);
  }));

Deno.test("REST-2: another passphrase takes the place of the old one, under a new salt", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    await vault.setPassphrase(PASSPHRASE, CHEAP);
    const before = JSON.parse(read(directory));
    await vault.setPassphrase("another one", CHEAP);
    const after = JSON.parse(read(directory));
    assert.notEqual(after.kdf.salt, before.kdf.salt);
    await assert.rejects(openVault(directory, false, answers(PASSPHRASE)), fault("passphrase"));
    await openVault(directory, false, answers("another one"));
  }));

Deno.test("REST-3: a passphrase is the same however its letters are composed, and bounded", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    await vault.setPassphrase("cafe\u0301 creme", CHEAP);
    await openVault(directory, false, answers("caf\u00e9 creme"));
    const text = read(directory);
    for (const bad of ["", "1234567", "e\u0301".repeat(7), "x".repeat(257)]) {
      await assert.rejects(vault.setPassphrase(bad, CHEAP), RangeError, bad);
    }
    assert.equal(read(directory), text);
    await vault.setPassphrase("é".repeat(256), CHEAP);
    await vault.setPassphrase("🦊".repeat(8), CHEAP);
    await openVault(directory, false, answers("🦊".repeat(8)));
  }));

Deno.test("REST-4: whatever is changed beside or in the sealed part, it does not open", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    await vault.setPassphrase(PASSPHRASE, CHEAP);
    const good = JSON.parse(read(directory));
    const other = createDeviceKeys(seededBytes(2));
    const flipped = (hex: string, at: number) =>
      hex.slice(0, at) + (hex[at] === "0" ? "1" : "0") + hex.slice(at + 1);
    const changed: object[] = [
      { ...good, peer: other.peer },
      { ...good, kdf: { ...good.kdf, memory: 16 } },
      { ...good, kdf: { ...good.kdf, passes: 2 } },
      { ...good, kdf: { ...good.kdf, memory: 16, lanes: 2 } },
      { ...good, kdf: { ...good.kdf, salt: flipped(good.kdf.salt, 0) } },
      { ...good, sealed: good.sealed.slice(0, -2) },
      { ...good, sealed: "00" },
    ];
    for (let at = 0; at < good.sealed.length; at += 7) {
      changed.push({ ...good, sealed: flipped(good.sealed, at) });
    }
    for (const file of changed) {
      Deno.writeTextFileSync(fileOf(directory), JSON.stringify(file));
      const opening = openVault(directory, false, answers(PASSPHRASE));
      await assert.rejects(opening, fault("passphrase"), JSON.stringify(file));
    }
    Deno.writeTextFileSync(fileOf(directory), JSON.stringify(good));
    await openVault(directory, false, answers(PASSPHRASE));
  }));

Deno.test("REST-5: a file cannot ask for more memory or time than there is to give", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    await vault.setPassphrase(PASSPHRASE, CHEAP);
    const good = JSON.parse(read(directory));
    const never: AskPassphrase = () => Promise.reject(new Error("asked"));
    const wrong = [
      { memory: 100 * 1024 * 1024 },
      { memory: MAX_KDF_COST.memory + 1 },
      { memory: 7 },
      { memory: 8, lanes: 2 },
      { memory: 8.5 },
      { memory: "65536" },
      { passes: MAX_KDF_COST.passes + 1 },
      { passes: 0 },
      { passes: -1 },
      { lanes: MAX_KDF_COST.lanes + 1, memory: 65536 },
      { lanes: null },
      { name: "argon2d" },
      { name: "scrypt" },
      { salt: "" },
      { salt: "00".repeat(1000) },
    ];
    for (const change of wrong) {
      const file = { ...good, kdf: { ...good.kdf, ...change } };
      Deno.writeTextFileSync(fileOf(directory), JSON.stringify(file));
      const damaged = fault("damaged", fileOf(directory));
      await assert.rejects(openVault(directory, false, never), damaged, JSON.stringify(change));
    }
  }));

Deno.test("damaged keys are an error and never replaced", () =>
  withDirectory(async (directory) => {
    const path = fileOf(directory);
    await openUnsealed(directory);
    const good = read(directory);
    const secret = /"signing": "(.)/.exec(good)?.[1] === "0" ? "1" : "0";
    const damaged = [
      "",
      "{",
      "null",
      "[]",
      good.slice(0, -10),
      good.replace(/"signing": "./, `"signing": "${secret}`),
      good.replace(/"master": "../, `"master": "`),
      good.replace(/"master": "[0-9a-f]+"/, `"master": 7`),
      good.replace('"version": 2', '"version": "2"'),
      good.replace('"version": 2', '"version": 2, "sealed": ""'),
      good.replace('"version": 2', '"version": 2, "sealed": "00", "kdf": null'),
      " ".repeat(70_000) + good,
    ];
    for (const text of damaged) {
      Deno.writeTextFileSync(path, text);
      await assert.rejects(openUnsealed(directory), fault("damaged", path), text.slice(0, 60));
      assert.equal(read(directory), text);
    }
    const newer = good.replace('"version": 2', '"version": 3');
    Deno.writeTextFileSync(path, newer);
    await assert.rejects(openUnsealed(directory), fault("newer", path));
    assert.equal(read(directory), newer);
  }));

Deno.test("REST-6: a small secret opens under its own name, in its own vault, as it was", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    const secret = seededBytes(3)(32);
    const box = vault.seal("epoch/a", secret);
    assert.deepEqual(vault.open("epoch/a", box), new Uint8Array(secret));
    assert.notDeepEqual(vault.seal("epoch/a", secret), box);
    assert.deepEqual(vault.open("empty", vault.seal("empty", new Uint8Array())), new Uint8Array());
    assert.throws(() => vault.open("epoch/b", box), TypeError);
    for (let at = 0; at < box.length; at++) {
      const changed = Uint8Array.from(box);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(() => vault.open("epoch/a", changed), TypeError, `byte ${at}`);
    }
    for (let length = 0; length < box.length; length++) {
      assert.throws(() => vault.open("epoch/a", box.subarray(0, length)), TypeError);
    }
    await withDirectory(async (elsewhere) => {
      const other = await openUnsealed(elsewhere);
      assert.throws(() => other.open("epoch/a", box), TypeError);
    });
  }));

Deno.test("REST-2: what a power cut left of a file that was being written is taken away", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    Deno.copyFileSync(fileOf(directory), `${fileOf(directory)}.new`);
    await vault.setPassphrase(PASSPHRASE, CHEAP);
    Deno.writeTextFileSync(`${fileOf(directory)}.new`, JSON.stringify(vault.keys.export()));
    await openVault(directory, false, answers(PASSPHRASE));
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["device.json"]);
  }));

Deno.test("REST-7: replaced keys are gone from the disk, and what was sealed stays readable", () =>
  withDirectory(async (directory) => {
    for (const passphrase of [null, PASSPHRASE]) {
      const ask = answers(PASSPHRASE);
      const vault = await openVault(directory, true, ask);
      if (passphrase) await vault.setPassphrase(passphrase, CHEAP);
      const box = vault.seal("a", Uint8Array.of(1));
      const before = vault.keys;
      const next = createDeviceKeys();
      assert.equal(vault.replaceKeys(next), before);
      assert.equal(vault.keys, next);
      const text = read(directory);
      for (const gone of Object.values(before.export())) assert(!text.includes(gone));
      assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["device.json"]);
      const again = await openVault(directory, false, ask);
      assert.deepEqual(again.keys.export(), next.export());
      assert.deepEqual(again.open("a", box), Uint8Array.of(1));
      assert.equal(again.isSealed, passphrase !== null);
    }
  }));

Deno.test("a vault shows nothing secret when it is printed", () =>
  withDirectory(async (directory) => {
    const vault = await openUnsealed(directory);
    const secrets = secretsOf(vault, directory);
    const shown = JSON.stringify(vault) + Deno.inspect(vault, { depth: 9, showHidden: true });
    for (const secret of secrets) assert(!shown.includes(secret));
  }));
