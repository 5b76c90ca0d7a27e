import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import { Paced } from "../sync/paced.ts";
import type { PeerProgress } from "../sync/progress.ts";
import type { ProgressView } from "../view/view.ts";

/** The least time between two tellings of how far it is, in milliseconds. */
const PROGRESS_MS = 250;

/** How far this node is with what it gets from peers in one space. */
export class Getting {
  readonly #from = new Map<PeerId, PeerProgress>();
  readonly #shown: Paced<ProgressView | null>;

  /** @param tell is called when another view is to be shown. */
  constructor(clock: Clock, tell: () => void) {
    this.#shown = new Paced<ProgressView | null>({ clock, ms: PROGRESS_MS, first: null, tell });
  }

  /** That of the peer from whom most is missing, or `null` while nothing much comes. */
  get view(): ProgressView | null {
    return this.#shown.told;
  }

  /** A peer is so far, or has no more to give. */
  set(peer: PeerId, progress: PeerProgress | null): void {
    if (progress) this.#from.set(peer, progress);
    else this.#from.delete(peer);
    const [most] = [...this.#from].sort(([, a], [, b]) => b.missing - a.missing);
    this.#shown.set(most ? { peer: most[0], ...most[1] } : null);
  }

  close(): void {
    this.#shown.close();
  }
}
