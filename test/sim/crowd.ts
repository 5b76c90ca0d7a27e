import type { PeerId } from "../../core/base/ids.ts";
import { Relay } from "../../core/sync/relay.ts";
import { BEAT_MS, REPAIR_BEATS } from "../../core/sync/timing.ts";
import { seededUnit } from "../fakes/random.ts";
import { peerId } from "../fakes/tab.ts";

/** The time a message takes over a link: half of it to one and a half, by chance, in milliseconds. */
const HOP_MS = 6;
/** An envelope with a short message, sealed in a frame, in bytes. */
const ENVELOPE_BYTES = 330;
/** A `relay` message about one author, sealed in a frame, in bytes. */
const RELAY_BYTES = 75;

/** How a crowd is linked. */
export interface CrowdShape {
  readonly nodes: number;
  /** Links of each node, or about; all with all where there are no more others than that. */
  readonly degree: number;
}

/** What became of one post. */
export interface Spread {
  /** Of pushes and of `relay` messages, by all nodes. */
  readonly messages: number;
  readonly bytes: number;
  /** Nodes that had it by pushes alone. */
  readonly pushed: number;
  /** Links to the farthest of these. */
  readonly hops: number;
  /** Until the last of these had it, in milliseconds. */
  readonly ms: number;
  /** Until the last one of all had it, repairs and all, in milliseconds. */
  readonly allMs: number;
}

interface Post {
  readonly author: number;
  readonly number: number;
}

type Parcel =
  | { readonly type: "post"; readonly post: Post; readonly hops: number }
  | { readonly type: "prune"; readonly author: number };

/** Something that a node sends. */
type Sent = readonly [to: number, parcel: Parcel];

interface Due {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly parcel: Parcel;
}

interface Node {
  readonly relay: Relay;
  readonly links: Set<number>;
  /** The posts it holds. */
  readonly held: Set<number>;
}

/**
 * Thousands of nodes in one process, each with the relay that is shipped and a set of numbers for a store, on a
 * virtual clock. What it leaves out (signatures, documents, disks) is told by the stories of whole nodes.
 */
export class Crowd {
  readonly #nodes: Node[];
  readonly #unit: () => number;
  readonly #ids: readonly PeerId[];
  readonly #numbers: ReadonlyMap<PeerId, number>;
  #posts = 0;

  constructor({ nodes, degree }: CrowdShape, seed: number) {
    this.#unit = seededUnit(seed);
    this.#ids = Array.from({ length: nodes }, (_, n) => peerId(n));
    this.#numbers = new Map(this.#ids.map((id, n) => [id, n]));
    this.#nodes = this.#ids.map(() => ({
      relay: new Relay(),
      links: new Set(),
      held: new Set(),
    }));
    if (nodes - 1 <= degree) {
      for (let a = 0; a < nodes; a++) for (let b = 0; b < a; b++) this.#link(a, b);
    } else {
      // A ring, so that all hang together, and links by chance.
      for (let a = 0; a < nodes; a++) this.#link(a, (a + 1) % nodes);
      for (let left = nodes * (degree / 2 - 1); left > 0; left--) {
        const [a, b] = [this.#any(), this.#any()];
        if (a !== b) this.#link(a, b);
      }
    }
  }

  /** Any node. */
  get someone(): number {
    return this.#any();
  }

  /** The number of links. */
  get links(): number {
    return this.#nodes.reduce((sum, { links }) => sum + links.size, 0) / 2;
  }

  /**
   * One node posts; `cut` is the share of links that break meanwhile, and lose what is under way on them.
   */
  post(author: number, cut = 0): Spread {
    const post: Post = { author, number: this.#posts++ };
    const due = new Timeline();
    const total = { messages: 0, bytes: 0, pushed: 1, hops: 0, ms: 0 };
    const broken = this.#broken(cut);
    const send = (at: number, from: number, to: number, parcel: Parcel) => {
      total.messages++;
      total.bytes += parcel.type === "post" ? ENVELOPE_BYTES : RELAY_BYTES;
      if (!broken.has(pair(from, to))) {
        due.add({ at: at + HOP_MS * (0.5 + this.#unit()), from, to, parcel });
      }
    };
    this.#at(author).held.add(post.number);
    for (const to of this.#at(author).links) send(0, author, to, { type: "post", post, hops: 1 });
    let now = 0;
    for (let next = due.take(); next; next = due.take()) {
      const { at, from, to, parcel } = next;
      now = at;
      if (parcel.type === "post" && !this.#at(to).held.has(post.number)) {
        total.pushed++;
        total.hops = Math.max(total.hops, parcel.hops);
        total.ms = at;
      }
      for (const [target, answer] of this.#take(from, to, parcel)) send(at, to, target, answer);
    }
    this.#mend(broken);
    return { ...total, allMs: this.#repair(post, total.ms, now) };
  }

  /** Gives a parcel to a node; gives what that sends thereupon. */
  #take(from: number, to: number, parcel: Parcel): Sent[] {
    const { relay, held } = this.#at(to);
    if (parcel.type === "prune") {
      relay.wants(this.#id(from), this.#id(parcel.author), false);
      return [];
    }
    const { post: { author, number }, hops } = parcel;
    if (held.has(number)) {
      const pruned = relay.again(this.#id(author), this.#id(from));
      return pruned === null ? [] : [[this.#number(pruned), { type: "prune", author }]];
    }
    held.add(number);
    const next: Parcel = { type: "post", post: parcel.post, hops: hops + 1 };
    return relay.first(this.#id(author), this.#id(from))
      .map((peer): Sent => [this.#number(peer), next]);
  }

  /** After enough beats that differ, who lacks it has it from any linked one that does not, wave after wave. */
  #repair({ author, number }: Post, pushedMs: number, now: number): number {
    let lacking = this.#nodes.flatMap(({ held }, n) => held.has(number) ? [] : [n]);
    let ms = pushedMs;
    for (let wave = 1; lacking.length > 0; wave++) {
      const got: [number, number][] = [];
      for (const n of lacking) {
        for (const other of this.#at(n).links) {
          if (!this.#at(other).held.has(number)) continue;
          got.push([n, other]);
          break;
        }
      }
      for (const [n, other] of got) {
        const { relay, held } = this.#at(n);
        held.add(number);
        if (relay.repaired(this.#id(author), this.#id(other))) {
          this.#at(other).relay.wants(this.#id(n), this.#id(author), true);
        }
      }
      ms = now + wave * REPAIR_BEATS * BEAT_MS;
      lacking = lacking.filter((n) => !this.#at(n).held.has(number));
    }
    return ms;
  }

  /** A share of the links, by chance. */
  #broken(share: number): ReadonlySet<number> {
    const broken = new Set<number>();
    if (share === 0) return broken;
    for (const [a, { links }] of this.#nodes.entries()) {
      for (const b of links) if (b < a && this.#unit() < share) broken.add(pair(a, b));
    }
    return broken;
  }

  /** Links that broke are noticed, and come back as new ones. */
  #mend(broken: ReadonlySet<number>): void {
    for (const key of broken) {
      const [a, b] = [Math.floor(key / SIDES), key % SIDES];
      for (const [one, other] of [[a, b], [b, a]] as const) {
        const { relay } = this.#at(one);
        for (const [author, peer] of relay.remove(this.#id(other))) {
          this.#at(this.#number(peer)).relay.wants(this.#id(one), author, true);
        }
        relay.add(this.#id(other));
      }
    }
  }

  #link(a: number, b: number): void {
    for (const [one, other] of [[a, b], [b, a]] as const) {
      this.#at(one).links.add(other);
      this.#at(one).relay.add(this.#id(other));
    }
  }

  #any(): number {
    return Math.floor(this.#unit() * this.#nodes.length);
  }

  #at(n: number): Node {
    const node = this.#nodes[n];
    if (!node) throw new RangeError(`Cannot find node ${n}`);
    return node;
  }

  #id(n: number): PeerId {
    const id = this.#ids[n];
    if (!id) throw new RangeError(`Cannot find node ${n}`);
    return id;
  }

  #number(id: PeerId): number {
    const n = this.#numbers.get(id);
    if (n === undefined) throw new RangeError(`Cannot find ${id}`);
    return n;
  }
}

const SIDES = 2 ** 20;

/** A link, whichever side names it. */
const pair = (a: number, b: number): number => Math.max(a, b) * SIDES + Math.min(a, b);

/** What is under way, by the time at which it comes; in slots of a millisecond. */
class Timeline {
  readonly #slots: Due[][] = [];
  #slot = 0;
  #next = 0;

  add(due: Due): void {
    (this.#slots[Math.floor(due.at)] ??= []).push(due);
  }

  take(): Due | undefined {
    for (; this.#slot < this.#slots.length; this.#slot++, this.#next = 0) {
      const due = this.#slots[this.#slot]?.[this.#next];
      if (due) {
        this.#next++;
        return due;
      }
    }
    return undefined;
  }
}
