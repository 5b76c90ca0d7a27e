import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Store } from "../store/store.ts";
import type { Likenesses } from "./likenesses.ts";
import type { Spaces } from "./spaces.ts";

/** What {@linkcode Judgements} needs. */
export interface JudgementsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly spaces: Spaces;
  readonly likenesses: Likenesses;
}

/** What this person thinks of others: whom they verified, whom they do not want to hear. */
export class Judgements {
  readonly #parts: JudgementsParts;

  constructor(parts: JudgementsParts) {
    this.#parts = parts;
  }

  /** The words were compared, or are not believed any more. */
  verify(peer: PeerId, verified: boolean): void {
    const { store, clock, likenesses, spaces } = this.#parts;
    store.marks.verify(peer, verified ? clock.now() : 0);
    const before = likenesses.of(peer).alike;
    likenesses.changed();
    for (const { people } of spaces.all()) {
      for (const one of [peer, ...before]) people.tell(one);
    }
  }

  /** What a peer writes is hidden from now on, or shown again. */
  mute(peer: PeerId, muted: boolean): void {
    const { store, clock, spaces } = this.#parts;
    store.marks.mute(peer, muted ? clock.now() : 0);
    for (const space of spaces.all()) if (space.people.has(peer)) space.reset();
  }
}
