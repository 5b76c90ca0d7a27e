import type { PeerId } from "../base/ids.ts";
import { rankOf } from "../base/role.ts";
import { Bits } from "./bits.ts";
import type { EntryBody } from "./entry_body.ts";
import type { EntryGraph } from "./entry_graph.ts";

/** The entries that speak of one peer, whether they count or not. */
export interface Targets {
  /** Those that make it a member: joins, and the create entry. */
  readonly joins: Bits;
  /** Those that remove it, leaving included. */
  readonly removals: Bits;
  /** Those that end its membership: the removals, and joins by which another device takes its place. */
  readonly ends: Bits;
  /** Those that give it a role. */
  readonly roles: Bits;
  /** Joins, ends and roles. */
  readonly all: Bits;
}

/** Who an entry speaks of, by number and by peer. */
export class TargetIndex {
  readonly #size: number;
  readonly #none: Targets;
  readonly #peers = new Map<PeerId, Targets>();
  readonly #invites = new Map<string, Bits>();
  readonly #joinsByInvite = new Map<string, Bits>();
  /** The rank that a join, create or role entry gives. */
  readonly ranks: Int8Array;

  constructor(graph: EntryGraph) {
    this.#size = graph.size;
    this.#none = this.#fresh();
    this.ranks = new Int8Array(graph.size);
    graph.entries.forEach(({ entry: { author, body } }, n) => this.#add(n, author, body));
  }

  /** Every peer that some entry speaks of. */
  get peers(): Iterable<PeerId> {
    return this.#peers.keys();
  }

  of(peer: PeerId): Targets {
    return this.#peers.get(peer) ?? this.#none;
  }

  /** The invite entries with this public key (hex). */
  invites(key: string): Bits {
    return this.#invites.get(key) ?? this.#none.all;
  }

  /** The joins by this invite's key (hex). */
  joinsBy(key: string): Bits {
    return this.#joinsByInvite.get(key) ?? this.#none.all;
  }

  #add(n: number, author: PeerId, body: EntryBody): void {
    switch (body.type) {
      case "create":
        this.ranks[n] = rankOf("admin");
        return this.#mark(n, author, "joins");
      case "invite":
        return this.#note(this.#invites, body.key.toHex(), n);
      case "join":
        this.ranks[n] = rankOf(body.role);
        if (body.invite) this.#note(this.#joinsByInvite, body.invite.key.toHex(), n);
        if (body.replaces !== null) this.#mark(n, body.replaces, "ends");
        return this.#mark(n, body.identity.peer, "joins");
      case "role":
        this.ranks[n] = rankOf(body.role);
        return this.#mark(n, body.peer, "roles");
      case "remove":
        this.#mark(n, body.peer, "removals");
        return this.#mark(n, body.peer, "ends");
      case "rekey":
        return;
    }
  }

  #mark(n: number, peer: PeerId, kind: "joins" | "removals" | "ends" | "roles"): void {
    let targets = this.#peers.get(peer);
    if (!targets) this.#peers.set(peer, targets = this.#fresh());
    targets[kind].add(n);
    targets.all.add(n);
  }

  #note(index: Map<string, Bits>, key: string, n: number): void {
    const bits = index.get(key);
    if (bits) bits.add(n);
    else index.set(key, new Bits(this.#size).add(n));
  }

  #fresh(): Targets {
    const [joins, removals, ends, roles, all] = Array.from(
      { length: 5 },
      () => new Bits(this.#size),
    );
    return { joins, removals, ends, roles, all } as Targets;
  }
}
