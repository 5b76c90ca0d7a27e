import type { EntryHash, PeerId, SpaceId } from "../base/ids.ts";

/** What of each membership log peers are known to hold, since this node started. */
export class HeardEntries {
  readonly #spaces = new Map<SpaceId, Map<PeerId, Set<EntryHash>>>();

  /** Unknown is `undefined`. */
  of(space: SpaceId, peer: PeerId): ReadonlySet<EntryHash> | undefined {
    return this.#spaces.get(space)?.get(peer);
  }

  add(space: SpaceId, peer: PeerId, hashes: Iterable<EntryHash>): void {
    let peers = this.#spaces.get(space);
    if (!peers) this.#spaces.set(space, peers = new Map());
    const heard = peers.get(peer);
    if (!heard) peers.set(peer, new Set(hashes));
    else for (const hash of hashes) heard.add(hash);
  }

  /** Forgets all of a space that is no longer here. */
  drop(space: SpaceId): void {
    this.#spaces.delete(space);
  }

  get spaces(): SpaceId[] {
    return [...this.#spaces.keys()];
  }
}
