import { StoreError, type StoreFault } from "./store_error.ts";

/** https://sqlite.org/rescode.html: primary result codes. */
const CODES: Readonly<Record<number, StoreFault>> = {
  3: "place", // SQLITE_PERM
  5: "place", // SQLITE_BUSY
  8: "place", // SQLITE_READONLY
  10: "io", // SQLITE_IOERR
  11: "damaged", // SQLITE_CORRUPT
  13: "full", // SQLITE_FULL
  14: "place", // SQLITE_CANTOPEN
  26: "damaged", // SQLITE_NOTADB
};

/** Where node:sqlite in Deno 2.9.6 gives no code (opening, `exec`): what SQLite says. */
const TEXTS: readonly (readonly [RegExp, number])[] = [
  [/^database is locked/, 5],
  [/^attempt to write a readonly database/, 8],
  [/^disk I\/O error/, 10],
  [/^database disk image is malformed/, 11],
  [/^database or disk is full/, 13],
  [/^unable to open database file/, 14],
  [/^file is not a database/, 26],
];

const BUSY = 5;
const ELSEWHERE = "or choose another directory with --data";

function state(code: number, kind: StoreFault): string {
  if (code === BUSY) return "another program has it open: end that first";
  switch (kind) {
    case "full":
      return "the disk is full: free some space";
    case "damaged":
      return "it is damaged: move the directory away to start as a new device, which gets everything from the others";
    case "place":
      return `it cannot be written: make it and its directory writable, ${ELSEWHERE}`;
    default:
      return "the disk fails: check it";
  }
}

/** Tells what hinders SQLite as a {@linkcode StoreError}; any other error is given back as it is. */
export function sqliteFault(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const given = (error as { errcode?: unknown }).errcode;
  const code = typeof given === "number"
    ? given & 0xff
    : TEXTS.find(([text]) => text.test(error.message))?.[1];
  const kind = code === undefined ? undefined : CODES[code];
  if (code === undefined || kind === undefined) return error;
  const text = `Cannot use the database "${path}": ${state(code, kind)}`;
  return new StoreError(kind, text, { cause: error });
}
