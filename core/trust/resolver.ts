import { rankOf } from "../base/role.ts";
import type { PeerId } from "../base/ids.ts";
import { Bits } from "./bits.ts";
import type { JoinBody } from "./entry_body.ts";
import type { EntryGraph } from "./entry_graph.ts";
import { isLeaving, rankNeeded } from "./entry_needs.ts";
import type { TargetIndex } from "./entry_targets.ts";
import { NO_RANK, type Standing, standingOf, type Verdicts } from "./standing.ts";
import { waitingCircle } from "./waiting_circle.ts";

/** Whether a condition holds whatever the open entries turn out to be, or may hold. */
interface Chance {
  readonly sure: boolean;
  readonly possible: boolean;
}

const ADMIN = rankOf("admin");

/**
 * Tells which entries of a log count. An entry is decided as soon as it is certain whatever the others turn
 * out to be; where some wait for each other in a circle, seniority decides. PROTOCOL.md, MEMB-6 and MEMB-8.
 */
export class Resolver {
  readonly #graph: EntryGraph;
  readonly #targets: TargetIndex;
  /** Invariant: each entry is in `alive`, in `open`, or dead. */
  readonly #verdicts: Verdicts;
  /** By entry: those of which one that counts is the end of it. */
  readonly #threats: readonly Bits[];
  /** By entry: all others on which its verdict depends. */
  readonly #waitsFor: readonly Bits[];

  constructor(graph: EntryGraph, targets: TargetIndex) {
    this.#graph = graph;
    this.#targets = targets;
    this.#verdicts = { alive: new Bits(graph.size), open: graph.all() };
    const written = writtenBy(graph);
    this.#threats = graph.entries.map((_, n) => this.#threatsTo(n, written));
    this.#waitsFor = graph.entries.map((_, n) => this.#concernOf(n).join(this.#threats[n]!));
  }

  /** The entries that count. */
  resolve(): Bits {
    const { open, alive } = this.#verdicts;
    this.#settle(null);
    while (!open.isEmpty) {
      const chosen = this.#mostSenior(waitingCircle(open, this.#waitsFor));
      const news = new Bits(open);
      // Whoever could be the end of what now counts must not count, or both would.
      open.drop(this.#threats[chosen]!);
      open.delete(chosen);
      alive.add(chosen);
      this.#settle(news.drop(open));
    }
    return alive;
  }

  /** Decides what can be decided now that `news` were (`null`: for the first time), until nothing changes. */
  #settle(news: Bits | null): void {
    const { open, alive } = this.#verdicts;
    for (let known = news; !known?.isEmpty;) {
      const decided = new Bits(this.#graph.size);
      for (const n of new Bits(open)) {
        if (known && !this.#waitsFor[n]!.touches(known)) continue;
        const { sure, possible } = this.#chanceOf(n);
        if (possible && !sure) continue;
        open.delete(n);
        if (sure) alive.add(n);
        known?.add(n);
        decided.add(n);
      }
      known = decided;
    }
  }

  #chanceOf(n: number): Chance {
    const { open, alive } = this.#verdicts;
    const threats = this.#threats[n]!;
    if (threats.touches(alive)) return { sure: false, possible: false };
    const { sure, possible } = this.#rightOf(n);
    return { sure: sure && !threats.touches(open), possible };
  }

  /** Whether the author of an entry has the right to it by what the entry rests on. */
  #rightOf(n: number): Chance {
    const { entry } = this.#graph.entries[n]!;
    const { author, body } = entry;
    if (body.type === "create") return { sure: true, possible: true };
    const right = atLeast(this.#standing(author, n), rankNeeded(entry));
    if (body.type !== "join" || !right.possible) return right;
    const newcomer = this.#standing(body.identity.peer, n);
    const isFree = { sure: newcomer.most === NO_RANK, possible: newcomer.least === NO_RANK };
    return both(both(right, isFree), this.#invitation(n, entry.at, body));
  }

  /** Whether a join needs no invite, or one holds for it. */
  #invitation(n: number, at: number, { invite, role, identity }: JoinBody): Chance {
    if (!invite) return { sure: true, possible: true };
    const { open, alive } = this.#verdicts;
    const before = this.#graph.ancestors[n]!;
    const ends = new Bits(this.#targets.of(identity.peer).ends).meet(before);
    const sureEnds = new Bits(ends).meet(alive);
    ends.meet(new Bits(alive).join(open));
    let [sure, possible] = [false, false];
    for (const i of new Bits(this.#targets.invites(invite.key.toHex())).meet(before)) {
      const { author, body } = this.#graph.entries[i]!.entry;
      if (body.type !== "invite" || body.role !== role || at > body.expiresAt) continue;
      if (!alive.has(i) && !open.has(i)) continue;
      const inviter = atLeast(this.#standing(author, n), ADMIN);
      possible ||= inviter.possible && sureEnds.isWithin(this.#graph.ancestors[i]!);
      sure ||= inviter.sure && alive.has(i) && ends.isWithin(this.#graph.ancestors[i]!);
    }
    return { sure, possible };
  }

  #standing(peer: PeerId, n: number): Standing {
    const before = this.#graph.ancestors[n]!;
    return standingOf(this.#graph, this.#targets, this.#verdicts, peer, before);
  }

  /** Of a circle, the entry with a certain right whose author became a member first, then the first entry. */
  #mostSenior(circle: readonly number[]): number {
    const { entries } = this.#graph;
    const ranked = circle.filter((n) => this.#rightOf(n).sure)
      .map((n) => ({ n, since: this.#standing(entries[n]!.entry.author, n).since }))
      .toSorted((a, b) => a.since - b.since || a.n - b.n);
    const [first] = ranked;
    // The one of them that rests on none of the others waits for nothing that decides its right.
    if (!first) throw new Error("Cannot resolve the log: no entry of a circle has a certain right");
    return first.n;
  }

  #threatsTo(n: number, written: ReadonlyMap<PeerId, Bits>): Bits {
    const { entry } = this.#graph.entries[n]!;
    const { removals, roles } = this.#targets.of(entry.author);
    const threats = new Bits(removals);
    for (const role of roles) if (this.#targets.ranks[role]! < rankNeeded(entry)) threats.add(role);
    threats.drop(this.#graph.ancestors[n]!).drop(this.#graph.descendants[n]!);
    threats.delete(n);
    // Of one's own attempts to leave at the same time the first counts.
    if (isLeaving(entry)) {
      for (const own of new Bits(threats).meet(written.get(entry.author)!)) {
        if (own > n) threats.delete(own);
      }
    }
    return threats.join(this.#rivalsOf(n));
  }

  /** The earlier entries that use up the same thing, of which only one can count: an invite, or a successor. */
  #rivalsOf(n: number): Bits {
    const { author, body } = this.#graph.entries[n]!.entry;
    const rivals = new Bits(this.#graph.size);
    if (body.type !== "join") return rivals;
    if (body.invite) rivals.join(this.#targets.joinsBy(body.invite.key.toHex()));
    if (body.replaces !== null) {
      const { ends, removals } = this.#targets.of(author);
      rivals.join(ends).drop(removals);
    }
    for (const rival of new Bits(rivals)) if (rival >= n) rivals.delete(rival);
    return rivals;
  }

  /** What an entry rests on that may decide whether its author has the right. */
  #concernOf(n: number): Bits {
    const { author, body } = this.#graph.entries[n]!.entry;
    const concern = new Bits(this.#targets.of(author).all);
    if (body.type === "join") {
      concern.join(this.#targets.of(body.identity.peer).all);
      const invites = this.#targets.invites(body.invite?.key.toHex() ?? "");
      for (const i of invites) {
        concern.join(this.#targets.of(this.#graph.entries[i]!.entry.author).all);
      }
      concern.join(invites);
    }
    return concern.meet(this.#graph.ancestors[n]!);
  }
}

function atLeast({ least, most }: Standing, rank: number): Chance {
  return { sure: least >= rank, possible: most >= rank };
}

function both(a: Chance, b: Chance): Chance {
  return { sure: a.sure && b.sure, possible: a.possible && b.possible };
}

function writtenBy(graph: EntryGraph): ReadonlyMap<PeerId, Bits> {
  const written = new Map<PeerId, Bits>();
  graph.entries.forEach(({ entry: { author } }, n) => {
    const bits = written.get(author) ?? new Bits(graph.size);
    written.set(author, bits.add(n));
  });
  return written;
}
