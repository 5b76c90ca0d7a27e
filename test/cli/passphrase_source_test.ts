import assert from "node:assert/strict";
import { join } from "@std/path";
import { readLinesOf, startPassphrase } from "../../core/cli/passphrase_source.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { withDirectory } from "../store/made.ts";

const { signal } = new AbortController();

function says(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof StoreError && error.kind === "passphrase");
    assert.match(error.message, pattern);
    assert(!error.message.includes("\n"));
    return true;
  };
}

Deno.test("a passphrase comes from the file before the environment, and is tried once", () =>
  withDirectory(async (directory) => {
    const file = join(directory, "pass");
    Deno.writeTextFileSync(file, "of the file\nanother line\n");
    const ask = startPassphrase({ file, variable: "of the environment", signal });
    assert.equal(await ask(0), "of the file");
    Deno.removeSync(file);
    await assert.rejects(ask(1), says(/the passphrase in ".*pass" is wrong$/));
    const other = startPassphrase({ file: null, variable: "of the environment", signal });
    assert.equal(await other(0), "of the environment");
    await assert.rejects(other(1), says(/the passphrase in EARSHOT_PASSPHRASE is wrong$/));
  }));

Deno.test("the lines of a passphrase file are taken as they are", () =>
  withDirectory((directory) => {
    const file = join(directory, "pass");
    const lines = (text: string) => {
      Deno.writeTextFileSync(file, text);
      return readLinesOf(file);
    };
    assert.deepEqual(lines(" old \nnew"), [" old ", "new"]);
    assert.deepEqual(lines("old\r\nnew\r\n"), ["old", "new"]);
    assert.deepEqual(lines("\n"), [""]);
    assert.deepEqual(lines(""), []);
    const longest = "🦊".repeat(256);
    assert.deepEqual(lines(`${longest}\n${longest}\n`), [longest, longest]);
    assert.throws(() => lines("x".repeat(4097)), says(/too long/));
    Deno.removeSync(file);
    assert.throws(() => readLinesOf(file), says(/^Cannot read the passphrase from .*\(ENOENT\)$/));
    assert.throws(() => readLinesOf(directory), says(/^Cannot read the passphrase from .*EISDIR/));
  }));
