import assert from "node:assert/strict";
import type { ChannelId, NoteId } from "../../core/base/ids.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import type { Row } from "../../core/doc/projection.ts";
import type { Store } from "../../core/store/store.ts";
import { envelope, GENERAL, NOTE, NOW, OTHER_SPACE, peer, SPACE, withStore } from "./made.ts";

const ANNA = peer(1);
const BEN = peer(2);

type Written = Row extends infer R ? R extends Row ? Omit<R, "op"> : never : never;

/** Commits what one change of an author in the space document says. */
function write(
  store: Store,
  author: typeof ANNA,
  written: Written[],
  time = NOW,
  receivedAt = NOW,
) {
  const { size } = store.envelopes.vector(SPACE, SPACE_DOC);
  const seqs = [...store.envelopes.vector(SPACE, SPACE_DOC)].map(([, seq]) => seq);
  const actor = envelope(author, SPACE_DOC, 1).header.actor;
  const seq = 1 + (store.envelopes.vector(SPACE, SPACE_DOC).get(actor) ?? 0);
  const verified = envelope(author, SPACE_DOC, seq, { time });
  // Above all that was written before, as Automerge counts.
  const counter = 1000 + size + seqs.reduce((sum, seq) => sum + seq, 0);
  const rows = written.map((row) => ({ ...row, op: { counter, actor } }) as Row);
  return store.commit({ space: SPACE, envelopes: [verified], rows, receivedAt });
}

Deno.test("channels, notes and people are listed by name", () =>
  withStore((store) => {
    const [a, b] = ["a", "b"].map((digit) => digit.repeat(16) as ChannelId);
    const note = "9".repeat(32) as NoteId;
    assert(a && b);
    const changed = write(store, ANNA, [
      { type: "channel", id: a, name: "zoo", by: ANNA },
      { type: "channel", id: b, name: "art", by: ANNA },
      { type: "note", id: NOTE, title: "Plans", by: ANNA },
      { type: "note", id: note, title: "Bills", by: ANNA },
      { type: "person", peer: ANNA, name: "Anna", colour: 3 },
    ]);
    write(store, BEN, [{ type: "person", peer: BEN, name: "Ben", colour: 0 }]);
    assert.deepEqual(changed, {
      messages: [],
      channels: new Set([a, b]),
      notes: new Set([NOTE, note]),
      people: new Set([ANNA]),
    });
    assert.deepEqual(store.registers.channels(SPACE).map((row) => ({ ...row })), [
      { id: b, name: "art", by: ANNA },
      { id: a, name: "zoo", by: ANNA },
    ]);
    assert.deepEqual(store.registers.notes(SPACE).map((row) => ({ ...row })), [
      { id: note, title: "Bills", by: ANNA, changedAt: NOW },
      { id: NOTE, title: "Plans", by: ANNA, changedAt: NOW },
    ]);
    assert.deepEqual(store.registers.people(SPACE).map((row) => ({ ...row })), [
      { peer: ANNA, name: "Anna", colour: 3 },
      { peer: BEN, name: "Ben", colour: 0 },
    ]);
    assert.equal(store.registers.channel(SPACE, a)?.name, "zoo");
    assert.equal(store.registers.note(SPACE, NOTE)?.title, "Plans");
    assert.equal(store.registers.person(SPACE, BEN)?.name, "Ben");
    assert.equal(store.registers.channel(OTHER_SPACE, a), undefined);
    assert.deepEqual(store.registers.people(OTHER_SPACE), []);
  }));

Deno.test("the highest operation counts, and only what changes is told", () =>
  withStore((store) => {
    write(store, ANNA, [{ type: "note", id: NOTE, title: "First", by: ANNA }]);
    write(store, BEN, [{ type: "note", id: NOTE, title: "Second", by: BEN }]);
    assert.deepEqual({ ...store.registers.note(SPACE, NOTE) }, {
      id: NOTE,
      title: "Second",
      by: BEN,
      changedAt: NOW,
    });
    // A change that was made apart and long ago, with a low counter.
    const late = envelope(peer(3), SPACE_DOC, 1, { time: NOW - 1 });
    const { actor } = late.header;
    const changed = store.commit({
      space: SPACE,
      envelopes: [late],
      rows: [{ type: "note", id: NOTE, title: "Late", by: peer(3), op: { counter: 5, actor } }],
      receivedAt: NOW,
    });
    assert.equal(changed.notes.size, 0);
    assert.equal(store.registers.note(SPACE, NOTE)?.title, "Second");
  }));

Deno.test("a note changed when its text last did, whatever comes first and whatever clocks say", () =>
  withStore((store) => {
    const text = (seq: number, time: number, receivedAt: number) =>
      store.commit({
        space: SPACE,
        envelopes: [envelope(ANNA, noteDoc(NOTE), seq, { time })],
        rows: [],
        receivedAt,
      }).notes.has(NOTE);
    assert.equal(text(1, NOW - 500, NOW), true);
    assert.deepEqual(store.registers.notes(SPACE), []);
    assert.equal(store.registers.note(SPACE, NOTE), undefined);
    const title: Written = { type: "note", id: NOTE, title: "Plans", by: ANNA };
    write(store, ANNA, [title], NOW - 1000);
    assert.equal(store.registers.note(SPACE, NOTE)?.changedAt, NOW - 500);
    assert.equal(text(2, NOW - 700, NOW), false);
    assert.equal(text(3, NOW + 1_000_000, NOW + 10), true);
    assert.equal(store.registers.note(SPACE, NOTE)?.changedAt, NOW + 10);
    assert.equal(text(4, -5, NOW + 20), false);
    assert.equal(store.registers.note(SPACE, NOTE)?.changedAt, NOW + 10);
  }));

Deno.test("a channel without a name yet is not listed", () =>
  withStore((store) => {
    const bare = envelope(ANNA, segmentDoc(GENERAL, 0), 1);
    store.commit({ space: SPACE, envelopes: [bare], rows: [], receivedAt: NOW });
    assert.deepEqual(store.registers.channels(SPACE), []);
    write(store, ANNA, [{ type: "channel", id: GENERAL, name: "general", by: ANNA }]);
    assert.equal(store.registers.channel(SPACE, GENERAL)?.name, "general");
    assert.deepEqual([...store.messages.segments(SPACE, GENERAL)], [[0, 0]]);
  }));
