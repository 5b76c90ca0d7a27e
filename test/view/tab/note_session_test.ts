import assert from "node:assert/strict";
import { parseNoteId, parsePeerId, parseSpaceId } from "../../../core/base/ids.ts";
import { FaultError, RefusedError } from "../../../core/view/api.ts";
import { asidesOf, discardAside } from "../../../core/view/tab/note_aside.ts";
import { NoteKeep } from "../../../core/view/tab/note_keep.ts";
import { BATCH_MS, RETRY_MS } from "../../../core/view/tab/note_pace.ts";
import { NoteSession } from "../../../core/view/tab/note_session.ts";
import { spliced } from "../../../core/view/tab/note_splices.ts";
import type { NoteViewer } from "../../../core/view/tab/note_viewer.ts";
import { MemoryStorage } from "../../../core/view/tab/text_storage.ts";
import type { CursorView, Heads, Splice } from "../../../core/view/view.ts";
import { FakeAsker } from "../../fakes/asker.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { settle } from "../../fakes/settle.ts";

const NOTE = parseNoteId("0b".repeat(16));
const SPACE = parseSpaceId("0e".repeat(16));
const ANA = parsePeerId("bb".repeat(32));
const heads = (name: string): Heads => [name.charCodeAt(0).toString(16).repeat(32)];
const insert = (at: number, text: string): Splice => ({ at, remove: 0, insert: text });

/** An editor that shows what it is told. */
class Page implements NoteViewer {
  text = "";
  accepting = true;
  told: string[] = [];
  at: readonly CursorView[] = [];

  opened(text: string): void {
    this.text = text;
    this.told.push("opened");
  }
  spliced(splices: readonly Splice[]): void {
    this.text = spliced(this.text, splices);
    this.told.push("spliced");
  }
  accepts(): boolean {
    return this.accepting;
  }
  cursors(cursors: readonly CursorView[]): void {
    this.at = cursors;
  }
  changed(): void {}
  keptAside(): void {
    this.told.push("kept aside");
  }
}

/** One tab with a note, its node worked by hand. */
class Tab {
  closed = 0;
  readonly page = new Page();
  readonly session: NoteSession;

  constructor(
    readonly storage: MemoryStorage,
    readonly asker = new FakeAsker(),
    readonly clock = new FakeClock(),
  ) {
    const keep = new NoteKeep(storage, "tab", { space: SPACE, note: NOTE });
    this.session = NoteSession.open({ asker, clock, keep, onClosed: () => this.closed++ });
  }

  /** Shows the note; without anything kept, at this text and heads `a`. */
  static async open(text: string, storage = new MemoryStorage()): Promise<Tab> {
    const tab = new Tab(storage);
    tab.session.attach(tab.page);
    await tab.asker.answer("note.open", { heads: heads("a"), text, cursors: [] });
    await tab.asker.answer("note.merge", nothing("a"));
    return tab;
  }

  type(...splices: Splice[]): void {
    this.page.text = spliced(this.page.text, splices);
    this.session.type(splices);
    assert.equal(this.page.text, this.session.text);
  }

  tell(name: string): void {
    this.asker.tell({ type: "note.text", space: SPACE, note: NOTE, heads: heads(name) });
  }
}

const merge = (name: string, ...splices: Splice[]) => ({ heads: heads(name), splices });
const nothing = (name: string) => ({ merged: merge(name), cursors: [] });

Deno.test("note: idle keys go at once, fast ones as one batch", async () => {
  const { session, asker, clock, ...tab } = await Tab.open("ab");
  session.type([insert(1, "x")]);
  assert.deepEqual(asker.of("note.edit").at(-1)?.splices, [insert(1, "x")]);
  assert.equal(session.state.type, "saving");
  await asker.answer("note.edit", { heads: heads("b"), merged: merge("b") });
  assert.equal(session.state.type, "saved");
  session.type([insert(2, "y")]);
  session.type([insert(3, "z")]);
  assert.equal(asker.of("note.edit").length, 1);
  clock.advance(BATCH_MS);
  assert.deepEqual(asker.of("note.edit")[1]?.splices, [insert(2, "yz")]);
  assert.deepEqual(asker.of("note.edit")[1]?.heads, heads("b"));
  void tab;
});

Deno.test("note (1): one edit at a time, never changed while it waits", async () => {
  const tab = await Tab.open("");
  tab.type(insert(0, "a"));
  tab.type(insert(1, "b"));
  tab.clock.advance(10 * BATCH_MS);
  tab.type({ at: 0, remove: 2, insert: "c" });
  assert.equal(tab.asker.of("note.edit").length, 1);
  assert.deepEqual(tab.asker.of("note.edit")[0]?.splices, [insert(0, "a")]);
  await tab.asker.answer("note.edit", { heads: heads("b"), merged: merge("b") });
  assert.deepEqual(tab.asker.of("note.edit")[1]?.splices, [{ at: 0, remove: 1, insert: "c" }]);
});

Deno.test("note (2): keys are kept before they are sent, and are there after a reload", async () => {
  const storage = new MemoryStorage();
  const tab = await Tab.open("base", storage);
  let keptAtSend: string | null = null;
  const askAs = tab.asker.askAs.bind(tab.asker);
  tab.asker.askAs = (id, command) => {
    if (command.type === "note.edit") {
      keptAtSend = storage.getItem(`earshot.keys.tab.${SPACE}.${NOTE}`);
    }
    return askAs(id, command);
  };
  tab.type(insert(4, "!"));
  const sent = tab.asker.asked.at(-1)!;
  assert.ok(keptAtSend !== null && JSON.parse(keptAtSend).sent.id === sent.id);
  tab.type(insert(0, ">"));
  tab.session.close();

  const after = new Tab(storage);
  after.session.attach(after.page);
  assert.equal(after.page.text, ">base!");
  assert.equal(after.asker.asked[0]?.id, sent.id);
  assert.deepEqual(after.asker.asked[0]?.command, sent.command);
});

Deno.test("note (3) (4): a tab with keys on their way stays on its branch, then takes all in", async () => {
  const tab = await Tab.open("one two");
  tab.type(insert(3, " 1"));
  tab.type(insert(5, "1"));
  tab.tell("z");
  await tab.asker.answer("note.edit", {
    heads: heads("b"),
    merged: merge("z", insert(0, "zero ")),
  });
  assert.equal(tab.page.text, "one 11 two");
  tab.clock.advance(BATCH_MS);
  assert.deepEqual(tab.asker.of("note.edit")[1], {
    type: "note.edit",
    space: SPACE,
    note: NOTE,
    heads: heads("b"),
    splices: [insert(5, "1")],
  });
  await tab.asker.answer("note.edit", {
    heads: heads("c"),
    merged: merge("y", insert(0, "zero ")),
  });
  assert.equal(tab.page.text, "zero one 11 two");
  assert.deepEqual(tab.session.heads, heads("y"));
});

Deno.test("note (4): a merge that comes after a key is left out, and asked for again", async () => {
  const tab = await Tab.open("text");
  tab.tell("b");
  tab.type(insert(4, "!"));
  await tab.asker.answer("note.merge", { merged: merge("b", insert(0, "X")), cursors: [] });
  assert.equal(tab.page.text, "text!");
  await tab.asker.answer("note.edit", { heads: heads("c"), merged: merge("d", insert(0, "X")) });
  assert.equal(tab.page.text, "Xtext!");
});

Deno.test("note (4): a merge for heads that the tab has left is not taken in", async () => {
  const tab = await Tab.open("text");
  tab.tell("b");
  tab.type(insert(4, "!"));
  await tab.asker.answer("note.edit", { heads: heads("c"), merged: merge("d", insert(0, "X")) });
  await tab.asker.answer("note.merge", { merged: merge("b", insert(0, "X")), cursors: [] });
  assert.equal(tab.page.text, "Xtext!");
});

Deno.test("note (5): other heads are merged once, own heads never", async () => {
  const tab = await Tab.open("text");
  const before = tab.asker.of("note.merge").length;
  tab.tell("a");
  assert.equal(tab.asker.of("note.merge").length, before);
  tab.tell("b");
  tab.tell("c");
  assert.equal(tab.asker.of("note.merge").length, before + 1);
  await tab.asker.answer("note.merge", { merged: merge("c", insert(0, "X")), cursors: [] });
  assert.equal(tab.asker.of("note.merge").length, before + 1);
  assert.equal(tab.page.text, "Xtext");
});

Deno.test("note (5): what came while the tab was away is asked for when it is back", async () => {
  const tab = await Tab.open("text");
  await tab.asker.connect(false);
  assert.equal(tab.session.state.type, "saved");
  await tab.asker.connect(true);
  await tab.asker.answer("note.merge", { merged: merge("b", insert(0, "X")), cursors: [] });
  assert.equal(tab.page.text, "Xtext");
});

Deno.test("note (6): after a cut the same request goes again, then what was typed since", async () => {
  const tab = await Tab.open("");
  tab.type(insert(0, "a"));
  const sent = tab.asker.asked.at(-1)!;
  await tab.asker.connect(false);
  tab.type(insert(1, "b"));
  assert.deepEqual(tab.session.state, { type: "kept", why: null });
  assert.equal(tab.asker.asked.at(-1), sent);
  await tab.asker.connect(true);
  assert.equal(tab.asker.asked.at(-1)?.id, sent.id);
  assert.deepEqual(tab.asker.asked.at(-1)?.command, sent.command);
  await tab.asker.answer("note.edit", { heads: heads("b"), merged: merge("b") });
  tab.clock.advance(BATCH_MS);
  assert.deepEqual(tab.asker.of("note.edit").at(-1)?.splices, [insert(1, "b")]);
  assert.notEqual(tab.asker.asked.at(-1)?.id, sent.id);
});

Deno.test("note (7): refused keys stay, and go again with the next under a new id", async () => {
  const tab = await Tab.open("");
  tab.type(insert(0, "long"));
  const { id } = tab.asker.asked.at(-1)!;
  tab.type(insert(4, "er"));
  await tab.asker.answer("note.edit", new RefusedError("The note is too long"));
  assert.deepEqual(tab.session.state, { type: "refused", why: "The note is too long" });
  tab.clock.advance(10 * RETRY_MS);
  assert.equal(tab.asker.of("note.edit").length, 1);
  assert.equal(tab.page.text, "longer");
  tab.type({ at: 1, remove: 5, insert: "" });
  assert.equal(tab.session.state.type, "saving");
  const again = tab.asker.asked.at(-1)!;
  assert.notEqual(again.id, id);
  assert.equal(spliced("", tab.asker.of("note.edit").at(-1)!.splices), "l");
});

Deno.test("note (7): what the node cannot do now is asked again under its id", async () => {
  const tab = await Tab.open("");
  tab.type(insert(0, "a"));
  const { id } = tab.asker.asked.at(-1)!;
  await tab.asker.answer("note.edit", new FaultError("The disk is full"));
  assert.deepEqual(tab.session.state, { type: "kept", why: "The disk is full" });
  tab.type(insert(1, "b"));
  assert.equal(tab.asker.of("note.edit").length, 1);
  tab.clock.advance(RETRY_MS);
  assert.equal(tab.asker.asked.at(-1)?.id, id);
  assert.deepEqual(tab.asker.of("note.edit").at(-1)?.splices, [insert(0, "a")]);
  await tab.asker.answer("note.edit", { heads: heads("b"), merged: merge("b") });
  assert.equal(tab.session.state.type, "saving");
});

Deno.test("note (8): a refused text is kept aside when the person goes to the common one", async () => {
  const tab = await Tab.open("old");
  tab.type(insert(3, " and mine"));
  await tab.asker.answer("note.edit", new RefusedError("Unknown heads"));
  tab.session.leave();
  const shared = { heads: heads("s"), text: "shared", cursors: [] };
  await tab.asker.answer("note.open", shared);
  assert.equal(tab.page.text, "shared");
  assert.deepEqual(tab.session.heads, heads("s"));
  const [aside, ...more] = asidesOf(tab.storage, NOTE);
  assert.deepEqual(more, []);
  assert.equal(aside?.text, "old and mine");
  assert.equal(aside.at, tab.clock.now());
  discardAside(tab.storage, aside);
  assert.equal(tab.storage.length, 0);
});

Deno.test("note (8): a node that went back to an older state: the newer text is kept aside", async () => {
  const tab = await Tab.open("new text");
  await tab.asker.connect(false);
  await tab.asker.connect(true);
  await tab.asker.answer("note.merge", new RefusedError("Unknown heads"));
  await tab.asker.answer("note.open", { heads: heads("o"), text: "text", cursors: [] });
  assert.equal(tab.page.text, "text");
  assert.equal(asidesOf(tab.storage, NOTE)[0]?.text, "new text");
});

Deno.test("note (8): where nothing can be kept aside, the text stays on the screen", async () => {
  const tab = await Tab.open("mine");
  tab.storage.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  tab.type(insert(4, "!"));
  await tab.asker.answer("note.edit", new RefusedError("Unknown heads"));
  tab.session.leave();
  await tab.asker.answer("note.open", { heads: heads("o"), text: "theirs", cursors: [] });
  assert.equal(tab.page.text, "mine!");
  assert.equal(tab.session.state.type, "refused");
});

Deno.test("note: a browser that keeps nothing is said, and the keys are sent all the same", async () => {
  const tab = await Tab.open("");
  tab.storage.setItem = () => {
    throw new DOMException("The quota is full", "QuotaExceededError");
  };
  await tab.asker.connect(false);
  tab.type(insert(0, "a"));
  assert.deepEqual(tab.session.state, { type: "unkept", why: "The quota is full" });
  await tab.asker.connect(true);
  await tab.asker.answer("note.edit", { heads: heads("b"), merged: merge("b") });
  assert.equal(tab.session.state.type, "saved");
});

Deno.test("note: a note that is left goes on until its keys are with the node, and leaves nothing", async () => {
  const tab = await Tab.open("");
  tab.type(insert(0, "a"));
  tab.session.detach();
  assert.equal(tab.closed, 0);
  await tab.asker.answer("note.edit", { heads: heads("b"), merged: merge("b") });
  assert.equal(tab.closed, 1);
  assert.equal(tab.storage.length, 0);
  assert.equal(tab.asker.listeners, 0);
  assert.equal(tab.clock.waiting, 0);
});

Deno.test("note: a note that is left with a refused text keeps it aside", async () => {
  const tab = await Tab.open("");
  tab.type(insert(0, "mine"));
  tab.session.detach();
  await tab.asker.answer("note.edit", new RefusedError("no"));
  assert.equal(tab.closed, 1);
  assert.deepEqual(asidesOf(tab.storage, NOTE).map(({ text }) => text), ["mine"]);
  assert.equal(tab.storage.length, 1);
});

Deno.test("note: the viewer may put the others' text off, and gets it when it wants", async () => {
  const tab = await Tab.open("text");
  tab.page.accepting = false;
  tab.tell("b");
  await tab.asker.answer("note.merge", { merged: merge("b", insert(0, "X")), cursors: [] });
  tab.tell("c");
  const before = tab.asker.of("note.merge").length;
  assert.equal(tab.page.text, "text");
  assert.deepEqual(tab.session.heads, heads("a"));
  tab.page.accepting = true;
  tab.session.resume();
  assert.equal(tab.asker.of("note.merge").length, before + 1);
  await tab.asker.answer("note.merge", { merged: merge("c", insert(0, "XY")), cursors: [] });
  assert.equal(tab.page.text, "XYtext");
});

Deno.test("note: cursors are shown in the text they belong to, and wait for it", async () => {
  const tab = await Tab.open("text");
  const cursors = [{ peer: ANA, anchor: 1, head: 2 }];
  tab.asker.tell({ type: "cursors", space: SPACE, note: NOTE, heads: heads("b"), cursors });
  assert.deepEqual(tab.page.at, []);
  tab.tell("b");
  await tab.asker.answer("note.merge", {
    merged: merge("b", insert(0, "X")),
    cursors: [{ peer: ANA, anchor: 2, head: 3 }],
  });
  assert.deepEqual(tab.page.at, [{ peer: ANA, anchor: 2, head: 3 }]);
  tab.asker.tell({ type: "cursors", space: SPACE, note: NOTE, heads: heads("b"), cursors });
  assert.deepEqual(tab.page.at, cursors);
  tab.type(insert(0, "!"));
  tab.asker.tell({ type: "cursors", space: SPACE, note: NOTE, heads: heads("b"), cursors: [] });
  assert.deepEqual(tab.page.at, cursors);
  await tab.asker.connect(false);
  assert.deepEqual(tab.page.at, []);
});

Deno.test("note: half a character is never sent, the editor is put right", async () => {
  const tab = await Tab.open("a😀b");
  // The low half of 😀 is replaced by that of 😁: what an editor finds when it compares units.
  tab.type({ at: 2, remove: 1, insert: "\ude01" });
  assert.equal(tab.page.text, "a😁b");
  assert.deepEqual(tab.asker.of("note.edit")[0]?.splices, [{ at: 1, remove: 2, insert: "😁" }]);
  tab.session.type([{ at: 2, remove: 1, insert: "" }]);
  tab.page.text = "a\ufffdb";
  assert.equal(tab.session.text, "a\ufffdb");
  assert.deepEqual(tab.page.told.slice(-1), ["spliced"]);
});

Deno.test("note: a paste beyond one request goes in several", async () => {
  const tab = await Tab.open("");
  const text = "😀".repeat(200_000);
  tab.type(insert(0, text));
  let got = "";
  for (let name = 98; got.length < text.length; name++) {
    const { splices } = tab.asker.of("note.edit").at(-1)!;
    assert.ok(splices.every((splice) => splice.insert.isWellFormed()));
    got = spliced(got, splices);
    const at = String.fromCharCode(name);
    await tab.asker.answer("note.edit", { heads: heads(at), merged: merge(at) });
    tab.clock.advance(BATCH_MS);
  }
  assert.ok(got === text);
  assert.ok(tab.asker.of("note.edit").length > 1);
  assert.equal(tab.session.state.type, "saved");
});

Deno.test("note: a note that cannot be opened says why", async () => {
  const tab = new Tab(new MemoryStorage());
  tab.session.attach(tab.page);
  assert.equal(tab.session.state.type, "opening");
  await tab.asker.answer("note.open", new RefusedError("There is no such note"));
  assert.deepEqual(tab.session.state, { type: "refused", why: "There is no such note" });
  tab.session.again();
  await tab.asker.answer("note.open", { heads: heads("a"), text: "here", cursors: [] });
  assert.equal(tab.page.text, "here");
  tab.session.close();
  tab.session.close();
  await settle();
  assert.equal(tab.closed, 1);
});

Deno.test("note (5): a reset of its space makes it ask for the merge, one elsewhere does not", async () => {
  const tab = await Tab.open("a");
  tab.asker.tell({ type: "reset", space: parseSpaceId("0f".repeat(16)) });
  assert.equal(tab.asker.of("note.merge").length, 1);
  tab.asker.tell({ type: "reset", space: SPACE });
  assert.equal(tab.asker.of("note.merge").length, 2);
});
