import assert from "node:assert/strict";
import type { MessageId } from "../../core/base/ids.ts";
import { MAX_AHEAD_MS, MAX_PAGE_MESSAGES } from "../../core/base/limits.ts";
import { segmentDoc } from "../../core/doc/doc_id.ts";
import { MESSAGES_AT_ONCE } from "../../core/store/message_inserts.ts";
import { MAX_FOUND, MAX_WORDS } from "../../core/store/message_search.ts";
import { MAX_UNREAD } from "../../core/store/messages.ts";
import type { Store } from "../../core/store/store.ts";
import {
  envelope,
  GENERAL,
  messageId,
  NOW,
  OTHER_SPACE,
  peer,
  post,
  RANDOM,
  SPACE,
  withStore,
} from "./made.ts";

const ANNA = peer(1);
const BEN = peer(2);

function commit(store: Store, posts: readonly ReturnType<typeof post>[], receivedAt = NOW): void {
  const envelopes = posts.map(({ verified }) => verified);
  store.commit({ space: SPACE, envelopes, rows: posts.map(({ row }) => row), receivedAt });
}

/** Ten messages, a second apart, by two people in turn. */
const ten = Array.from(
  { length: 10 },
  (_, i) => post(i % 2 ? BEN : ANNA, 1 + (i >> 1), NOW - 20_000 + i * 1000, { text: `${i}` }),
);
const id = (index: number): MessageId => ten.at(index)?.row.id ?? assert.fail();
const texts = (messages: readonly { text: string }[]) => messages.map(({ text }) => text).join("");

Deno.test("pages: the newest, those before and those after a message", () =>
  withStore((store) => {
    commit(store, ten);
    const page = (ask?: Parameters<typeof store.messages.page>[2]) => {
      const { messages, more } = store.messages.page(SPACE, GENERAL, ask);
      return [texts(messages), more];
    };
    assert.deepEqual(page(), ["0123456789", false]);
    assert.deepEqual(page({ limit: 10 }), ["0123456789", false]);
    assert.deepEqual(page({ limit: 3 }), ["789", true]);
    assert.deepEqual(page({ limit: 3, before: id(7) }), ["456", true]);
    assert.deepEqual(page({ limit: 3, before: id(3) }), ["012", false]);
    assert.deepEqual(page({ limit: 3, before: id(0) }), ["", false]);
    assert.deepEqual(page({ limit: 3, after: id(2) }), ["345", true]);
    assert.deepEqual(page({ limit: 3, after: id(6) }), ["789", false]);
    assert.deepEqual(page({ limit: 3, after: id(9) }), ["", false]);
    // A message that is not here has its place by its id.
    assert.deepEqual(page({ limit: 2, before: messageId(BEN, NOW - 15_500) }), ["34", true]);
    assert.deepEqual(page({ limit: 2, after: messageId(BEN, NOW - 15_500) }), ["56", true]);
    assert.deepEqual(store.messages.page(SPACE, RANDOM), { messages: [], more: false });
    assert.equal(store.messages.newest(SPACE, GENERAL)?.text, "9");
    assert.equal(store.messages.newest(SPACE, RANDOM), undefined);
  }));

Deno.test("a page has its bounds", () =>
  withStore((store) => {
    for (const limit of [0, -1, 1.5, 201, NaN]) {
      assert.throws(() => store.messages.page(SPACE, GENERAL, { limit }), RangeError, `${limit}`);
    }
    const both = { before: id(1), after: id(2) };
    assert.throws(() => store.messages.page(SPACE, GENERAL, both), RangeError);
  }));

Deno.test("messages that come late take their place by time", () =>
  withStore((store) => {
    const [even, odd] = [0, 1].map((half) => ten.filter((_, i) => i % 2 === half));
    commit(store, odd ?? []);
    commit(store, even ?? []);
    assert.equal(texts(store.messages.page(SPACE, GENERAL).messages), "0123456789");
  }));

Deno.test("messages of one moment are in the order of their ids", () =>
  withStore((store) => {
    const posts = [BEN, ANNA].map((author) => post(author, 1, NOW, { text: author.slice(15, 16) }));
    commit(store, posts);
    assert.equal(texts(store.messages.page(SPACE, GENERAL).messages), "12");
    const { messages, more } = store.messages.page(SPACE, GENERAL, {
      after: messageId(ANNA, NOW),
    });
    assert.deepEqual([texts(messages), more], ["2", false]);
  }));

Deno.test("a clock far ahead does not put its messages above all others for long", () =>
  withStore((store) => {
    const ahead = post(ANNA, 1, NOW + MAX_AHEAD_MS + 60_000, { text: "ahead" });
    commit(store, [ahead], NOW);
    commit(store, [post(BEN, 1, NOW + 1, { text: "true" })], NOW + 1);
    const { messages } = store.messages.page(SPACE, GENERAL);
    assert.deepEqual(messages.map(({ text, at }) => [text, at]), [
      ["ahead", NOW],
      ["true", NOW + 1],
    ]);
    const before = store.messages.page(SPACE, GENERAL, { before: messageId(BEN, NOW + 1) });
    assert.equal(texts(before.messages), "ahead");
    const after = store.messages.page(SPACE, GENERAL, { after: ahead.row.id });
    assert.equal(texts(after.messages), "true");
  }));

Deno.test("a message that its author wrote again counts once, as it was written last", () =>
  withStore((store) => {
    const first = post(ANNA, 1, NOW, { text: "first" });
    const again = post(ANNA, 2, NOW, { text: "again" });
    const elsewhere = post(ANNA, 1, NOW, { text: "elsewhere", segment: 3 });
    commit(store, [first]);
    const changed = store.commit({
      space: SPACE,
      envelopes: [again.verified],
      rows: [again.row],
      receivedAt: NOW,
    });
    assert.deepEqual(changed.messages, [[GENERAL, again.row.id]]);
    // Its operation is lower than the one before, so it changes nothing.
    commit(store, [elsewhere]);
    const messages = store.messages.page(SPACE, GENERAL).messages;
    assert.deepEqual(messages.map(({ text, seq }) => [text, seq]), [["again", 2]]);
    assert.deepEqual(store.messages.segments(SPACE, GENERAL), new Map([[0, 1], [3, 0]]));
  }));

Deno.test("segments: known from their first change on, with how many messages each has", () =>
  withStore((store) => {
    assert.deepEqual(store.messages.segments(SPACE, GENERAL), new Map());
    commit(store, [
      post(ANNA, 1, NOW, { segment: 12 }),
      post(ANNA, 1, NOW + 1, { segment: 2 }),
      post(ANNA, 2, NOW + 2, { segment: 2 }),
      post(ANNA, 1, NOW, { segment: 5, channel: RANDOM }),
    ]);
    const bare = envelope(BEN, segmentDoc(GENERAL, 4), 1);
    store.commit({ space: SPACE, envelopes: [bare], rows: [], receivedAt: NOW });
    assert.deepEqual([...store.messages.segments(SPACE, GENERAL)], [[2, 2], [4, 0], [12, 1]]);
    assert.deepEqual([...store.messages.segments(SPACE, RANDOM)], [[5, 1]]);
  }));

Deno.test("unread: what others wrote after a message", () =>
  withStore((store) => {
    commit(store, ten);
    const unread = (after: MessageId | null, notBy = ANNA) =>
      store.messages.unread(SPACE, GENERAL, after, notBy);
    assert.equal(unread(null), 5);
    assert.equal(unread(null, peer(9)), 10);
    assert.equal(unread(id(0)), 5);
    assert.equal(unread(id(6)), 2);
    assert.equal(unread(id(9)), 0);
    assert.equal(unread(messageId(ANNA, NOW - 15_500)), 3);
    assert.equal(store.messages.unread(SPACE, RANDOM, null, ANNA), 0);
    const many = Array.from({ length: MAX_UNREAD }, (_, i) => post(BEN, 6 + i, NOW + i));
    commit(store, many);
    assert.equal(unread(null), MAX_UNREAD);
    assert.equal(unread(many[1]?.row.id ?? null), MAX_UNREAD - 2);
  }));

Deno.test("the messages that changes of a log brought", () =>
  withStore((store) => {
    commit(store, ten);
    const { envelope: { doc }, header: { actor } } = ten[0]?.verified ?? assert.fail();
    const ids = [0, 2, 4, 6, 8].map(id);
    assert.deepEqual(store.messages.inLog(SPACE, doc, actor, 1, 5), ids);
    assert.deepEqual(store.messages.inLog(SPACE, doc, actor, 2, 3), ids.slice(1, 3));
    assert.deepEqual(store.messages.inLog(SPACE, doc, actor, 6, 9), []);
    assert.deepEqual(store.messages.inLog(SPACE, segmentDoc(RANDOM, 0), actor, 1, 5), []);
  }));

Deno.test("the read mark goes forward only, and only to messages that are there", () =>
  withStore((store) => {
    commit(store, ten);
    assert.equal(store.readMarks.get(SPACE, GENERAL), null);
    assert.equal(store.readMarks.mark(SPACE, GENERAL, id(4)), true);
    assert.equal(store.readMarks.mark(SPACE, GENERAL, id(4)), false);
    assert.equal(store.readMarks.mark(SPACE, GENERAL, id(2)), false);
    assert.equal(store.readMarks.get(SPACE, GENERAL), id(4));
    assert.equal(store.readMarks.mark(SPACE, GENERAL, id(9)), true);
    assert.equal(store.readMarks.get(SPACE, GENERAL), id(9));
    assert.equal(store.readMarks.get(SPACE, RANDOM), null);
    const unknown = messageId(ANNA, NOW + 5);
    assert.throws(() => store.readMarks.mark(SPACE, GENERAL, unknown), RangeError);
    assert.throws(() => store.readMarks.mark(SPACE, RANDOM, id(4)), RangeError);
  }));

Deno.test("search: all the words, or such as begin with them, without case and accents; newest first", () =>
  withStore((store) => {
    const posts = [
      "Crème brûlée for two",
      "two coffees",
      "coffee, cream",
      "كتاب البحر",
      'a_b c-d "quoted"',
    ]
      .map((text, i) => post(ANNA, 1 + i, NOW - 10_000 + i, { text }));
    commit(store, posts);
    commit(store, [post(BEN, 1, NOW, { text: "two elsewhere", channel: RANDOM })]);
    const find = (text: string, channel: typeof GENERAL | null = null) =>
      store.search.find(SPACE, channel, text).map(([channel, id]) =>
        store.messages.get(SPACE, channel, id)?.text
      );
    assert.deepEqual(find("coffee"), ["coffee, cream", "two coffees"]);
    assert.deepEqual(find("CREME brul"), ["Crème brûlée for two"]);
    assert.deepEqual(find("two"), ["two elsewhere", "two coffees", "Crème brûlée for two"]);
    assert.deepEqual(find("two", RANDOM), ["two elsewhere"]);
    assert.deepEqual(find("البح"), ["كتاب البحر"]);
    assert.deepEqual(find('"quoted" OR NOT'), [], "words only, no language of queries");
    assert.deepEqual(find('"quoted" c-d'), ['a_b c-d "quoted"']);
    for (const none of ["", "co", " ", '"', "*", "tea"]) assert.deepEqual(find(none), []);
    assert.deepEqual(store.search.find(OTHER_SPACE, null, "two"), []);
  }));

Deno.test("search: finds what a message says now, and none that is gone", () =>
  withStore((store) => {
    const first = post(ANNA, 1, NOW, { text: "before" });
    commit(store, [first]);
    const again = post(ANNA, 2, NOW, { text: "after", id: first.row.id });
    commit(store, [again]);
    assert.deepEqual(store.search.find(SPACE, null, "before"), []);
    assert.deepEqual(store.search.find(SPACE, null, "after"), [[GENERAL, first.row.id]]);
  }));

Deno.test("search: of a text without end the first words count", () =>
  withStore((store) => {
    const { verified, row } = post(peer(1), 1, NOW, { text: "one two" });
    store.commit({ space: SPACE, envelopes: [verified], rows: [row], receivedAt: NOW });
    const found = (text: string) => store.search.find(SPACE, null, text).length;
    assert.equal(found("one ".repeat(MAX_WORDS) + "absent ".repeat(500_000)), 1);
    assert.equal(found("one ".repeat(MAX_WORDS - 1) + "absent"), 0);
  }));

Deno.test("search: of many no more than some tens", () =>
  withStore((store) => {
    commit(
      store,
      Array.from({ length: MAX_FOUND + 5 }, (_, i) => post(ANNA, 1 + i, NOW - 1000 + i)),
    );
    assert.equal(store.search.find(SPACE, GENERAL, "text").length, MAX_FOUND);
  }));

Deno.test("many messages at once, some of them known or rewritten, are as if each came alone", async () => {
  const count = 3 * MESSAGES_AT_ONCE + 5;
  const posts = Array.from(
    { length: count },
    (_, i) => post(ANNA, i + 1, NOW - 500_000 + i * 1000),
  );
  const older = posts[140] ?? assert.fail();
  // The same message in a later change, and one that is in another segment, too.
  const rewritten = post(ANNA, count + 1, NOW, { id: older.row.id, text: "rewritten" });
  const elsewhere = post(BEN, 1, NOW - 1000, { segment: 1, text: "elsewhere" });
  const again = post(BEN, 1, NOW - 1000, { text: "elsewhere", id: elsewhere.row.id });
  const all = [...posts, rewritten, elsewhere, again];
  const seen: unknown[] = [];
  for (const size of [1, all.length]) {
    await withStore((store) => {
      commit(store, [post(peer(3), 1, NOW, { id: posts[270]?.row.id ?? assert.fail() })]);
      const changed: MessageId[] = [];
      for (let at = 0; at < all.length; at += size) {
        const some = all.slice(at, at + size);
        const { messages } = store.commit({
          space: SPACE,
          envelopes: some.map(({ verified }) => verified),
          rows: some.map(({ row }) => row),
          receivedAt: NOW,
        });
        changed.push(...messages.map(([, id]) => id));
      }
      const newest = store.messages.page(SPACE, GENERAL, { limit: MAX_PAGE_MESSAGES }).messages;
      const before = newest[0]?.id ?? assert.fail();
      const older = store.messages.page(SPACE, GENERAL, { limit: MAX_PAGE_MESSAGES, before });
      const messages = [...older.messages, ...newest];
      seen.push({ changed, messages, counts: store.messages.segments(SPACE, GENERAL) });
    });
  }
  assert.deepEqual(seen[1], seen[0]);
  const { messages } = seen[0] as { messages: { text: string }[] };
  assert.equal(messages.length, count + 1);
  assert.equal(messages[140]?.text, "rewritten");
});
