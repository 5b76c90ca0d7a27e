import assert from "node:assert/strict";
import { parseNoteId, parseSpaceId } from "../../../core/base/ids.ts";
import { NoteDesk } from "../../../core/view/tab/note_desk.ts";
import { keptNotes, NoteKeep } from "../../../core/view/tab/note_keep.ts";
import type { NoteViewer } from "../../../core/view/tab/note_viewer.ts";
import { claimTab, tabLock } from "../../../core/view/tab/tab_id.ts";
import { MemoryStorage } from "../../../core/view/tab/text_storage.ts";
import { FakeAsker } from "../../fakes/asker.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { settle } from "../../fakes/settle.ts";
import { FakeLocks } from "../../fakes/tab_locks.ts";

const NOTE = parseNoteId("0c".repeat(16));
const OTHER = parseNoteId("0d".repeat(16));
const SPACE = parseSpaceId("0e".repeat(16));
const HEADS = ["aa".repeat(32)];
const DONE = { heads: HEADS, merged: { heads: HEADS, splices: [] } };
const viewer: NoteViewer = {
  opened() {},
  spliced() {},
  accepts: () => true,
  cursors() {},
  changed() {},
  keptAside() {},
};

function show(desk: NoteDesk) {
  const session = desk.session({ space: SPACE, note: NOTE });
  session.attach(viewer);
  return session;
}

/** Leaves unsent keys of a tab in the storage. */
function leave(storage: MemoryStorage, tab: string, note = NOTE, insert = tab): void {
  const unsent = [{ at: 0, remove: 0, insert }];
  new NoteKeep(storage, tab, { space: SPACE, note }).save({
    ...{ heads: HEADS, base: "base", sent: null, unsent },
    text: `${insert}base`,
  });
}

function openDesk(parts: { storage: MemoryStorage; locks?: FakeLocks; asker?: FakeAsker }) {
  const asker = parts.asker ?? new FakeAsker();
  const locks = parts.locks ?? new FakeLocks();
  const clock = new FakeClock();
  return { asker, locks, clock, desk: NoteDesk.open({ ...parts, asker, locks, clock, tab: "me" }) };
}

Deno.test("desk: what a tab that is gone has left is sent at its heads, then forgotten", async () => {
  const storage = new MemoryStorage();
  leave(storage, "gone");
  leave(storage, "gone", OTHER);
  const { asker, locks, desk } = openDesk({ storage });
  await settle();
  assert.deepEqual(asker.of("note.edit").map(({ space, note, heads }) => [space, note, heads]), [
    [SPACE, NOTE, HEADS],
    [SPACE, OTHER, HEADS],
  ]);
  assert.ok(locks.held.has(tabLock("gone")));
  await asker.answer("note.edit", DONE);
  assert.ok(locks.held.has(tabLock("gone")));
  await asker.answer("note.edit", DONE);
  assert.equal(locks.held.size, 0);
  assert.equal(storage.length, 0);
  desk.close();
});

Deno.test("desk: what a living tab has is let alone, until it is gone", async () => {
  const storage = new MemoryStorage();
  const locks = new FakeLocks();
  const letGo = await locks.hold(tabLock("living"));
  leave(storage, "living");
  const { asker, clock, desk } = openDesk({ storage, locks });
  await settle();
  assert.deepEqual(asker.asked, []);
  letGo?.();
  clock.advance(2_000);
  await settle();
  assert.equal(asker.of("note.edit").length, 1);
  desk.close();
  assert.equal(locks.held.size, 0);
  assert.equal(keptNotes(storage).length, 1);
  assert.equal(clock.waiting, 0);
  assert.equal(asker.listeners, 0);
});

Deno.test("desk: two notes or tabs never mix", async () => {
  const storage = new MemoryStorage();
  leave(storage, "me", NOTE, "mine");
  leave(storage, "me", OTHER, "mine elsewhere");
  leave(storage, "gone", NOTE, "left");
  const { asker, desk } = openDesk({ storage });
  const session = show(desk);
  assert.equal(session.text, "minebase");
  await settle();
  const sent = asker.of("note.edit").map(({ note, splices }) => [note, splices[0]?.insert]);
  assert.deepEqual(sent.sort(), [
    [NOTE, "left"],
    [NOTE, "mine"],
    [OTHER, "mine elsewhere"],
  ]);
  assert.equal(session.text, "minebase");
  desk.close();
});

Deno.test("desk: a note that is shown again goes on where it was left", async () => {
  const storage = new MemoryStorage();
  const { asker, desk } = openDesk({ storage });
  const session = show(desk);
  await asker.answer("note.open", { heads: HEADS, text: "", cursors: [] });
  session.type([{ at: 0, remove: 0, insert: "a" }]);
  session.detach();
  assert.equal(show(desk), session);
  assert.equal(session.text, "a");
  await asker.answer("note.edit", DONE);
  session.detach();
  assert.notEqual(show(desk), session);
  desk.close();
});

Deno.test("desk: what cannot be read in the storage does no harm", async () => {
  const storage = new MemoryStorage();
  storage.setItem(`earshot.keys.me.${SPACE}.${NOTE}`, "{");
  storage.setItem(
    `earshot.keys.me.${SPACE}.${OTHER}`,
    '{"from":"x","since":[],"heads":[],"sent":null}',
  );
  storage.setItem("earshot.keys.gone.nonsense", "");
  storage.setItem(
    `earshot.keys.gone.${SPACE}.${NOTE}`,
    JSON.stringify({
      from: "short",
      since: [],
      heads: [],
      sent: null,
      unsent: [{ at: 9, remove: 9, insert: "" }],
    }),
  );
  storage.setItem("short", "");
  const { asker, desk } = openDesk({ storage });
  await settle();
  show(desk);
  assert.deepEqual(asker.asked.map(({ command }) => command.type), ["note.open"]);
  desk.close();
});

Deno.test("tab id: the same after a reload, another in a duplicated tab", async () => {
  const locks = new FakeLocks();
  const session = new MemoryStorage();
  let ids = 0;
  const newId = () => `tab${++ids}`;
  const id = await claimTab(session, locks, newId);
  const copy = new MemoryStorage();
  copy.setItem("earshot.tab", id);
  assert.notEqual(await claimTab(copy, locks, newId), id);
  locks.held.delete(tabLock(id));
  assert.equal(await claimTab(session, locks, newId), id);
});
