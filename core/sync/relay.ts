import type { PeerId } from "../base/ids.ts";

/** Authors of whom it is remembered how their envelopes come; the one not heard of for longest makes room. */
export const MAX_RELAYED_AUTHORS = 1024;

/** How the envelopes of one author come here, and who wants them from here. */
interface Ways {
  /** Who sent the newest of them first. */
  from: PeerId | null;
  /** Who asked not to be sent them. */
  readonly unwanted: Set<PeerId>;
  /** Who was asked not to send them. */
  readonly pruned: Set<PeerId>;
}

/** A peer that is to send an author's envelopes again. */
export type Graft = readonly [author: PeerId, peer: PeerId];

/** Another way in place of the one that is no more, if there is one. */
function detour(author: PeerId, ways: Ways): Graft[] {
  const [instead = null] = ways.pruned;
  ways.from = instead;
  if (instead === null) return [];
  ways.pruned.delete(instead);
  return [[author, instead]];
}

/**
 * To whom an envelope is passed on. What is new goes to all linked peers but those who have it another way:
 * whoever is sent it twice prunes that way, so that each author's envelopes come to run along a tree; when a way is
 * cut, or a repair shows that one is missing, it is grafted again. After "Epidemic Broadcast Trees" (Leitão,
 * Pereira, Rodrigues, SRDS 2007), with a tree for each author and the beat in place of lazy pushes.
 * PROTOCOL.md, RELAY. It is pure: it sends nothing itself.
 */
export class Relay {
  readonly #peers = new Set<PeerId>();
  readonly #authors = new Map<PeerId, Ways>();

  /** A peer is linked. */
  add(peer: PeerId): void {
    this.#peers.add(peer);
  }

  /** A peer is linked no more; gives the ways to be grafted in place of those that led over it. */
  remove(peer: PeerId): Graft[] {
    this.#peers.delete(peer);
    const grafts: Graft[] = [];
    for (const [author, ways] of this.#authors) {
      ways.unwanted.delete(peer);
      ways.pruned.delete(peer);
      if (ways.from === peer) grafts.push(...detour(author, ways));
    }
    return grafts;
  }

  /** What is due of an author does not come; gives the way to be grafted in place of the one that it came by. */
  late(author: PeerId): Graft[] {
    const ways = this.#authors.get(author);
    return ways ? detour(author, ways) : [];
  }

  /** An envelope of `author`, which `from` pushed, is new here: to whom it is passed on. */
  first(author: PeerId, from: PeerId): PeerId[] {
    const ways = this.#of(author);
    // One who was asked not to send them may do so before it hears that: the way that was kept stays the way, or
    // the next duplicate would prune that too.
    if (!ways.pruned.has(from)) ways.from = from;
    return [...this.#peers].filter((peer) =>
      peer !== from && peer !== author && !ways.unwanted.has(peer)
    );
  }

  /**
   * An envelope of `author` that `from` pushed was here already: whom to ask not to send that author's any more,
   * if anyone. What an author sends itself is always wanted.
   */
  again(author: PeerId, from: PeerId): PeerId | null {
    const ways = this.#of(author);
    if (ways.from === from) return null;
    const [kept, prune] = from === author || ways.from === null
      ? [from, ways.from]
      : [ways.from, from];
    ways.from = kept;
    if (prune === null || prune === author) return null;
    ways.pruned.add(prune);
    return prune;
  }

  /**
   * A peer does not want, or wants again, what `author` writes. Of authors whose envelopes did not come here there is
   * nothing to remember: names that a peer makes up crowd out no ways.
   */
  wants(peer: PeerId, author: PeerId, wanted: boolean): void {
    const ways = this.#authors.get(author);
    if (wanted) ways?.unwanted.delete(peer);
    else if (this.#peers.has(peer)) ways?.unwanted.add(peer);
  }

  /** A repair with `from` brought what no push did; gives whether `from` is to push that author's again. */
  repaired(author: PeerId, from: PeerId): boolean {
    return this.#authors.get(author)?.pruned.delete(from) ?? false;
  }

  #of(author: PeerId): Ways {
    const known = this.#authors.get(author);
    const ways = known ?? { from: null, unwanted: new Set(), pruned: new Set() };
    if (known) this.#authors.delete(author);
    this.#authors.set(author, ways);
    if (this.#authors.size > MAX_RELAYED_AUTHORS) {
      const [oldest] = this.#authors.keys();
      if (oldest !== undefined) this.#authors.delete(oldest);
    }
    return ways;
  }
}
