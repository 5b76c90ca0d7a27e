import { createHash } from "node:crypto";
import type { EntryHash, PeerId, SpaceId } from "../base/ids.ts";
import { rankOf } from "../base/role.ts";
import type { Bits } from "./bits.ts";
import type { VerifiedEntry } from "./entry.ts";
import { MAX_PARENTS } from "./entry_body.ts";
import { EntryGraph } from "./entry_graph.ts";
import { mayEverCount } from "./entry_hope.ts";
import { TargetIndex } from "./entry_targets.ts";
import type { Deed, Epoch, Former, InviteState, Member, Rights } from "./member_views.ts";
import { MembershipState } from "./membership_state.ts";
import { Resolver } from "./resolver.ts";

/** The least rank for each deed. */
const DEED_RANKS: Readonly<Record<Deed, number>> = {
  leave: rankOf("reader"),
  write: rankOf("member"),
  admit: rankOf("member"),
  invite: rankOf("admin"),
  join: rankOf("admin"),
  role: rankOf("admin"),
  remove: rankOf("admin"),
  rekey: rankOf("admin"),
};

/**
 * Who belongs to a space, by a set of entries of its log: the same for everyone who has the same set, in
 * whatever order they came. Never changes; more entries make another one. PROTOCOL.md, MEMB.
 */
export class Membership {
  readonly space: SpaceId;
  /** The members, the most senior first. */
  readonly members: ReadonlyMap<PeerId, Member>;
  readonly formers: ReadonlyMap<PeerId, Former>;
  readonly invites: readonly InviteState[];
  /** The current one first. */
  readonly epochs: readonly Epoch[];
  /** Whether an admin should begin an epoch: one who was removed may hold the current key, or a member lacks it. */
  readonly rekeyDue: boolean;
  /** What a new entry rests on: the newest entries that count, in ascending order, as many as it can name. */
  readonly parents: readonly EntryHash[];
  readonly #graph: EntryGraph;
  readonly #targets: TargetIndex;
  readonly #alive: Bits;
  readonly #state: MembershipState;

  private constructor(space: SpaceId, entries: readonly VerifiedEntry[]) {
    this.space = space;
    this.#graph = new EntryGraph(space, entries);
    this.#targets = new TargetIndex(this.#graph);
    this.#alive = new Resolver(this.#graph, this.#targets).resolve();
    this.#state = new MembershipState(this.#graph, this.#targets, this.#alive);
    this.members = this.#state.members();
    this.formers = this.#state.formers(this.members);
    this.invites = this.#state.invites(this.members);
    this.epochs = this.#state.epochs();
    const [current] = this.epochs;
    this.rekeyDue = current !== undefined && this.#state.rekeyDue(this.members, current);
    this.parents = this.#graph.headsOf(this.#alive, MAX_PARENTS);
  }

  /** Reads these entries of a space. Those of another space, or whose ancestors are missing, are left out. */
  static of(space: SpaceId, entries: readonly VerifiedEntry[]): Membership {
    return new Membership(space, entries);
  }

  /** The membership by these entries too. */
  with(entries: readonly VerifiedEntry[]): Membership {
    return new Membership(this.space, [...this.#graph.entries, ...entries]);
  }

  /** All entries that hang together, each after what it rests on. */
  get entries(): readonly VerifiedEntry[] {
    return this.#graph.entries;
  }

  /** Hashes that some entry rests on and that are not here, in ascending order. */
  get missing(): readonly EntryHash[] {
    return this.#graph.missing;
  }

  /** The entries on which no other rests, whether they count or not, in ascending order. */
  get heads(): readonly EntryHash[] {
    return this.#graph.headsOf(this.#graph.all());
  }

  has(hash: EntryHash): boolean {
    return this.#graph.numberOf(hash) !== undefined;
  }

  /** Whether an entry is here and counts. */
  isAlive(hash: EntryHash): boolean {
    const number = this.#graph.numberOf(hash);
    return number !== undefined && this.#alive.has(number);
  }

  /**
   * Whether an entry, all of whose parents are here, may ever count: what rests on nothing that gives its
   * author the right never does, whatever comes. A judgement by the entry and its ancestors alone, and so
   * the same for everyone; `false` also while a parent is missing.
   */
  mayEverCount(entry: VerifiedEntry): boolean {
    return entry.space === this.space && mayEverCount(this.#graph, this.#targets, entry);
  }

  /** The name that its founder gave the space; empty while the create entry is not here. */
  get name(): string {
    const body = this.entries[0]?.entry.body;
    return body?.type === "create" ? body.name : "";
  }

  /** Whether the space is the conversation of two. */
  get direct(): boolean {
    const body = this.entries[0]?.entry.body;
    return body?.type === "create" && body.direct;
  }

  /** The peers of {@linkcode members}: those who became members first come first. */
  get seniority(): readonly PeerId[] {
    return [...this.members.keys()];
  }

  /** Whether this peer is no member any more by its own doing. */
  hasLeft(peer: PeerId): boolean {
    return this.formers.get(peer)?.by === peer;
  }

  /** Whether this peer is no member any more by another's doing. */
  wasRemoved(peer: PeerId): boolean {
    return this.formers.has(peer) && !this.hasLeft(peer);
  }

  /** What counts of that which this peer wrote into the space's documents. */
  rights(peer: PeerId): Rights {
    const member = this.members.get(peer);
    const former = this.formers.get(peer);
    if (former) return { type: "cut", cut: former.cut };
    if (!member) return { type: "none" };
    if (member.role !== "reader") return { type: "writer" };
    const cut = this.#state.cutFor(peer);
    return cut ? { type: "cut", cut } : { type: "reader" };
  }

  /** Whether an entry for this deed would count, written by this peer on top of what is here. */
  may(peer: PeerId, deed: Deed): boolean {
    const member = this.members.get(peer);
    return member !== undefined && rankOf(member.role) >= DEED_RANKS[deed];
  }

  /** SHA-256 over `earshot/log/1` and the hashes of all entries that are here, in ascending order. */
  digest(): Uint8Array {
    const hash = createHash("sha256").update("earshot/log/1");
    for (const entry of this.entries.map((entry) => entry.hash).toSorted()) {
      hash.update(entry, "hex");
    }
    return new Uint8Array(hash.digest());
  }
}
