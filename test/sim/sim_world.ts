import type { Clock } from "../../core/base/clock.ts";
import { FakeClock } from "../fakes/clock.ts";
import { memoryDirectory } from "../fakes/memory_directory.ts";
import { seededUnit } from "../fakes/random.ts";
import { turn } from "../fakes/turn.ts";
import { noTraffic, SimLink, type Traffic } from "./sim_link.ts";
import { SimNode } from "./sim_node.ts";
import { putBack, tear } from "./torn_disk.ts";

/** A cable between two nodes, and the link over it while both are up and it is not cut. */
interface Cable {
  readonly a: SimNode;
  readonly b: SimNode;
  cut: boolean;
  links: readonly [SimLink, SimLink] | undefined;
}

/** How long the slowest reconnection takes, in milliseconds. */
const RECONNECT_MS = 1500;
const MAX_DELAY_MS = 40;
/** How long nobody may notice that a link fell silent, in milliseconds. */
const UNNOTICED_MS = 3000;
const MAX_SKEW_MS = 4 * 60 * 1000;

/**
 * Nodes, cables and one clock. Everything that happens is due to a timer of the clock or to the test; after
 * each timer all that follows from it runs to its end. So a seed always tells the same story.
 */
export class SimWorld {
  readonly clock = new FakeClock();
  readonly nodes: SimNode[] = [];
  readonly unit: () => number;
  readonly #cables: Cable[] = [];
  readonly #directory = memoryDirectory("earshot-sim-");
  readonly #past: Traffic = noTraffic();

  private constructor(seed: number) {
    this.unit = seededUnit(seed);
  }

  /** Makes a world, gives it to `act`, and clears it away. */
  static async run(seed: number, act: (world: SimWorld) => Promise<void>): Promise<void> {
    const world = new SimWorld(seed);
    try {
      await act(world);
    } finally {
      await world.#close();
    }
  }

  /** A whole number below `below`. */
  int(below: number): number {
    return Math.floor(this.unit() * below);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.int(items.length)];
    if (item === undefined) throw new RangeError("Cannot pick from nothing");
    return item;
  }

  /** Adds a running node whose clock is wrong by up to four minutes. */
  async add(): Promise<SimNode> {
    const clock = skewed(this.clock, Math.round((2 * this.unit() - 1) * MAX_SKEW_MS));
    const node = new SimNode(this.nodes.length, this.#directory, clock);
    this.nodes.push(node);
    await node.start();
    return node;
  }

  /** Adds so many nodes; gives all there are. */
  async addMany(count: number): Promise<SimNode[]> {
    for (let i = 0; i < count; i++) await this.add();
    return this.nodes;
  }

  /** Lays a cable between two nodes and links them over it. */
  join(a: SimNode, b: SimNode): void {
    const cable: Cable = { a, b, cut: false, links: undefined };
    this.#cables.push(cable);
    this.#link(cable);
  }

  /** Lays cables between all nodes, or all of some. */
  joinAll(nodes: readonly SimNode[] = this.nodes): void {
    for (const [i, a] of nodes.entries()) {
      for (const b of nodes.slice(i + 1)) this.join(a, b);
    }
  }

  /** Cuts cables that fit, for good unless mended. */
  cut(fits: (a: SimNode, b: SimNode) => boolean): void {
    for (const cable of this.#cables) {
      if (!fits(cable.a, cable.b) && !fits(cable.b, cable.a)) continue;
      cable.cut = true;
      this.#unlink(cable);
    }
  }

  /** Mends all cables; links come back in a while. */
  mend(): void {
    for (const cable of this.#cables) {
      if (!cable.cut) continue;
      cable.cut = false;
      this.#relink(cable);
    }
  }

  /** Breaks a link that stands; it comes back in a while. */
  breakOne(): void {
    const linked = this.#cables.filter(({ links }) => links);
    if (linked.length === 0) return;
    const cable = this.pick(linked);
    this.#unlink(cable);
    this.#relink(cable);
  }

  /** Loses all that one end of a link sends from now on, until both notice. */
  silenceOne(): void {
    const end = this.#pickEnd();
    end?.fallSilent();
    this.clock.after(1 + this.int(UNNOTICED_MS), () => end?.cut());
  }

  /** Brings all that one end of a link sends from now on twice. */
  repeatOne(): void {
    this.#pickEnd()?.stutter();
  }

  #pickEnd(): SimLink | undefined {
    const ends = this.#cables.flatMap(({ links }) => links ?? []);
    return ends.length > 0 ? this.pick(ends) : undefined;
  }

  /**
   * Takes a node down as a power cut does: what was under way on its links is lost, and of what it
   * was writing, parts are on its disk.
   */
  async crash(node: SimNode): Promise<void> {
    const files = tear(node.directory, node.store, this.unit);
    for (const cable of this.#cablesOf(node)) this.#unlink(cable);
    await node.stop();
    putBack(node.directory, files);
  }

  async restart(node: SimNode): Promise<void> {
    await node.start();
    for (const cable of this.#cablesOf(node)) this.#relink(cable);
  }

  /** Goes on for `ms`, each timer with all that follows from it. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    await turn();
    for (;;) {
      const next = this.clock.untilNext();
      if (next === undefined || this.clock.now() + next > end) break;
      this.clock.advance(next);
      await turn();
    }
    this.clock.advance(end - this.clock.now());
    await turn();
  }

  /** Goes on until `done`; gives after how many milliseconds, or `undefined` when not within `maxMs`. */
  async until(done: () => boolean, maxMs: number): Promise<number | undefined> {
    const begin = this.clock.now();
    await turn();
    while (!done()) {
      const next = this.clock.untilNext();
      if (next === undefined || this.clock.now() + next > begin + maxMs) return undefined;
      this.clock.advance(next);
      await turn();
    }
    return this.clock.now() - begin;
  }

  /** Whether all nodes are up and hold the same. */
  get isEven(): boolean {
    const [first] = this.nodes;
    if (!this.nodes.every(({ isUp }) => isUp)) return false;
    return this.nodes.every((node) => node.digest === first?.digest);
  }

  /** All that went over links so far. */
  get traffic(): Traffic {
    const total = { ...this.#past };
    for (const { links } of this.#cables) {
      for (const { sent } of links ?? []) add(total, sent);
    }
    return total;
  }

  #cablesOf(node: SimNode): Cable[] {
    return this.#cables.filter(({ a, b }) => a === node || b === node);
  }

  #link(cable: Cable): void {
    if (cable.cut || cable.links || !cable.a.isUp || !cable.b.isUp) return;
    const base = 1 + this.int(MAX_DELAY_MS / 2);
    const delay = () => base + this.int(base);
    const links = SimLink.pair(this.clock, cable.a.keys, cable.b.keys, delay);
    cable.links = links;
    for (const link of links) {
      void link.closed.then(() => {
        if (cable.links !== links) return;
        this.#unlink(cable);
        this.#relink(cable);
      });
    }
    cable.a.meetings.addLink(links[0]);
    cable.b.meetings.addLink(links[1]);
  }

  #unlink(cable: Cable): void {
    for (const { sent } of cable.links ?? []) add(this.#past, sent);
    const links = cable.links;
    cable.links = undefined;
    links?.[0].cut();
  }

  #relink(cable: Cable): void {
    this.clock.after(1 + this.int(RECONNECT_MS), () => this.#link(cable));
  }

  async #close(): Promise<void> {
    for (const cable of this.#cables) this.#unlink(cable);
    for (const node of this.nodes) if (node.isUp) await node.stop();
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

function add(total: Traffic, sent: Traffic): void {
  total.messages += sent.messages;
  total.bytes += sent.bytes;
  total.presences += sent.presences;
  total.presenceBytes += sent.presenceBytes;
}

function skewed(clock: Clock, ms: number): Clock {
  return {
    now: () => clock.now() + ms,
    after: (...args) => clock.after(...args),
    every: (...args) => clock.every(...args),
  };
}
