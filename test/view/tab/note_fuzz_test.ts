/**
 * Several tabs over several nodes write into one note while lines, pages and nodes come and go. Set
 * `NOTE_SEEDS` to run more seeds, or `NOTE_SEED` for one.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { type NoteId, parseNoteId } from "../../../core/base/ids.ts";
import { NoteDesk } from "../../../core/view/tab/note_desk.ts";
import type { NoteSession } from "../../../core/view/tab/note_session.ts";
import { spliced } from "../../../core/view/tab/note_splices.ts";
import { claimTab } from "../../../core/view/tab/tab_id.ts";
import { MemoryStorage } from "../../../core/view/tab/text_storage.ts";
import type { Splice } from "../../../core/view/view.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { FakeNoteLine } from "../../fakes/note_line.ts";
import { FakeNoteNode, NOTE_SPACE } from "../../fakes/note_node.ts";
import { seededUnit } from "../../fakes/random.ts";
import { FakeLocks } from "../../fakes/tab_locks.ts";

const NOTE: NoteId = parseNoteId("0a".repeat(16));
const SEEDS = Number(Deno.env.get("NOTE_SEEDS") ?? 150);
const STEPS = 100;
const NODES = 3;

const flush = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What is true of the note whoever looks at it: each character is typed once in the whole test. */
class Ledger {
  #next = 0;
  readonly typed = new Set<string>();
  readonly deleted = new Set<string>();
  /** Pairs of characters of which the first was before the second when one of them was typed. */
  readonly order: [string, string][] = [];

  character(): string {
    const count = this.#next++;
    // Every fifth is a surrogate pair.
    const character = String.fromCodePoint(count % 5 === 4 ? 0x20000 + count : 0x4e00 + count);
    this.typed.add(character);
    return character;
  }

  check(text: string): void {
    const characters = [...text];
    const at = new Map(characters.map((character, index) => [character, index]));
    assert.equal(at.size, characters.length, "a character is there twice");
    assert.deepEqual(new Set(characters), this.typed.difference(this.deleted));
    for (const [one, other] of this.order) {
      const [first, second] = [at.get(one), at.get(other)];
      assert.ok(
        first === undefined || second === undefined || first < second,
        `"${one}" is behind "${other}"`,
      );
    }
  }
}

/** One browser of one node: what is left when a page goes. */
interface Browser {
  readonly node: FakeNoteNode;
  readonly storage: MemoryStorage;
  readonly locks: FakeLocks;
}

/** A tab with an editor that does what its person and its session say, and nothing else. */
class Tab {
  text: string | null = null;
  cursor = 0;
  #generation = 0;
  #id = "";
  line!: FakeNoteLine;
  desk!: NoteDesk;
  session!: NoteSession;

  private constructor(
    readonly browser: Browser,
    readonly own: MemoryStorage,
    readonly world: World,
    readonly name: string,
  ) {}

  static async open(browser: Browser, world: World, name: string): Promise<Tab> {
    const tab = new Tab(browser, new MemoryStorage(), world, name);
    await tab.#load();
    return tab;
  }

  async #load(): Promise<void> {
    const { clock, unit } = this.world;
    const { node, storage, locks } = this.browser;
    this.text = null;
    const name = `${this.name}.${this.#generation++}`;
    this.line = new FakeNoteLine(node, clock, unit, name);
    this.#id = await claimTab(this.own, locks, () => name.replace(".", "-"));
    const { line: asker } = this;
    this.desk = NoteDesk.open({ asker, clock, storage, locks, tab: this.#id });
    this.session = this.desk.session({ space: NOTE_SPACE, note: NOTE });
    this.session.attach({
      opened: (text) => {
        assert.equal(this.text, null, "opened twice");
        this.text = text;
        this.cursor = Math.min(this.cursor, text.length);
        if ((text.charCodeAt(this.cursor) & 0xfc00) === 0xdc00) this.cursor--;
      },
      spliced: (splices) => this.#foreign(splices),
      accepts: () => unit() < 0.9,
      cursors: () => {},
      changed: () => {},
      keptAside: () => {},
    });
  }

  #foreign(splices: readonly Splice[]): void {
    assert.ok(this.session.heads, "the others' text came while keys were on their way");
    assert.ok(this.text !== null);
    this.text = spliced(this.text, splices);
    assert.equal(this.text, this.session.text);
    for (const { at, remove, insert } of splices) {
      if (at < this.cursor) this.cursor = Math.max(at, this.cursor - remove) + insert.length;
    }
  }

  /** The page goes, with nothing said to anybody. */
  leave(): void {
    this.line.close();
    this.desk.close();
    this.browser.locks.held.delete(`earshot.tab.${this.#id}`);
  }

  async reload(): Promise<void> {
    const { text, session } = this;
    const dirty = session.heads === null;
    this.leave();
    await this.#load();
    if (dirty && text !== null) assert.equal(this.text, text, "not the same after a reload");
  }

  act(): void {
    const { unit } = this.world;
    if (this.text === null) return;
    if (unit() < 0.2) this.#jump();
    const splices = [this.#splice()];
    if (unit() < 0.1) this.#jump(), splices.push(this.#splice());
    this.session.type(splices);
    assert.equal(this.text, this.session.text);
  }

  #jump(): void {
    const characters = [...this.text ?? ""];
    const count = Math.floor(this.world.unit() * (characters.length + 1));
    this.cursor = characters.slice(0, count).join("").length;
  }

  /** One thing that a person does at the cursor. */
  #splice(): Splice {
    const { unit, ledger } = this.world;
    const text = this.text ?? "";
    const before = [...text.slice(0, this.cursor)];
    const removed = unit() < 0.25 ? before.splice(-1 - Math.floor(unit() * 3)) : [];
    for (const character of removed) ledger.deleted.add(character);
    const inserted: string[] = [];
    const count = unit() < 0.03 ? 20 : unit() < 0.8 ? 1 : 0;
    while (inserted.length < count) inserted.push(ledger.character());
    const after = [...text.slice(this.cursor)];
    const around = [before.at(-1), ...inserted, after[0]].filter((each) => each !== undefined);
    for (const [index, character] of around.slice(1).entries()) {
      ledger.order.push([around[index]!, character]);
    }
    const remove = removed.join("").length;
    const splice = { at: this.cursor - remove, remove, insert: inserted.join("") };
    this.text = spliced(text, [splice]);
    this.cursor = splice.at + splice.insert.length;
    return splice;
  }
}

class World {
  readonly clock = new FakeClock();
  readonly ledger = new Ledger();
  readonly unit: () => number;
  readonly browsers: Browser[];
  tabs: Tab[] = [];
  #opened = 0;

  constructor(seed: number) {
    this.unit = seededUnit(seed);
    this.browsers = Array.from({ length: NODES }, (_, index) => ({
      node: new FakeNoteNode(NOTE, index),
      storage: new MemoryStorage(),
      locks: new FakeLocks(),
    }));
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.unit() * list.length)]!;
  }

  async run(): Promise<void> {
    for (const browser of [...this.browsers, this.browsers[0]!]) await this.#open(browser);
    for (let step = 0; step < STEPS; step++) {
      await this.#step();
      await this.#pass(this.unit() * 40);
    }
    await this.#settle();
    const text = this.browsers[0]!.node.text;
    for (const { node } of this.browsers) assert.equal(node.text, text);
    for (const tab of this.tabs) assert.equal(tab.text, text);
    this.ledger.check(text);
    for (const { storage } of this.browsers) {
      const aside = Array.from({ length: storage.length }, (_, index) => storage.key(index))
        .filter((key) => key?.startsWith("earshot.aside."));
      assert.deepEqual(aside, [], "something was put aside");
    }
    for (const tab of this.tabs) tab.leave();
    await this.#pass(100);
    assert.equal(this.clock.waiting, 0, "a timer is left");
  }

  async #open(browser: Browser): Promise<void> {
    this.tabs.push(await Tab.open(browser, this, `tab${this.#opened++}`));
  }

  async #step(): Promise<void> {
    const tab = this.pick(this.tabs);
    const dice = this.unit();
    if (dice < 0.72) { for (let keys = 1 + this.unit() * 4; keys > 0; keys--) tab.act(); }
    else if (dice < 0.82) this.pick(this.browsers).node.pull(this.pick(this.browsers).node);
    else if (dice < 0.87) tab.line.connect(!tab.line.connected);
    else if (dice < 0.91) await tab.reload();
    else if (dice < 0.94) this.#restart(tab.browser.node);
    else if (dice < 0.97) tab.session.resume();
    else if (dice < 0.98 && this.tabs.length > 2) {
      tab.leave();
      this.tabs = this.tabs.filter((other) => other !== tab);
      await this.#open(tab.browser);
    } else tab.session.flush();
  }

  /** Everybody's lines to a node are cut; it has what it did, and the answers are lost. */
  #restart(node: FakeNoteNode): void {
    for (const { line } of this.tabs) if (line.node === node) line.connect(false);
  }

  async #pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (let next = this.clock.untilNext(); next !== undefined; next = this.clock.untilNext()) {
      if (this.clock.now() + next > end) break;
      this.clock.advance(next);
      await flush();
    }
    this.clock.advance(end - this.clock.now());
  }

  async #settle(): Promise<void> {
    for (const { line } of this.tabs) line.connect(true);
    for (let round = 0; round < 100; round++) {
      await this.#pass(2_000);
      for (const { session } of this.tabs) session.resume();
      for (const { node } of this.browsers) {
        for (const { node: other } of this.browsers) node.pull(other);
      }
      await this.#pass(400);
      const texts = new Set(this.tabs.map(({ text }) => text));
      const kept = this.browsers.some(({ storage }) => storage.length > 0 && this.#left(storage));
      const saved = this.tabs.every(({ session }) => session.heads !== null);
      if (texts.size === 1 && saved && !kept) return;
    }
    assert.fail("the tabs never came to one text");
  }

  /** Whether a tab that is gone has left something. */
  #left(storage: MemoryStorage): boolean {
    const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
    const living = this.tabs.map(({ desk }) => desk.tools.tab);
    return keys.some((key) =>
      key.startsWith("earshot.keys.") && !living.some((tab) => key.split(".")[2] === tab)
    );
  }
}

Deno.test("a note in many tabs over many nodes: every key once, in its place, the same everywhere", async () => {
  const one = Deno.env.get("NOTE_SEED");
  const seeds = one ? [Number(one)] : Array.from({ length: SEEDS }, (_, index) => index + 1);
  for (const seed of seeds) {
    try {
      await new World(seed).run();
    } catch (error) {
      throw new Error(`NOTE_SEED=${seed} fails`, { cause: error });
    }
  }
});
