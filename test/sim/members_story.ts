import assert from "node:assert/strict";
import type { EntryHash, MessageId, PeerId, SpaceId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import type { Membership } from "../../core/trust/membership.ts";
import { allMessages, type SimNode } from "./sim_node.ts";
import type { SimSpace } from "./sim_space.ts";
import { SimWorld } from "./sim_world.ts";

/** How long members may take to be even when all cables are mended, in milliseconds. */
const HEAL_MS = 300_000;
const EVENTS = 60;

interface Post {
  readonly id: MessageId;
  readonly text: string;
  readonly author: SimNode;
  /** Of those who were members no longer, as the author knew, what had ended that. */
  readonly ends: ReadonlyMap<PeerId, readonly EntryHash[]>;
}

/** What happens by chance in one private space. Its founder is removed by nobody, and nobody comes back. */
class MembersStory {
  readonly posts: Post[] = [];
  readonly founder: SimNode;
  readonly space: SpaceId;
  /** Those who were let in once, by anyone. */
  readonly #letIn: Set<PeerId>;

  constructor(readonly world: SimWorld) {
    this.founder = world.nodes[0]!;
    this.space = this.founder.createSpace("Crew").space;
    this.#letIn = new Set([this.founder.peer]);
  }

  /** Those who are up and have the space. */
  get here(): SimNode[] {
    return this.world.nodes.filter((node) => node.isUp && node.has(this.space));
  }

  at(node: SimNode): SimSpace {
    return node.space(this.space);
  }

  /** The founder lets in two admins and a member. */
  begin(): void {
    for (const [i, node] of this.world.nodes.slice(1, 4).entries()) {
      this.#letIn.add(node.peer);
      this.founder.letIn(this.space, node, i < 2 ? "admin" : "member");
    }
  }

  /** One thing, of the many that may. */
  async next(): Promise<void> {
    const { world } = this;
    const actors = this.here.filter((node) => this.at(node).isMember);
    const dice = world.int(100);
    if (actors.length === 0) return await this.#down();
    const actor = world.pick(actors);
    if (dice < 40) await this.post(actor);
    else if (dice < 45) await actor.rest(() => true, this.space);
    else if (dice < 60) this.#newcomer(actor);
    else if (dice < 67) this.#removal(actor);
    else if (dice < 72) this.#promotion(actor);
    else if (dice < 74) this.#leaving(actor);
    else if (dice < 80) world.breakOne();
    else if (dice < 88) this.#partition();
    else if (dice < 93) world.mend();
    else await this.#down();
  }

  async post(author: SimNode): Promise<void> {
    const text = `text ${this.posts.length}`;
    const ends = endsIn(this.at(author).membership);
    const channel = channelIdOf(this.space, "general");
    const id = await author.post(channel, text, 0, this.space);
    this.posts.push({ id, text, author, ends });
  }

  /**
   * Members who have not got the space yet ask again, as their programs would; and who was away while all
   * that it knew were replaced is invited anew.
   */
  askAgain(): void {
    for (const node of this.world.nodes) {
      for (const host of this.#hostsOf(node)) {
        if (node.has(this.space) && !this.#isStranded(node)) continue;
        node.await(this.space, host.peer);
        host.meetings.offer(node.peer, this.space);
      }
    }
  }

  /** Members that know a node as one. */
  #hostsOf({ peer }: SimNode): SimNode[] {
    return this.here.filter((host) =>
      host.peer !== peer && this.at(host).isMember && this.at(host).membership.members.has(peer)
    );
  }

  /** Whether a node has no epoch's key in common with any member who knows it as one. */
  #isStranded(node: SimNode): boolean {
    const { keys } = this.at(node);
    return this.#hostsOf(node).every((host) => keys.isDisjointFrom(this.at(host).keys));
  }

  texts(node: SimNode): string[] {
    const channel = channelIdOf(this.space, "general");
    return allMessages(node.store, channel, this.space).map(({ text }) => text);
  }

  #newcomer(actor: SimNode): void {
    const { world } = this;
    const strangers = world.nodes.filter(({ peer, isUp }) => isUp && !this.#letIn.has(peer));
    if (strangers.length === 0 || !this.at(actor).membership.may(actor.peer, "join")) return;
    const joiner = world.pick(strangers);
    this.#letIn.add(joiner.peer);
    actor.letIn(this.space, joiner, world.unit() < 0.3 ? "admin" : "member");
  }

  #removal(actor: SimNode): void {
    const other = this.#other(actor);
    if (other && this.at(actor).membership.may(actor.peer, "remove")) this.at(actor).remove(other);
  }

  #promotion(actor: SimNode): void {
    const other = this.#other(actor);
    if (!other || !this.at(actor).membership.may(actor.peer, "role")) return;
    this.at(actor).setRole(other, this.world.unit() < 0.7 ? "admin" : "member");
  }

  #leaving(actor: SimNode): void {
    if (actor !== this.founder) this.at(actor).leave();
  }

  /** A member as this one knows them, neither itself nor the founder. */
  #other(actor: SimNode): PeerId | undefined {
    const others = [...this.at(actor).membership.members.keys()]
      .filter((peer) => peer !== actor.peer && peer !== this.founder.peer);
    return others.length > 0 ? this.world.pick(others) : undefined;
  }

  #partition(): void {
    const one = new Set(this.world.nodes.filter(() => this.world.unit() < 0.5));
    this.world.cut((a, b) => one.has(a) && !one.has(b));
  }

  async #down(): Promise<void> {
    const { world } = this;
    const up = world.nodes.filter(({ isUp }) => isUp);
    const down = world.nodes.filter(({ isUp }) => !isUp);
    if (down.length > 0 && world.unit() < 0.6) await world.restart(world.pick(down));
    else if (up.length > 1) await world.crash(world.pick(up));
  }
}

/** Lets chance rule over a private space of five to seven nodes, heals the network, and looks whether all is well. */
export function tellMembersStory(seed: number): Promise<void> {
  return SimWorld.run(seed, async (world) => {
    for (let i = 5 + world.int(3); i > 0; i--) await world.add();
    world.joinAll();
    await world.pass(100);
    const story = new MembersStory(world);
    story.begin();
    await world.pass(500);
    for (let i = 0; i < EVENTS; i++) {
      await story.next();
      await world.pass(world.int(world.unit() < 0.2 ? 3000 : 300));
    }
    world.mend();
    for (const node of world.nodes) if (!node.isUp) await world.restart(node);
    await heal(world, story);
    await story.post(story.founder);
    await heal(world, story);
    check(world, story);
  });
}

/** The entries that count by which each former member is one. */
function endsIn(membership: Membership): Map<PeerId, EntryHash[]> {
  return new Map(
    [...membership.formers.keys()].map((peer) => [
      peer,
      membership.entries.flatMap(({ hash, entry: { body } }) =>
        body.type === "remove" && body.peer === peer && membership.isAlive(hash) ? [hash] : []
      ),
    ]),
  );
}

async function heal(world: SimWorld, story: MembersStory): Promise<void> {
  const end = world.clock.now() + HEAL_MS;
  while (!isEven(world, story)) {
    if (world.clock.now() >= end) {
      throw new Error(`Not even after ${HEAL_MS} ms:\n${describe(world, story)}`);
    }
    story.askAgain();
    await world.until(() => isEven(world, story), 5000);
    await world.pass(1000);
  }
}

/** Whether all whom the founder knows as members hold what the founder holds, and nothing is due. */
function isEven(world: SimWorld, { founder, space }: MembersStory): boolean {
  const { membership, digest } = founder.space(space);
  return !membership.rekeyDue &&
    world.nodes.every((node) =>
      !membership.members.has(node.peer) || node.has(space) && node.space(space).digest === digest
    );
}

function describe(world: SimWorld, { founder, space }: MembersStory): string {
  const { membership } = founder.space(space);
  return world.nodes.map((node) =>
    [
      node.number,
      membership.members.get(node.peer)?.role ?? "-",
      node.has(space) && node.space(space).digest.replace(/(\w{8})\w+/g, "$1"),
      node.has(space) && node.space(space).log?.size,
    ].join(" ")
  ).join("\n");
}

function check(world: SimWorld, story: MembersStory): void {
  const { founder, space, posts } = story;
  const { membership } = founder.space(space);
  const texts = story.texts(founder);
  for (const node of world.nodes) {
    if (membership.members.has(node.peer)) {
      const { members } = node.space(space).membership;
      assert.deepEqual([...members], [...membership.members], `members for node ${node.number}`);
      assert.deepEqual(story.texts(node), texts, `texts of node ${node.number}`);
    }
    const complaints = node.logged.filter(({ level }) => level === "warn" || level === "error");
    assert.deepEqual(complaints, [], `node ${node.number} has nothing to complain about`);
    // A removal that its author saw may be void: whom it removed had all as long as it was a member.
    if (!node.has(space) || membership.members.has(node.peer)) continue;
    const held = new Set(story.texts(node));
    for (const { text, ends } of posts) {
      const isAfter = ends.get(node.peer)?.some((entry) => membership.isAlive(entry)) ?? false;
      assert.ok(!isAfter || !held.has(text), `node ${node.number} has "${text}"`);
    }
  }
}
