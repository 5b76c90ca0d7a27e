/** What the store keeps of what is void, and how a document is made anew without it. */
import assert from "node:assert/strict";
import type { ActorId } from "../../core/base/ids.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { KeptChange } from "../../core/store/disputes.ts";
import { MAX_NOTE_COPIES } from "../../core/store/note_copies.ts";
import { ownActor } from "../../core/store/own_actor.ts";
import { Store } from "../../core/store/store.ts";
import { StoreError } from "../../core/store/store_error.ts";
import { actorOf, MAX_GENERATIONS } from "../../core/trust/actor.ts";
import {
  allOf,
  envelope,
  GENERAL,
  messageId,
  NOTE,
  NOW,
  peer,
  post,
  SPACE,
  withDirectory,
  withStore,
} from "./made.ts";

const [ANNA, BEN] = [peer(2), peer(3)];
const DOC = segmentDoc(GENERAL, 0);
const ACTOR = actorOf(ANNA, SPACE, DOC);

/** A signed change for a place, its hash beginning with two digits. */
function kept(seq: number, hash: string, actor: ActorId = ACTOR): KeptChange {
  return {
    ...{ actor, author: ANNA, seq, signature: new Uint8Array(64), change: new Uint8Array(10) },
    hash: hash.padEnd(64, "0") as KeptChange["hash"],
  };
}

const short = (store: Store) => {
  const place = store.disputes.of(SPACE, DOC).get(ACTOR);
  return place && [place.seq, place.hashes.map((hash) => hash.slice(0, 2))];
};

Deno.test("disputes: of the lowest place the two lowest hashes are kept, also after a restart", () =>
  withDirectory((directory) => {
    {
      using store = Store.open(directory);
      const keep = (seq: number, hash: string) => store.disputes.keep(SPACE, DOC, kept(seq, hash));
      assert.equal(keep(7, "55"), true);
      assert.deepEqual([keep(7, "55"), keep(8, "11")], [false, false], "no news");
      assert.deepEqual([keep(7, "77"), keep(7, "99")], [true, false]);
      assert.deepEqual(short(store), [7, ["55", "77"]]);
      assert.deepEqual([keep(7, "33"), short(store)], [true, [7, ["33", "55"]]]);
      assert.deepEqual(store.disputes.docs(SPACE), [DOC]);
      assert.equal(store.disputes.bytesOf(SPACE, ANNA), 20);
      assert.deepEqual(store.envelopes.vectors(SPACE), new Map(), "nothing of it is held");
    }
    using store = Store.open(directory);
    assert.deepEqual(short(store), [7, ["33", "55"]]);
    store.disputes.keep(SPACE, DOC, kept(3, "ff"));
    assert.deepEqual(short(store), [3, ["ff"]], "what is lower says all about what is higher");
    assert.deepEqual(
      store.disputes.kept(SPACE, DOC, ACTOR).map(({ hash, author }) => [hash.slice(0, 2), author]),
      [["ff", ANNA]],
    );
  }));

Deno.test("disputes: a change kept alone is forgotten when it is held after all", () =>
  withStore((store) => {
    const first = envelope(ANNA, DOC, 1);
    const { header, envelope: { author, signature, change } } = first;
    store.disputes.keep(SPACE, DOC, { ...header, author, signature, change });
    store.commit({ space: SPACE, envelopes: [first], rows: [], receivedAt: NOW });
    assert.deepEqual(store.disputes.docs(SPACE), []);
  }));

/** Commits messages, and gives what a `remake` without some of them needs. */
function written(store: Store, count: number) {
  const posts = Array.from({ length: count }, (_, i) => post(ANNA, i + 1, NOW + i));
  for (const { verified, row } of posts) {
    store.commit({ space: SPACE, envelopes: [verified], rows: [row], receivedAt: NOW });
  }
  return posts;
}

/** Changes of tests cannot be read again: documents are emptied here, `test/sync` does the rest. */
const nothing = {
  ...{ space: SPACE, base: null, rows: [], staying: [], kept: [], rewrites: [], at: NOW },
};

Deno.test("remake: envelopes, heads, messages, counts and what peers hold go back as one", () =>
  withStore((store) => {
    written(store, 3);
    store.holdings.holdsAll(BEN, SPACE);
    store.holdings.advance(BEN, SPACE, DOC, ACTOR, 3);
    store.remake({ ...nothing, doc: DOC, from: allOf(store, DOC) });
    assert.deepEqual(store.envelopes.vectors(SPACE), new Map());
    assert.deepEqual(store.messages.page(SPACE, GENERAL).messages, []);
    assert.deepEqual(store.messages.segments(SPACE, GENERAL), new Map([[0, 0]]));
    const log = store.envelopes.logs(SPACE, DOC).get(ACTOR);
    assert.deepEqual([log?.seq, log?.head, log?.peak], [0, "", 3]);
    written(store, 1);
    assert.equal(store.holdings.holders(SPACE, DOC, ACTOR, 1), 0, "its number is another's now");
  }));

Deno.test("remake: what is owed and a note's text are kept with it; when it fails nothing is done", () =>
  withStore((store) => {
    const note = noteDoc(NOTE);
    store.commit({ space: SPACE, envelopes: [envelope(ANNA, note, 1)], rows: [], receivedAt: NOW });
    written(store, 2);
    const gone = store.envelopes.stored(SPACE, DOC);
    const entries = [{ key: "key", value: "value" }];
    const add = store.rewrites.add.bind(store.rewrites);
    store.rewrites.add = () => {
      throw new StoreError("full", "Cannot write: the disk is full");
    };
    const from = allOf(store, DOC);
    const ask = { ...nothing, doc: DOC, from, rewrites: [entries], kept: gone.slice(0, 1) };
    assert.throws(() => store.remake(ask), StoreError);
    assert.deepEqual(store.envelopes.vector(SPACE, DOC), new Map([[ACTOR, 2]]));
    assert.deepEqual(store.disputes.docs(SPACE), []);
    store.rewrites.add = add;
    assert.equal(store.remake(ask), null);
    const due = store.rewrites.next(SPACE, 0);
    assert.deepEqual([due?.doc, due?.entries], [DOC, entries]);
    assert.equal(store.rewrites.next(SPACE, due?.id ?? 0), undefined);
    store.commit({
      ...{ space: SPACE, envelopes: [envelope(BEN, DOC, 1)], rows: [], receivedAt: NOW },
      rewrite: due?.id ?? 0,
    });
    assert.equal(store.rewrites.next(SPACE, 0), undefined, "paid with the commit");
    const copy = store.remake({
      ...nothing,
      doc: note,
      from: allOf(store, note),
      noteText: "as it was",
    });
    assert.deepEqual(store.noteCopies.of(SPACE, NOTE).map((each) => ({ ...each })), [
      { id: copy, note: NOTE, at: NOW, text: "as it was" },
    ]);
  }));

Deno.test("note copies: the newest are kept", () =>
  withStore((store) => {
    for (let i = 0; i < MAX_NOTE_COPIES + 5; i++) store.noteCopies.add(SPACE, NOTE, NOW, `${i}`);
    const texts = store.noteCopies.of(SPACE, NOTE).map(({ text }) => text);
    assert.equal(texts.length, MAX_NOTE_COPIES);
    assert.deepEqual([texts[0], texts.at(-1)], [`${MAX_NOTE_COPIES + 4}`, "5"]);
  }));

Deno.test("messages: an id in two segments counts where it is higher, and elsewhere when that goes", () =>
  withStore((store) => {
    const id = messageId(ANNA, NOW);
    const low = post(ANNA, 1, NOW, { segment: 0, text: "low", id });
    const high = post(ANNA, 2, NOW, { segment: 1, text: "high", id });
    const before = post(ANNA, 1, NOW, { segment: 1, text: "before" });
    const shown = () => store.messages.get(SPACE, GENERAL, id)?.text;
    const commit = ({ verified, row }: typeof low) =>
      store.commit({ space: SPACE, envelopes: [verified], rows: [row], receivedAt: NOW });
    const clear = (segment: number) => {
      const doc = segmentDoc(GENERAL, segment);
      store.remake({ ...nothing, doc, from: allOf(store, doc) });
    };
    for (const order of [[low, before, high], [before, high, low]]) {
      order.forEach(commit);
      assert.equal(shown(), "high");
      assert.deepEqual(store.messages.segments(SPACE, GENERAL).get(0), 0);
      clear(1);
      assert.equal(shown(), "low");
      assert.deepEqual(store.messages.segments(SPACE, GENERAL), new Map([[0, 1], [1, 0]]));
      clear(0);
      assert.equal(shown(), undefined);
    }
  }));

Deno.test("clones: who was cloned is known after a restart", () =>
  withDirectory((directory) => {
    {
      using store = Store.open(directory);
      assert.equal(store.clones.has(ANNA), false);
      store.clones.add(ANNA);
      store.clones.add(ANNA);
    }
    using store = Store.open(directory);
    assert.deepEqual([store.clones.has(ANNA), store.clones.has(BEN)], [true, false]);
  }));

Deno.test("ACT-3: one goes on under the first actor of which nothing was taken out, until none is left", () =>
  withStore((store) => {
    const actor = () => ownActor(store.envelopes, ANNA, SPACE, SPACE_DOC);
    for (let generation = 0; generation < MAX_GENERATIONS; generation++) {
      assert.equal(actor(), actorOf(ANNA, SPACE, SPACE_DOC, generation));
      const made = envelope(ANNA, SPACE_DOC, 1);
      // A branch ends its generation as well as the actor itself.
      const own = actorOf(ANNA, SPACE, SPACE_DOC, generation);
      const branch = generation % 2 ? `13b2230901${own}` : own;
      const verified = {
        ...made,
        header: { ...made.header, actor: branch as ActorId, hash: kept(1, `${generation}`).hash },
      };
      store.commit({ space: SPACE, envelopes: [verified], rows: [], receivedAt: NOW });
      assert.equal(actor(), own);
      store.remake({ ...nothing, doc: SPACE_DOC, from: allOf(store, SPACE_DOC) });
    }
    assert.equal(actor(), undefined);
    assert.notEqual(ownActor(store.envelopes, BEN, SPACE, SPACE_DOC), undefined);
  }));
