/** The index of words, which takes messages up after they came. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import type { MessageId } from "../../core/base/ids.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../core/store/schema.ts";
import { Store } from "../../core/store/store.ts";
import { MAX_TAKEN } from "../../core/store/word_index.ts";
import { seededUnit } from "../fakes/random.ts";
import {
  allOf,
  GENERAL,
  messageId,
  NOW,
  peer,
  post,
  SPACE,
  withDirectory,
  withStore,
} from "./made.ts";

const ANNA = peer(1);
const WORDS = ["apple", "pear", "plum", "fig", "quince"];
/** As many as the index takes up at once. */
const AT_ONCE = MAX_TAKEN;

function commit(store: Store, posts: readonly ReturnType<typeof post>[]): void {
  store.commit({
    space: SPACE,
    envelopes: posts.map(({ verified }) => verified),
    rows: posts.map(({ row }) => row),
    receivedAt: NOW,
  });
}

function count(store: Store, text: string): number {
  return store.search.find(SPACE, null, text).length;
}

function catchUp(store: Store): void {
  while (store.words.isBehind) store.words.advance();
}

/** Has SQLite compare the index with the messages, all of which it must have. */
function checkIndex(directory: string): void {
  const db = new DatabaseSync(join(directory, "earshot.db"));
  // It throws if they differ.
  db.exec("INSERT INTO message_words (message_words, rank) VALUES ('integrity-check', 1)");
  db.close();
}

Deno.test("words: what came is not taken up with it, and is found all the same", () =>
  withStore((store) => {
    commit(store, [post(ANNA, 1, NOW, { text: "apple" })]);
    assert.equal(store.words.isBehind, true);
    assert.equal(count(store, "apple"), 1);
    assert.equal(store.words.isBehind, false);
  }));

Deno.test("words: of much that came the first is found, and it shows that there is more", () =>
  withStore((store) => {
    const posts = Array.from(
      { length: 2 * AT_ONCE + 1 },
      (_, i) =>
        post(ANNA, 1 + i, NOW + i, {
          text: i === 0 ? "first" : i === 2 * AT_ONCE ? "last" : "other",
        }),
    );
    commit(store, posts);
    assert.deepEqual([count(store, "first"), store.words.isBehind], [1, true]);
    assert.deepEqual([count(store, "last"), store.words.isBehind], [0, true]);
    assert.deepEqual([count(store, "last"), store.words.isBehind], [1, false]);
  }));

Deno.test("words: of long messages fewer are taken up at once", () =>
  withStore((store) => {
    const posts = Array.from({ length: 20 }, (_, i) =>
      post(ANNA, 1 + i, NOW + i, { text: "apple ".repeat(2500) }));
    commit(store, posts);
    store.words.advance();
    assert.equal(store.words.isBehind, true);
    catchUp(store);
    assert.equal(count(store, "apple"), 20);
  }));

Deno.test("words: a database whose index the messages filled is taken over", () =>
  withDirectory((directory) => {
    const db = new DatabaseSync(join(directory, "earshot.db"));
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA application_id = ${APPLICATION_ID}`);
    for (const migration of MIGRATIONS.slice(0, 4)) db.exec(migration);
    db.exec(`
      PRAGMA user_version = 4;
      INSERT INTO spaces (id, space) VALUES (1, '${SPACE}');
      INSERT INTO channels (id, space, channel) VALUES (1, 1, '${GENERAL}');
      INSERT INTO peers (id, peer) VALUES (1, '${ANNA}');
      INSERT INTO docs (id, space, doc) VALUES (1, 1, '${segmentDoc(GENERAL, 0)}');
      INSERT INTO logs (id, doc, actor, author, seq) VALUES (1, 1, '${"ab".repeat(16)}', 1, 0);
      INSERT INTO messages (channel, message, at, author, segment, log, seq, op, text)
      VALUES (1, x'${messageId(ANNA, NOW)}', ${NOW}, 1, 0, 1, 1, 1, 'apple');
    `);
    db.close();
    const store = Store.open(directory);
    assert.equal(store.words.isBehind, false);
    assert.equal(count(store, "apple"), 1);
    commit(store, [post(ANNA, 1, NOW + 1, { text: "apple pie" })]);
    assert.equal(count(store, "apple"), 2);
    store.close();
    checkIndex(directory);
  }));

for (const seed of [1, 2, 3, 4]) {
  Deno.test(`words: whatever is written, removed and interrupted, the index is right (${seed})`, () =>
    withDirectory((directory) => {
      const unit = seededUnit(seed);
      const pick = (below: number) => Math.floor(unit() * below);
      const text = () => WORDS[pick(WORDS.length)]!;
      let store = Store.open(directory);
      /** What each message says, by segment. */
      const segments: Map<MessageId, string>[] = [new Map(), new Map()];
      const seqs = [0, 0];
      for (let step = 0; step < 120; step++) {
        const segment = pick(2);
        const messages = segments[segment]!;
        const known = [...messages.keys()];
        const write = (id: MessageId, says: string) => {
          const options = { segment, text: says, id };
          commit(store, [post(peer(1 + segment), ++seqs[segment]!, NOW + step, options)]);
          messages.set(id, says);
        };
        switch (pick(7)) {
          case 0:
          case 1:
            for (let i = pick(20); i >= 0; i--) {
              write(messageId(peer(1 + segment), NOW + step, i), text());
            }
            break;
          case 2:
            if (known.length > 0) write(known[pick(known.length)]!, text());
            break;
          case 3:
            store.words.advance();
            break;
          case 4:
            store.close();
            store = Store.open(directory);
            break;
          case 5: {
            const doc = segmentDoc(GENERAL, segment);
            store.remake({
              ...{ space: SPACE, doc, base: null, staying: [], rows: [] },
              ...{ from: allOf(store, doc), kept: [], rewrites: [], at: NOW },
            });
            messages.clear();
            seqs[segment] = 0;
            break;
          }
          case 6:
            for (const word of WORDS) {
              const all = segments.flatMap((messages) => [...messages.values()]);
              assert.equal(
                store.search.find(SPACE, null, word).length,
                Math.min(50, all.filter((says) => says === word).length),
              );
            }
            break;
        }
      }
      catchUp(store);
      store.close();
      checkIndex(directory);
    }));
}
