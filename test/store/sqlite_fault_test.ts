import assert from "node:assert/strict";
import { sqliteFault } from "../../core/store/sqlite_fault.ts";
import { StoreError } from "../../core/store/store_error.ts";

const kind = (error: unknown) => error instanceof StoreError ? error.kind : undefined;

Deno.test("hostile 38: what SQLite reports, by its code and by its text", () => {
  const cases: [number | undefined, string, string | undefined][] = [
    [13, "database or disk is full", "full"],
    [undefined, "database or disk is full", "full"],
    [10, "disk I/O error", "io"],
    // SQLITE_IOERR_FSYNC: the kind of an error is in its lowest byte.
    [10 | (4 << 8), "disk I/O error", "io"],
    [undefined, "disk I/O error", "io"],
    [11, "database disk image is malformed", "damaged"],
    [26, "file is not a database", "damaged"],
    [8, "attempt to write a readonly database", "place"],
    [undefined, "unable to open database file: /data/earshot.db", "place"],
    [5, "database is locked", "place"],
    [19, "constraint failed", undefined],
    [undefined, "no such table: notes", undefined],
  ];
  for (const [errcode, message, expected] of cases) {
    const error = Object.assign(new Error(message), errcode === undefined ? {} : { errcode });
    const fault = sqliteFault(error, "/data/earshot.db");
    assert.equal(kind(fault), expected, message);
    if (expected === undefined) assert.equal(fault, error);
    else assert.equal((fault as StoreError).cause, error);
  }
});

Deno.test("what is told already stays, and what is no error too", () => {
  const told = new StoreError("full", "Cannot");
  assert.equal(sqliteFault(told, "x"), told);
  assert.equal(sqliteFault("text", "x"), "text");
});
