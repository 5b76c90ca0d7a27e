import type { Clock } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";
import { type NameLikeness, nameLikeness } from "../view/confusable.ts";

const ALONE: NameLikeness = { alike: [], newKey: false };

/** What {@linkcode Likenesses} needs. */
export interface LikenessesParts {
  readonly self: PeerId;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The spaces whose people this node knows. */
  readonly spaces: () => Iterable<SpaceId>;
}

/** Whose names may be taken for each other's, over all spaces, and under which names people are known. */
export class Likenesses {
  readonly #parts: LikenessesParts;
  #known: ReadonlyMap<PeerId, NameLikeness> | undefined;

  constructor(parts: LikenessesParts) {
    this.#parts = parts;
  }

  /** People have other names, or were verified. */
  changed(): void {
    this.#known = undefined;
  }

  /** A peer has this name now. */
  met(peer: PeerId, name: string): void {
    const { store, clock, log } = this.#parts;
    this.changed();
    remember(log, () => store.knownNames.meet(peer, name, clock.now()));
  }

  of(peer: PeerId): NameLikeness {
    this.#known ??= nameLikeness(this.#named());
    return this.#known.get(peer) ?? ALONE;
  }

  /** The name of a peer, in whatever space it has one. */
  name(peer: PeerId): string | undefined {
    const { store, spaces } = this.#parts;
    for (const space of spaces()) {
      const person = store.registers.person(space, peer);
      if (person) return person.name;
    }
    return undefined;
  }

  #named() {
    const { self, store, spaces } = this.#parts;
    const names = new Map<PeerId, string>();
    const profile = store.profile.get();
    if (profile) names.set(self, profile.name);
    for (const space of spaces()) {
      for (const { peer, name } of store.registers.people(space)) {
        // A device that went on under a new key does not come before itself.
        if (!names.has(peer) && !store.successors.of(peer)) names.set(peer, name);
      }
    }
    return [...names].map(([peer, name]) => ({
      peer,
      name,
      // Nobody is more sure of this person than they themselves.
      verified: peer === self || store.marks.verifiedAt(peer) > 0,
      firstAt: store.knownNames.firstAt(peer),
    }));
  }
}
