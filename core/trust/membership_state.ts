import type { EntryHash, PeerId } from "../base/ids.ts";
import { ROLES } from "../base/role.ts";
import { Bits } from "./bits.ts";
import { uniteCuts, WHOLE_CUT } from "./cut.ts";
import { type Cut, type Identity, MAX_MEMBERS, type Seal } from "./entry_body.ts";
import { EntryGraph } from "./entry_graph.ts";
import { TargetIndex } from "./entry_targets.ts";
import type { Epoch, EpochSeal, Former, InviteState, Member } from "./member_views.ts";
import { Resolver } from "./resolver.ts";
import { standingOf } from "./standing.ts";

/** Reads off what the entries that count say, all of them together. */
export class MembershipState {
  readonly #graph: EntryGraph;
  readonly #targets: TargetIndex;
  readonly #alive: Bits;
  readonly #all: Bits;

  constructor(graph: EntryGraph, targets: TargetIndex, alive: Bits) {
    this.#graph = graph;
    this.#targets = targets;
    this.#alive = alive;
    this.#all = graph.all();
  }

  /** The members, the most senior first; {@linkcode MAX_MEMBERS} at most. */
  members(): ReadonlyMap<PeerId, Member> {
    const verdicts = { alive: this.#alive, open: new Bits(this.#graph.size) };
    const ranked = [...this.#targets.peers].map((peer) => ({
      peer,
      ...standingOf(this.#graph, this.#targets, verdicts, peer, this.#all),
    })).filter(({ since }) => since >= 0).toSorted((a, b) => a.since - b.since);
    return new Map(
      ranked.slice(0, MAX_MEMBERS).map(({ peer, least, since }) => [peer, {
        peer,
        role: ROLES[least]!,
        identity: this.#identityIn(since),
        since: this.#hash(since),
      }]),
    );
  }

  #identityIn(n: number): Identity {
    const { body } = this.#graph.entries[n]!.entry;
    if (body.type === "create") return body.founder;
    if (body.type === "join") return body.identity;
    throw new Error("Cannot read the log: a membership without a join");
  }

  /** Those who were members and are not in `members`. */
  formers(members: ReadonlyMap<PeerId, Member>): ReadonlyMap<PeerId, Former> {
    const formers = new Map<PeerId, Former>();
    for (const peer of this.#targets.peers) {
      const { joins, ends } = this.#targets.of(peer);
      const last = [...new Bits(ends).meet(this.#alive)].at(-1);
      if (members.has(peer) || last === undefined || !joins.touches(this.#alive)) continue;
      const by = this.#graph.entries[last]!.entry.author;
      formers.set(peer, { peer, by, cut: this.cutFor(peer) ?? WHOLE_CUT });
    }
    return formers;
  }

  /** The cut under which counts what counts by any removal or lowering of a peer; `null` without any. */
  cutFor(peer: PeerId): Cut | null {
    const { ends, roles } = this.#targets.of(peer);
    const cuts = [...new Bits(ends).join(roles).meet(this.#alive)].flatMap((n): Cut[] => {
      const { body } = this.#graph.entries[n]!.entry;
      if (body.type === "join") return [WHOLE_CUT];
      return (body.type === "remove" || body.type === "role") && body.cut ? [body.cut] : [];
    });
    return cuts.length > 0 ? uniteCuts(cuts) : null;
  }

  invites(members: ReadonlyMap<PeerId, Member>): readonly InviteState[] {
    return this.#graph.entries.flatMap(({ hash, entry: { author, body } }, n): InviteState[] => {
      if (body.type !== "invite") return [];
      const { door, role, expiresAt } = body;
      const key = body.key.toHex();
      const usedBy = this.#usedBy(key, n);
      const holds = this.#alive.has(n) && members.get(author)?.role === "admin";
      const state = usedBy !== null ? "used" : holds ? "open" : "dead";
      return [{ entry: hash, key, door, role, expiresAt, by: author, state, usedBy }];
    });
  }

  #usedBy(key: string, invite: number): PeerId | null {
    if (!this.#alive.has(invite)) return null;
    const join = this.#targets.joinsBy(key).firstIn(this.#alive);
    if (join < 0) return null;
    const { body } = this.#graph.entries[join]!.entry;
    return body.type === "join" ? body.identity.peer : null;
  }

  /**
   * The epochs, the current one first: the others in the order in which they would take its place, behind them those
   * that do not count: of who was let in then, some may have no other key.
   */
  epochs(): readonly Epoch[] {
    const begun = begunIn(this.#graph);
    const seals = new Map(begun.map((n) => [n, this.#sealsIn(n)]));
    for (const n of this.#alive) {
      if (this.#graph.entries[n]!.entry.body.type !== "join") continue;
      const then = this.#currentFor(n, begun);
      if (then !== undefined) seals.get(then)!.push(...this.#sealsIn(n));
    }
    const [counting, others] = [true, false]
      .map((counts) => begun.filter((n) => this.#alive.has(n) === counts));
    return [...counting!, ...others!].map((n) => ({
      id: this.#hash(n),
      by: this.#graph.entries[n]!.entry.author,
      seals: seals.get(n)!,
    }));
  }

  /** The epoch that was current among the ancestors of an entry, whose author knew no more. */
  #currentFor(n: number, begun: readonly number[]): number | undefined {
    const ancestors = this.#graph.ancestors[n]!;
    const newest = begun.find((epoch) => ancestors.has(epoch));
    if (newest === undefined || this.#alive.has(newest)) return newest;
    const { space } = this.#graph.entries[n]!;
    const known = [...ancestors].map((number) => this.#graph.entries[number]!);
    const graph = new EntryGraph(space, known);
    const alive = new Resolver(graph, new TargetIndex(graph)).resolve();
    const then = begunIn(graph).find((epoch) => alive.has(epoch));
    return then === undefined ? undefined : this.#graph.numberOf(graph.entries[then]!.hash);
  }

  #sealsIn(n: number): EpochSeal[] {
    const { hash, entry: { body } } = this.#graph.entries[n]!;
    const seals: readonly Seal[] = "seals" in body ? body.seals : [];
    return seals.map((seal) => ({ ...seal, entry: hash }));
  }

  /** Whether someone may hold the current key who is no member, or some member may not hold it. */
  rekeyDue(members: ReadonlyMap<PeerId, Member>, current: Epoch): boolean {
    const epoch = this.#graph.numberOf(current.id)!;
    const known = new Bits(this.#graph.ancestors[epoch]!).add(epoch);
    for (const peer of this.#targets.peers) {
      if (!new Bits(this.#targets.of(peer).ends).meet(this.#alive).isWithin(known)) return true;
    }
    const holders = new Set([current.by, ...current.seals.map(({ peer }) => peer)]);
    return [...members.keys()].some((peer) => !holders.has(peer));
  }

  #hash(n: number): EntryHash {
    return this.#graph.entries[n]!.hash;
  }
}

/** The entries that begin an epoch, whether they count or not, the newest first. */
function begunIn({ entries }: EntryGraph): number[] {
  return entries.flatMap(({ entry: { body } }, n) =>
    body.type === "create" || begins(body) ? [n] : []
  ).toReversed();
}

function begins(body: { readonly type: string; readonly seals?: readonly Seal[] }): boolean {
  return (body.type === "remove" || body.type === "rekey") && (body.seals?.length ?? 0) > 0;
}
