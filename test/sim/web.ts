import {
  ALL,
  type Choosable,
  choose,
  type Circle,
  FULL_MESH,
  MAX_LINKS,
  spareLink,
} from "../../core/net/choice.ts";
import { seededUnit } from "../fakes/random.ts";

/** Rounds for which one that refused is not asked again. */
const BACKOFF_ROUNDS = 4;

/** One node as another one knows it. */
interface Known extends Choosable {
  readonly node: number;
  isThere: boolean;
  isReady: boolean;
  failures: number;
  /** Not asked again before this round. */
  readyAt: number;
}

interface Node {
  readonly circles: readonly Circle[];
  /** Whom discovery found. */
  readonly known: Map<number, Known>;
  /** The oldest first. */
  readonly links: Set<number>;
}

/** How a web is made. */
export interface WebShape {
  readonly nodes: number;
  /** How many nodes each one finds of all, and besides all of its own circles. */
  readonly finds: number;
  /** Of each circle: how many are in it, by chance. */
  readonly circles: readonly number[];
}

/** Nodes that choose whom to link with, in rounds, as the mesh does; without time, addresses or bytes. */
export class Web {
  readonly #nodes = new Map<number, Node>();
  readonly #unit: () => number;
  #round = 0;

  constructor({ nodes, finds, circles }: WebShape, seed: number) {
    this.#unit = seededUnit(seed);
    const all = Array.from({ length: nodes }, (_, n) => n);
    const members = circles.map((size) => new Set(this.#shuffled(all).slice(0, size)));
    const circlesOf = (n: number) =>
      members.flatMap((nodes, circle) => nodes.has(n) ? [`circle ${circle}`] : []);
    for (const n of all) {
      this.#nodes.set(n, { circles: circlesOf(n), known: new Map(), links: new Set() });
    }
    for (const [n, { circles, known }] of this.#nodes) {
      const near = members.filter((nodes) => nodes.has(n)).flatMap((nodes) => [...nodes]);
      for (const other of new Set([...this.#shuffled(all).slice(0, finds), ...near])) {
        if (other === n) continue;
        known.set(other, {
          node: other,
          rank: this.#unit(),
          circles: [ALL, ...circlesOf(other).filter((circle) => circles.includes(circle))],
          isThere: false,
          isReady: true,
          failures: 0,
          chosenFor: new Set(),
          readyAt: 0,
        });
      }
    }
  }

  /** How many links each node has. */
  get degrees(): number[] {
    return [...this.#nodes.values()].map(({ links }) => links.size);
  }

  /** The circles with members. */
  get circles(): Circle[] {
    return [...new Set([...this.#nodes.values()].flatMap(({ circles }) => circles))];
  }

  /** Every node looks at whom it knows, chooses and dials, in any order; gives how many links came of it. */
  round(): number {
    this.#round++;
    let made = 0;
    for (const n of this.#shuffled([...this.#nodes.keys()])) {
      const { known, links } = this.#at(n);
      for (const one of known.values()) {
        one.isThere = links.has(one.node);
        one.isReady = one.readyAt <= this.#round;
      }
      if (1 + new Set([...links, ...known.keys()]).size > FULL_MESH) choose([...known.values()]);
      else for (const { chosenFor } of known.values()) chosenFor.add(ALL);
      for (const one of known.values()) {
        if (one.chosenFor.size === 0 || links.has(one.node) || !one.isReady) continue;
        if (this.#link(n, one.node)) made++;
        else {
          one.failures++;
          one.readyAt = this.#round + BACKOFF_ROUNDS;
        }
      }
    }
    return made;
  }

  /** Nodes go by chance, with all their links, and discovery hears of it. */
  leave(share: number): void {
    for (const n of [...this.#nodes.keys()]) if (this.#unit() < share) this.#remove(n);
  }

  /** Whether the nodes of a circle, or all of them, hang together by links among themselves; and the hops. */
  hangsTogether(circle: Circle = ALL): { readonly whole: boolean; readonly hops: number } {
    const isIn = (n: number) => circle === ALL || this.#at(n).circles.includes(circle);
    const all = [...this.#nodes.keys()].filter(isIn);
    const reached = new Set(all.slice(0, 1));
    let hops = 0;
    for (let edge = [...reached]; edge.length > 0;) {
      const next = new Set(edge.flatMap((n) => [...this.#at(n).links]))
        .difference(reached);
      edge = [...next].filter(isIn);
      for (const n of edge) reached.add(n);
      if (edge.length > 0) hops++;
    }
    return { whole: reached.size === all.length, hops };
  }

  #link(from: number, to: number): boolean {
    for (const [one, other] of [[from, to], [to, from]] as const) {
      const { links } = this.#at(one);
      links.add(other);
      if (links.size <= MAX_LINKS) continue;
      const spare = spareLink([...links].map((node) => this.#standing(one, node)));
      if (spare) this.#cut(one, spare.node);
    }
    return this.#at(from).links.has(to);
  }

  #standing(n: number, node: number) {
    const { circles, known } = this.#at(n);
    return {
      node,
      circles: this.#at(node).circles.filter((circle) => circles.includes(circle)),
      isChosen: (known.get(node)?.chosenFor.size ?? 0) > 0,
    };
  }

  #cut(one: number, other: number): void {
    this.#at(one).links.delete(other);
    this.#at(other).links.delete(one);
  }

  #remove(n: number): void {
    for (const other of [...this.#at(n).links]) this.#cut(n, other);
    this.#nodes.delete(n);
    for (const { known } of this.#nodes.values()) known.delete(n);
  }

  #at(n: number): Node {
    const node = this.#nodes.get(n);
    if (!node) throw new RangeError(`Cannot find node ${n}`);
    return node;
  }

  #shuffled<T>(items: readonly T[]): T[] {
    return items.map((item) => [this.#unit(), item] as const)
      .sort(([a], [b]) => a - b).map(([, item]) => item);
  }
}
