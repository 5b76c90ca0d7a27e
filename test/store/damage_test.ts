import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { SCHEMA_VERSION } from "../../core/store/schema.ts";
import { Store } from "../../core/store/store.ts";
import { StoreError, type StoreFault } from "../../core/store/store_error.ts";
import { seededBytes } from "../fakes/random.ts";
import { GENERAL, NOW, peer, post, SPACE, withDirectory } from "./made.ts";

const PAGE_BYTES = 4096;
const DOC = segmentDoc(GENERAL, 0);

/** Makes a store of some hundred pages and gives the bytes of its database. */
function fillStore(directory: string): Uint8Array {
  const store = Store.open(directory);
  const posts = Array.from(
    { length: 1000 },
    (_, i) => post(peer(1), i + 1, NOW + i, { text: "x".repeat(300) }),
  );
  const envelopes = posts.map(({ verified }) => verified);
  store.commit({ space: SPACE, envelopes, rows: posts.map(({ row }) => row), receivedAt: NOW });
  store.close();
  return Deno.readFileSync(join(directory, "earshot.db"));
}

/** The names and contents of all files of a directory. */
function contents(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => {
    const hash = createHash("sha256").update(Deno.readFileSync(join(directory, name)));
    return `${name} ${hash.digest("hex")}`;
  }).sort();
}

function refuses(
  directory: string,
  kind: StoreFault,
  what: string,
  act = () => Store.open(directory).close(),
) {
  const before = contents(directory);
  const isRight = (error: unknown) => {
    assert(error instanceof StoreError, `${what}: ${error}`);
    assert.equal(error.kind, kind, what);
    assert.match(error.message, /^Cannot .+"[^"]+earshot\.db".*: .+/, what);
    return true;
  };
  assert.throws(act, isRight, what);
  assert.deepEqual(contents(directory), before, what);
}

Deno.test("a database that is damaged from the start is an error and stays as it is", () =>
  withDirectory((directory) => {
    const path = join(directory, "earshot.db");
    const good = fillStore(directory);
    const noise = seededBytes(1);
    const with_ = (at: number, bytes: Uint8Array) => {
      const copy = good.slice();
      copy.set(bytes, at);
      return copy;
    };
    const damaged: [string, Uint8Array][] = [
      ["empty", new Uint8Array()],
      ["a few bytes", noise(10)],
      ["noise", noise(20_000)],
      ["a text", new TextEncoder().encode("SQLite format 2\n".repeat(100))],
      ["only the magic", good.slice(0, 16)],
      ["only the header", good.slice(0, 100)],
      ["cut within the first page", good.slice(0, 3000)],
      ["cut in the middle", good.slice(0, good.length >> 1)],
      ["one page short", good.slice(0, -PAGE_BYTES)],
      ["header overwritten", with_(0, new Uint8Array(100).fill(0xff))],
      ["page size wrong", with_(16, Uint8Array.of(3, 7))],
      ["schema overwritten", with_(100, noise(PAGE_BYTES - 100))],
      ["another program's", with_(68, Uint8Array.of(0, 0, 0, 1))],
    ];
    for (const [what, bytes] of damaged) {
      Deno.writeFileSync(path, bytes);
      refuses(directory, "damaged", what);
    }
    Deno.writeFileSync(path, good);
    const store = Store.open(directory);
    assert.equal(store.envelopes.changes(SPACE, DOC).length, 1000);
    store.close();
  }));

Deno.test("a database damaged within is an error when that is read, and nothing is written", () =>
  withDirectory((directory) => {
    const path = join(directory, "earshot.db");
    const good = fillStore(directory);
    const noise = seededBytes(2);
    let found = 0;
    for (let page = 1; page < good.length / PAGE_BYTES; page += 7) {
      const bytes = good.slice();
      bytes.set(noise(PAGE_BYTES), page * PAGE_BYTES);
      Deno.writeFileSync(path, bytes);
      const before = contents(directory);
      try {
        const store = Store.open(directory);
        try {
          store.envelopes.changes(SPACE, DOC);
          let after = post(peer(1), 1, 0).row.id;
          for (;;) {
            const { messages, more } = store.messages.page(SPACE, GENERAL, { after });
            after = messages.at(-1)?.id ?? after;
            if (!more) break;
          }
        } finally {
          store.close();
        }
      } catch (error) {
        assert(error instanceof StoreError && error.kind === "damaged", `page ${page}: ${error}`);
        found++;
      }
      assert.deepEqual(contents(directory), before, `page ${page}`);
    }
    assert(found > 10, `${found} found`);
  }));

Deno.test("a torn end of the write-ahead log is cut off, what was before it stays", () =>
  withDirectory((directory) => {
    const store = Store.open(directory);
    const sizes: number[] = [];
    const wal = join(directory, "earshot.db-wal");
    for (let seq = 1; seq <= 20; seq++) {
      const { verified, row } = post(peer(1), seq, NOW + seq);
      store.commit({ space: SPACE, envelopes: [verified], rows: [row], receivedAt: NOW });
      sizes.push(Deno.statSync(wal).size);
    }
    const files = ["earshot.db", "earshot.db-wal"].map((name) =>
      [name, Deno.readFileSync(join(directory, name))] as const
    );
    store.close();
    for (const torn of [1, 100, 5000]) {
      const copy = join(directory, `copy-${torn}`);
      Deno.mkdirSync(copy);
      for (const [name, bytes] of files) {
        const end = name.endsWith("-wal") ? bytes.length - torn : bytes.length;
        Deno.writeFileSync(join(copy, name), bytes.subarray(0, end));
      }
      const left = (files[1]?.[1].length ?? 0) - torn;
      const whole = sizes.filter((size) => size <= left).length;
      const again = Store.open(copy);
      assert.deepEqual([...again.envelopes.vector(SPACE, DOC).values()], [whole], `${torn}`);
      assert.equal(again.messages.newest(SPACE, GENERAL)?.seq, whole);
      again.close();
    }
  }));

Deno.test("a database of a newer version is refused and stays as it is", () =>
  withDirectory((directory) => {
    fillStore(directory);
    const db = new DatabaseSync(join(directory, "earshot.db"));
    db.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    refuses(directory, "newer", "newer");
  }));

Deno.test("a directory in the place of the database is an error", () =>
  withDirectory((directory) => {
    Deno.mkdirSync(join(directory, "earshot.db"));
    assert.throws(
      () => Store.open(directory),
      (error) => error instanceof StoreError && error.kind === "place",
    );
  }));

Deno.test("a database that another program has open is an error", () =>
  withDirectory((directory) => {
    fillStore(directory);
    const other = new DatabaseSync(join(directory, "earshot.db"));
    other.exec("BEGIN IMMEDIATE");
    try {
      assert.throws(
        () => Store.open(directory),
        (error) => error instanceof StoreError && /another program/.test(error.message),
      );
    } finally {
      other.exec("ROLLBACK");
      other.close();
    }
    Store.open(directory).close();
  }));
