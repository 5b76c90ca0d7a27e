/** A database of an earlier version, brought to this one. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from "../../core/store/schema.ts";
import { Store } from "../../core/store/store.ts";
import { GENERAL, NOW, peer, post, SPACE, withDirectory } from "./made.ts";

const ANNA = peer(1);
const BEN = peer(2);
const POSTS = [
  post(ANNA, 1, NOW),
  post(BEN, 1, NOW + 1),
  post(ANNA, 2, NOW + 2),
];

/** Makes a database as version 1 did, with the messages of {@linkcode POSTS} as it kept them. */
function makeVersion1(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(MIGRATIONS[0] ?? "");
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
  db.prepare("INSERT INTO spaces (id, space) VALUES (1, ?)").run(SPACE);
  db.prepare("INSERT INTO docs (id, space, doc) VALUES (1, 1, ?)")
    .run(POSTS[0]?.verified.envelope.doc ?? "");
  db.prepare("INSERT INTO channels (id, space, channel) VALUES (1, 1, ?)").run(GENERAL);
  db.prepare("INSERT INTO segments (channel, segment, messages) VALUES (1, 0, ?)")
    .run(POSTS.length);
  for (const [id, author] of [[1, ANNA], [2, BEN]] as const) {
    const own = POSTS.filter(({ verified }) => verified.envelope.author === author);
    db.prepare("INSERT INTO peers (id, peer) VALUES (?, ?)").run(id, author);
    db.prepare("INSERT INTO logs (id, doc, actor, author, seq) VALUES (?, 1, ?, ?, ?)")
      .run(id, own[0]?.verified.header.actor ?? "", id, own.length);
  }
  for (const { verified: { envelope, header }, row } of POSTS) {
    const log = envelope.author === ANNA ? 1 : 2;
    db.prepare(
      `INSERT INTO envelopes (doc, log, seq, received_at, hash, signature, change)
       VALUES (1, ?, ?, ?, ?, ?, ?)`,
    ).run(
      log,
      header.seq,
      NOW,
      Buffer.from(header.hash, "hex"),
      envelope.signature,
      envelope.change,
    );
    db.prepare(
      `INSERT INTO messages (channel, message, at, author, segment, log, seq, op, text)
       VALUES (1, ?, ?, ?, 0, ?, ?, ?, ?)`,
    ).run(Buffer.from(row.id, "hex"), NOW, log, log, header.seq, row.op.counter, row.text);
  }
  db.close();
}

/** What the database keeps of its logs: the hash of each one's newest change. */
function heads(path: string): string[] {
  const db = new DatabaseSync(path, { readOnly: true });
  const rows = db.prepare("SELECT lower(hex(head)) AS head FROM logs ORDER BY id").all();
  db.close();
  return rows.map(({ head }) => String(head));
}

Deno.test("a database of version 1 keeps all it has, and each log gets its newest hash", () =>
  withDirectory((directory) => {
    const path = join(directory, "earshot.db");
    makeVersion1(path);
    const store = Store.open(directory);
    assert.deepEqual(
      store.envelopes.changes(SPACE, POSTS[0]!.verified.envelope.doc),
      POSTS.map(({ verified }) => verified.envelope.change),
    );
    assert.equal(store.messages.newest(SPACE, GENERAL)?.text, "text 2");
    assert.deepEqual(store.entries.spaces(), []);
    const next = post(BEN, 2, NOW + 3);
    store.commit({ space: SPACE, envelopes: [next.verified], rows: [next.row], receivedAt: NOW });
    store.close();
    assert.deepEqual(heads(path), [POSTS[2]!.verified.header.hash, next.verified.header.hash]);

    const db = new DatabaseSync(path, { readOnly: true });
    assert.equal(db.prepare("PRAGMA user_version").get()?.["user_version"], SCHEMA_VERSION);
    assert.deepEqual(db.prepare("PRAGMA foreign_key_check").all(), []);
    assert.equal(db.prepare("PRAGMA integrity_check").get()?.["integrity_check"], "ok");
    db.close();
  }));

Deno.test("an upgraded database is laid out like a new one", () =>
  withDirectory((directory) => {
    const layout = (path: string) => {
      const db = new DatabaseSync(path, { readOnly: true });
      const tables = db.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY name").all();
      db.close();
      return tables;
    };
    const [old, fresh] = ["old", "fresh"].map((name) => join(directory, name));
    Deno.mkdirSync(old!);
    Deno.mkdirSync(fresh!);
    makeVersion1(join(old!, "earshot.db"));
    for (const each of [old!, fresh!]) Store.open(each).close();
    assert.deepEqual(layout(join(old!, "earshot.db")), layout(join(fresh!, "earshot.db")));
  }));
