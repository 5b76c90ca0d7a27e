import assert from "node:assert/strict";
import { type ActorId, parseNoteId, parseSpaceId } from "../../core/base/ids.ts";
import { startAutomerge } from "../../core/doc/automerge.ts";
import { noteDoc } from "../../core/doc/doc_id.ts";
import { docKey, readDocKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { applySplices } from "../../core/doc/note_splices.ts";
import { compact } from "../../core/doc/saved_document.ts";
import { readChangeHeader } from "../../core/trust/change_header.ts";
import type { Heads, Splice } from "../../core/view/view.ts";
import { seededUnit } from "../fakes/random.ts";
import { randomSplices } from "../fakes/splices.ts";

await startAutomerge();

const NOTE = docKey(parseSpaceId("0c".repeat(16)), noteDoc(parseNoteId("0e".repeat(16))));
const SEEDS = 20;
const STEPS = 80;

/** A node without links: an engine, and its store of changes, of which the first may rest in a base. */
class Node {
  engine = new DocumentEngine();
  readonly store: Uint8Array[] = [];
  #base: Uint8Array | null = null;
  #based = 0;

  constructor(readonly actor: ActorId) {
    this.restart();
  }

  /** Lets all there is rest in a base. */
  rest(): void {
    const changes = this.store.slice(this.#based);
    this.#base = compact(readDocKey(NOTE).doc, { base: this.#base, changes }).bytes;
    this.#based = this.store.length;
  }

  restart(): void {
    this.engine = new DocumentEngine();
    this.engine.open(NOTE, this.actor, this.store.slice(this.#based), { base: this.#base });
    assert.deepEqual(this.engine.takeSetAside(NOTE), []);
  }

  /** Takes over what another has, the newest first, so that much of it comes before what it rests on. */
  take(changes: readonly Uint8Array[]): void {
    const { results } = this.engine.apply(NOTE, changes.toReversed());
    assert.ok(results.every(({ type }) => type === "applied"));
    const held = new Set(this.store.map((change) => readChangeHeader(change).hash));
    for (const change of changes) {
      if (!held.has(readChangeHeader(change).hash)) this.store.push(change);
    }
  }
}

/**
 * A tab: its text is that of its own branch at `heads` with what was typed and not sent; it takes the
 * merged text over only when nothing is unsent.
 */
class Tab {
  text: string;
  heads: Heads;
  unsent: Splice[] = [];

  constructor(readonly node: Node) {
    ({ text: this.text, heads: this.heads } = node.engine.noteText(NOTE));
  }

  type(splices: Splice[]): void {
    this.text = applySplices(this.text, splices);
    this.unsent.push(...splices);
  }

  send(merge: boolean): void {
    const { made, heads, merged } = this.node.engine.noteEdit(
      NOTE,
      this.heads,
      this.unsent,
      5,
      "t",
    );
    this.node.store.push(...made);
    this.unsent = [];
    this.heads = heads;
    if (!merge) return;
    this.text = applySplices(this.text, merged.splices);
    this.heads = merged.heads;
  }

  pull(): void {
    if (this.unsent.length > 0) return;
    const { heads, splices } = this.node.engine.noteMerge(NOTE, this.heads);
    this.text = applySplices(this.text, splices);
    this.heads = heads;
  }
}

/** One mark that is never typed twice: a keystroke that can be looked for. */
function stroke(count: number): string {
  return `<${count}>`;
}

Deno.test("note fuzz: tabs of several nodes type at once; all agree and no keystroke is lost", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const unit = seededUnit(seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)]!;
    const nodes = ["aa", "bb", "cc"].map((byte) => new Node(byte.repeat(16) as ActorId));
    const tabs = [0, 0, 1, 1, 2].map((i) => new Tab(nodes[i]!));
    let strokes = 0;
    for (let step = 0; step < STEPS; step++) {
      const tab = pick(tabs);
      const what = unit();
      if (what < 0.4) {
        // Marks are typed only at the two ends, so that no other splice can be inside of one.
        const at = unit() < 0.5 ? 0 : tab.text.length;
        tab.type([{ at, remove: 0, insert: stroke(strokes++) }]);
      } else if (what < 0.6) tab.send(unit() < 0.7);
      else if (what < 0.75) tab.pull();
      else if (what < 0.95) pick(nodes).take(pick(nodes).store);
      else {
        const node = pick(nodes);
        if (unit() < 0.5) node.rest();
        node.restart();
      }
      if (tab.unsent.length === 0) {
        assert.equal(tab.text, textAt(tab), `seed ${seed}, step ${step}: a tab went astray`);
      }
    }
    for (const tab of tabs) tab.send(false);
    for (const from of nodes) for (const to of nodes) to.take(from.store);
    for (const from of nodes) for (const to of nodes) to.take(from.store);
    const texts = nodes.map((node) => node.engine.noteText(NOTE));
    for (const text of texts) assert.deepEqual(text, texts[0], `seed ${seed}: nodes differ`);
    for (const tab of tabs) {
      tab.pull();
      assert.equal(tab.text, texts[0]?.text, `seed ${seed}: a tab differs`);
    }
    for (let count = 0; count < strokes; count++) {
      const found = texts[0]?.text.split(stroke(count)).length;
      assert.equal(found, 2, `seed ${seed}: keystroke ${count} is there ${(found ?? 1) - 1} times`);
    }
  }
});

Deno.test("note fuzz: removals, emoji and combining marks too; every tab and node agrees", () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    const unit = seededUnit(1000 + seed);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)]!;
    const nodes = ["aa", "bb"].map((byte) => new Node(byte.repeat(16) as ActorId));
    const tabs = [0, 0, 0, 1, 1].map((i) => new Tab(nodes[i]!));
    for (let step = 0; step < STEPS; step++) {
      const tab = pick(tabs);
      const what = unit();
      if (what < 0.45) tab.type(randomSplices(unit, tab.text, 3, 5));
      else if (what < 0.65) tab.send(unit() < 0.7);
      else if (what < 0.8) tab.pull();
      else pick(nodes).take(pick(nodes).store);
      if (tab.unsent.length === 0) {
        assert.equal(tab.text, textAt(tab), `seed ${seed}, step ${step}: a tab went astray`);
      }
      assert.ok(tab.text.isWellFormed(), `seed ${seed}, step ${step}`);
    }
    for (const tab of tabs) tab.send(false);
    for (const from of nodes) for (const to of nodes) to.take(from.store);
    const texts = nodes.map((node) => node.engine.noteText(NOTE));
    assert.deepEqual(texts[0], texts[1], `seed ${seed}: nodes differ`);
    for (const tab of tabs) {
      tab.pull();
      assert.equal(tab.text, texts[0]?.text, `seed ${seed}: a tab differs`);
      const cursors = tab.node.engine.anchor(NOTE, tab.heads, [0, tab.text.length]);
      assert.deepEqual(tab.node.engine.resolve(NOTE, cursors).positions, [0, tab.text.length]);
    }
  }
});

/** What the node has at a tab's heads, asked in another way than the tab came to it. */
function textAt(tab: Tab): string {
  const { heads, splices } = tab.node.engine.noteMerge(NOTE, tab.heads);
  const { text, heads: newest } = tab.node.engine.noteText(NOTE);
  assert.deepEqual(heads, newest);
  const merged = applySplices(tab.text, splices);
  return merged === text ? tab.text : `not ${merged} but ${text}`;
}
