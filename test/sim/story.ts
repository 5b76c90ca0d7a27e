import assert from "node:assert/strict";
import type { ChannelId, NoteId } from "../../core/base/ids.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { SimNode } from "./sim_node.ts";
import { allMessages } from "./sim_node.ts";
import { SimWorld } from "./sim_world.ts";
import { type Posted, Witness } from "./witness.ts";

/** How long the nodes may take to be even when all cables are mended, in milliseconds. */
const HEAL_MS = 60_000;
/** Things that happen in one story. */
const EVENTS = 90;
/** Microtasks that a post takes, or about. */
const MOMENTS = 16;
/** A code point with many letters after it. */
const FIRST_WORD = 0x4e00;

/** A tab on a note: its own heads, which it moves on by what it is answered. */
interface Desk {
  readonly node: SimNode;
  readonly note: NoteId;
  heads: readonly string[];
  /** The length of the text at `heads`. */
  length: number;
}

/**
 * What happens to nodes by chance, and what of it was acknowledged. Notes of an even number are only added
 * to, so every acknowledged word must be in them at the end; the others lose text as well.
 */
export class Story {
  readonly posted: Posted[] = [];
  readonly written: { note: NoteId; word: string }[] = [];
  readonly #channels: ChannelId[] = [];
  readonly #notes: NoteId[] = [];
  readonly #desks: Desk[] = [];
  #count = 0;

  constructor(readonly world: SimWorld) {}

  /** One thing, of the many that may. */
  async next(): Promise<void> {
    const { world } = this;
    const up = world.nodes.filter(({ isUp }) => isUp);
    const node = world.pick(up);
    const dice = world.int(100);
    if (dice < 3 || this.#channels.length === 0) {
      this.#channels.push(await node.createChannel(`channel-${world.int(4)}`));
    } else if (dice < 6 || this.#notes.length === 0) {
      this.#notes.push(await node.createNote(world.int(4)));
    } else if (dice < 46) {
      await this.#post(node);
    } else if (dice < 50) {
      await node.rest(() => world.unit() < 0.5);
    } else if (dice < 85) {
      await this.#edit(node);
    } else if (dice < 88) {
      world.breakOne();
    } else if (dice < 90) {
      world.silenceOne();
    } else if (dice < 91) {
      world.repeatOne();
    } else if (dice < 94) {
      const one = new Set(world.nodes.filter(() => world.unit() < 0.5));
      world.cut((a, b) => one.has(a) && !one.has(b));
    } else if (dice < 96) {
      world.mend();
    } else if (up.length > 1 && world.unit() < 0.6) {
      if (world.unit() < 0.5) await this.#crashWriting(node);
      else await world.crash(node);
    } else {
      const down = world.nodes.filter(({ isUp }) => !isUp);
      if (down.length > 0) await world.restart(world.pick(down));
    }
  }

  async #post(node: SimNode): Promise<void> {
    // People write where they see a channel; a node that starts sees the newest ids of those only.
    const known = this.#channels.filter((id) => node.store.registers.channel(LOBBY, id));
    const channel = known.length > 0
      ? this.world.pick(known)
      : await node.createChannel(`channel-${this.world.int(4)}`);
    const text = `text ${this.#count++}`;
    const id = await node.post(channel, text, this.world.int(3));
    if (!node.isUp) return;
    this.posted.push({ author: node, channel, id, text });
  }

  /** A crash at any moment of a post: whether that was acknowledged or not, both may be. */
  async #crashWriting(node: SimNode): Promise<void> {
    const posting = this.#post(node).catch((error: unknown) => {
      if (node.isUp) throw error;
    });
    for (let i = this.world.int(MOMENTS); i > 0; i--) await Promise.resolve();
    await this.world.crash(node);
    await posting;
  }

  async #edit(node: SimNode): Promise<void> {
    const { world } = this;
    const note = world.pick(this.#notes);
    const desk = await this.#desk(node, note);
    // One character each, for others may type between any two.
    const word = String.fromCharCode(FIRST_WORD + this.#count++);
    const at = world.int(desk.length + 1);
    const erases = parseInt(note, 16) % 2 === 1 && world.unit() < 0.3;
    const remove = erases ? world.int(desk.length - at + 1) : 0;
    const splices = [{ at, remove, insert: word }];
    desk.heads = await node.edit(note, desk.heads, splices, `request-${this.#count}`);
    desk.length += word.length - remove;
    if (parseInt(note, 16) % 2 === 0) this.written.push({ note, word });
  }

  /** A tab that may have been on its own branch for a while, or a new one. */
  async #desk(node: SimNode, note: NoteId): Promise<Desk> {
    const old = this.#desks.find((desk) => desk.node === node && desk.note === note);
    if (old && this.world.unit() < 0.5) return old;
    const { heads, text } = await node.noteText(note);
    const desk = old ?? { node, note, heads, length: 0 };
    desk.heads = heads;
    desk.length = text.length;
    if (!old) this.#desks.push(desk);
    return desk;
  }
}

/** Lets chance rule over five to seven nodes, heals the network, and looks whether all is well. */
export function tellStory(seed: number): Promise<void> {
  return SimWorld.run(seed, async (world) => {
    for (let i = 5 + world.int(3); i > 0; i--) await world.add();
    layCables(world);
    const story = new Story(world);
    const witness = new Witness(world, story.posted);
    for (let i = 0; i < EVENTS; i++) {
      await story.next();
      await witness.look();
      await world.pass(world.int(world.unit() < 0.1 ? 3000 : 100));
      await witness.look();
    }
    world.mend();
    for (const node of world.nodes) if (!node.isUp) await world.restart(node);
    const ms = await world.until(() => world.isEven, HEAL_MS);
    assert.notEqual(ms, undefined, `not even after ${HEAL_MS} ms`);
    await world.pass(100);
    await witness.look();
    await checkEven(world);
    for (const node of world.nodes) {
      for (const { channel, id, text } of story.posted) {
        const found = allMessages(node.store, channel).find((message) => message.id === id);
        assert.equal(found?.text, text, `node ${node.number} has message ${id}`);
      }
      const texts = new Map<NoteId, string>();
      for (const { note, word } of story.written) {
        const text = texts.get(note) ?? (await node.noteText(note)).text;
        texts.set(note, text);
        assert.ok(text.includes(word), `node ${node.number} has "${word}" in note ${note}`);
      }
      const complaints = node.logged.filter(({ level }) => level === "warn" || level === "error");
      assert.deepEqual(complaints, [], `node ${node.number} has nothing to complain about`);
    }
  });
}

/** A full mesh, a star, a chain, a chain with some more cables, or two islands that one machine joins. */
export function layCables(world: SimWorld): void {
  const { nodes } = world;
  const shape = world.int(5);
  if (shape === 0) return world.joinAll();
  if (shape === 4) {
    const middle = 1 + world.int(nodes.length - 2);
    for (const island of [nodes.slice(0, middle + 1), nodes.slice(middle)]) world.joinAll(island);
    return;
  }
  for (const [i, node] of nodes.entries()) {
    const before = nodes[shape === 1 ? 0 : i - 1];
    if (before && before !== node) world.join(before, node);
  }
  if (shape !== 3) return;
  for (const [i, a] of nodes.entries()) {
    for (const b of nodes.slice(i + 2)) if (world.unit() < 0.3) world.join(a, b);
  }
}

/** Asserts that all nodes show the same. */
export async function checkEven(world: SimWorld): Promise<void> {
  const [first, ...others] = world.nodes;
  assert.ok(first);
  const picture = await first.picture();
  for (const node of others) {
    assert.equal(node.digest, first.digest, `digest of node ${node.number}`);
    assert.deepEqual(await node.picture(), picture, `what node ${node.number} shows`);
  }
}
