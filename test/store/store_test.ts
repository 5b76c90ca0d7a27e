import assert from "node:assert/strict";
import { SPACE_DOC } from "../../core/doc/doc_id.ts";
import { noteDoc, segmentDoc } from "../../core/doc/doc_id.ts";
import type { Row } from "../../core/doc/projection.ts";
import type { VerifiedEnvelope } from "../../core/trust/envelope.ts";
import { Store } from "../../core/store/store.ts";
import { seededUnit } from "../fakes/random.ts";
import {
  envelope,
  GENERAL,
  messageId,
  NOTE,
  NOW,
  OTHER_SPACE,
  peer,
  post,
  RANDOM,
  SPACE,
  withDirectory,
  withStore,
} from "./made.ts";

const ANNA = peer(1);
const BEN = peer(2);

const nothing = { channels: new Set(), notes: new Set(), people: new Set() };

/** Commits a message each. */
function commitPosts(store: Store, posts: readonly ReturnType<typeof post>[], receivedAt = NOW) {
  return store.commit({
    space: SPACE,
    envelopes: posts.map(({ verified }) => verified),
    rows: posts.map(({ row }) => row),
    receivedAt,
  });
}

Deno.test("a commit is there after the store was opened again", () =>
  withDirectory((directory) => {
    const first = Store.open(directory);
    const sent = post(ANNA, 1, NOW);
    const changed = first.commit({
      space: SPACE,
      envelopes: [sent.verified],
      rows: [sent.row],
      receivedAt: NOW,
      receipt: { id: "request-1", answer: { id: sent.row.id } },
    });
    assert.deepEqual(changed, { ...nothing, messages: [[GENERAL, sent.row.id]] });
    first.close();
    first.close();

    const store = Store.open(directory);
    const { envelope: { doc, change }, header: { hash, actor } } = sent.verified;
    assert.deepEqual(store.envelopes.changes(SPACE, doc), [change]);
    assert.deepEqual(store.envelopes.vector(SPACE, doc), new Map([[actor, 1]]));
    assert.deepEqual(store.envelopes.vectors(SPACE), new Map([[doc, new Map([[actor, 1]])]]));
    assert.equal(store.envelopes.has(SPACE, doc, hash), true);
    assert.equal(store.envelopes.headAt(SPACE, doc, actor, 1), hash.slice(0, 32));
    assert.equal(store.envelopes.authorOf(SPACE, doc, actor), ANNA);
    assert.deepEqual(store.messages.get(SPACE, GENERAL, sent.row.id), {
      id: sent.row.id,
      channel: GENERAL,
      author: ANNA,
      text: "text 1",
      at: NOW,
      doc,
      actor,
      seq: 1,
    });
    assert.deepEqual(store.receipts.get("request-1", NOW), { answer: { id: sent.row.id } });
    store.close();
  }));

Deno.test("a store that was just made is empty", () =>
  withStore((store) => {
    assert.equal(store.envelopes.isEmpty, true);
    assert.deepEqual(store.envelopes.vectors(SPACE), new Map());
    assert.deepEqual(store.envelopes.vector(SPACE, SPACE_DOC), new Map());
    assert.deepEqual(store.envelopes.changes(SPACE, SPACE_DOC), []);
    assert.deepEqual(store.messages.page(SPACE, GENERAL), { messages: [], more: false });
    commitPosts(store, [post(ANNA, 1, NOW)]);
    assert.equal(store.envelopes.isEmpty, false);
  }));

Deno.test("a log has no gap and no change twice, and a refused commit leaves nothing", () =>
  withStore((store) => {
    commitPosts(store, [post(ANNA, 1, NOW)]);
    const doc = segmentDoc(GENERAL, 0);
    const held = new Map(store.envelopes.vector(SPACE, doc));
    const refused: [string, VerifiedEnvelope[]][] = [
      ["a gap", [envelope(ANNA, doc, 3)]],
      ["the same again", [envelope(ANNA, doc, 1)]],
      ["a gap after a good one", [envelope(ANNA, doc, 2), envelope(ANNA, doc, 4)]],
      ["a log that begins late", [envelope(BEN, doc, 2)]],
      ["one that begins late after a new one", [
        envelope(BEN, SPACE_DOC, 1),
        envelope(BEN, doc, 2),
      ]],
      ["another space", [envelope(ANNA, doc, 2), envelope(BEN, doc, 1, { space: OTHER_SPACE })]],
    ];
    for (const [what, envelopes] of refused) {
      const commit = { space: SPACE, envelopes, rows: [], receivedAt: NOW };
      const receipt = { id: "refused", answer: null };
      assert.throws(() => store.commit({ ...commit, receipt }), RangeError, what);
      assert.deepEqual(store.envelopes.vector(SPACE, doc), held, what);
      assert.deepEqual([...store.envelopes.vectors(SPACE).keys()], [doc], what);
      assert.deepEqual(store.envelopes.changes(SPACE, doc).length, 1, what);
      assert.equal(store.receipts.get("refused", NOW), undefined, what);
    }
    // What was refused after a good one did not take its place.
    commitPosts(store, [post(ANNA, 2, NOW + 1)]);
    commitPosts(store, [post(BEN, 1, NOW + 2)]);
    assert.equal(store.messages.page(SPACE, GENERAL).messages.length, 3);
  }));

Deno.test("a row of an envelope that is not in the commit is refused with all of it", () =>
  withStore((store) => {
    const [one, two] = [post(ANNA, 1, NOW), post(BEN, 1, NOW)];
    assert.throws(
      () =>
        store.commit({
          space: SPACE,
          envelopes: [one.verified],
          rows: [one.row, two.row],
          receivedAt: NOW,
        }),
      RangeError,
    );
    const moved = { ...one.row, channel: RANDOM };
    assert.throws(
      () =>
        store.commit({ space: SPACE, envelopes: [one.verified], rows: [moved], receivedAt: NOW }),
      RangeError,
    );
    assert.equal(store.envelopes.isEmpty, true);
    assert.deepEqual(store.messages.page(SPACE, GENERAL).messages, []);
  }));

Deno.test("a branch of an actor is a log of its own", () =>
  withStore((store) => {
    const doc = noteDoc(NOTE);
    const envelopes = [envelope(ANNA, doc, 1), envelope(ANNA, doc, 1, { branch: true })];
    store.commit({ space: SPACE, envelopes, rows: [], receivedAt: NOW });
    assert.deepEqual([...store.envelopes.vector(SPACE, doc).values()], [1, 1]);
    const [base, branch] = envelopes.map(({ header }) => header.actor);
    assert(base && branch && base !== branch);
    assert.equal(store.envelopes.authorOf(SPACE, doc, branch), ANNA);
  }));

Deno.test("spaces are apart", () =>
  withStore((store) => {
    commitPosts(store, [post(ANNA, 1, NOW)]);
    const doc = segmentDoc(GENERAL, 0);
    store.commit({
      space: OTHER_SPACE,
      envelopes: [envelope(ANNA, doc, 1, { space: OTHER_SPACE })],
      rows: [],
      receivedAt: NOW,
    });
    assert.equal(store.envelopes.changes(SPACE, doc).length, 1);
    assert.equal(store.messages.page(OTHER_SPACE, GENERAL).messages.length, 0);
    assert.deepEqual(store.messages.segments(OTHER_SPACE, GENERAL), new Map([[0, 0]]));
  }));

/** Rows and envelopes in which several people write to the same registers and messages. */
function contested(): { verified: VerifiedEnvelope; row: Row }[] {
  const people = [ANNA, BEN, peer(3)];
  return people.flatMap((author, index) =>
    [1, 2, 3, 4, 5, 6].map((seq) => {
      const doc = seq > 4 ? segmentDoc(GENERAL, seq - 5) : SPACE_DOC;
      const inDoc = seq > 4 ? 1 : seq;
      const verified = envelope(author, doc, inDoc, { time: NOW - 1000 * seq - index });
      const op = { counter: verified.header.startOp + 1, actor: verified.header.actor };
      const row: Row = seq > 4
        // The same message in two segments: one of them counts.
        ? { type: "message", channel: GENERAL, id: messageId(author, NOW), text: `${seq}`, op }
        : seq === 1
        ? { type: "channel", id: RANDOM, name: "random", by: author, op }
        : seq === 4
        ? { type: "person", peer: author, name: `Name ${seq}`, colour: index, op }
        : { type: "note", id: NOTE, title: `Title ${seq} ${index}`, by: author, op };
      return { verified, row };
    })
  );
}

function projection(store: Store) {
  return {
    channels: store.registers.channels(SPACE),
    notes: store.registers.notes(SPACE),
    people: store.registers.people(SPACE),
    messages: store.messages.page(SPACE, GENERAL).messages,
    segments: store.messages.segments(SPACE, GENERAL),
  };
}

Deno.test("whatever the order of envelopes and rows, the same is shown", async () => {
  let expected: ReturnType<typeof projection> | undefined;
  for (let seed = 1; seed <= 40; seed++) {
    const unit = seededUnit(seed);
    const shuffle = <T>(items: T[]): T[] =>
      items.map((item) => [unit(), item] as const).sort(([a], [b]) => a - b).map(([, item]) =>
        item
      );
    await withStore((store) => {
      // Authors and documents in any order, each log in its own.
      let waiting = shuffle(contested());
      while (waiting.length > 0) {
        const ready = waiting.filter(({ verified: { envelope, header } }) =>
          header.seq === 1 + (store.envelopes.vector(SPACE, envelope.doc).get(header.actor) ?? 0)
        ).slice(0, 1 + Math.floor(unit() * 4));
        store.commit({
          space: SPACE,
          envelopes: ready.map(({ verified }) => verified),
          rows: shuffle(ready.map(({ row }) => row)),
          receivedAt: NOW,
        });
        waiting = waiting.filter((item) => !ready.includes(item));
      }
      expected ??= projection(store);
      assert.deepEqual(projection(store), expected, `seed ${seed}`);
    });
  }
  assert.equal(expected?.messages.length, 3);
  assert.equal(expected?.notes.length, 1);
  assert.deepEqual([...expected?.segments.values() ?? []].reduce((a, b) => a + b), 3);
});

Deno.test("several small writes are one: all or none of them", () =>
  withStore((store) => {
    assert.throws(() =>
      store.together(() => {
        store.seen.set(ANNA, NOW);
        store.browsers.add("browser", Uint8Array.of(1), NOW);
        throw new Error("on the way");
      }), /on the way/);
    assert.equal(store.seen.get(ANNA), 0);
    assert.equal(store.browsers.get("browser"), undefined);
    const answer = store.together(() => {
      store.seen.set(ANNA, NOW);
      store.browsers.add("browser", Uint8Array.of(1), NOW);
      return 7;
    });
    assert.equal(answer, 7);
    assert.equal(store.seen.get(ANNA), NOW);
    assert.deepEqual(store.browsers.get("browser"), Uint8Array.of(1));
  }));
