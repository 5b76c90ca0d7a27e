import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Link } from "../net/link.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";

/** What {@linkcode Links} needs. */
export interface LinksParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** A peer's node is linked, or no longer. One link that takes the place of another is no news. */
  readonly onLinked: (peer: PeerId, linked: boolean) => void;
}

/** Which peers are linked. */
export class Links {
  readonly #parts: LinksParts;
  readonly #links = new Map<PeerId, Link>();

  constructor(parts: LinksParts) {
    this.#parts = parts;
  }

  get peers(): PeerId[] {
    return [...this.#links.keys()];
  }

  add(link: Link): void {
    const { peer } = link;
    const before = this.#links.get(peer);
    this.#links.set(peer, link);
    if (!before) this.#tell(peer, true);
    void link.closed.then(() => {
      // Another link with the same peer may have taken its place.
      if (this.#links.get(peer) !== link) return;
      this.#links.delete(peer);
      this.#tell(peer, false);
    });
  }

  /** It never throws: a disk that cannot be read is no reason to lose a link, or the process. */
  #tell(peer: PeerId, linked: boolean): void {
    const { store, clock, log, onLinked } = this.#parts;
    try {
      remember(log, () => store.seen.set(peer, clock.now()));
      onLinked(peer, linked);
    } catch (error) {
      log("error", "Cannot take note of a link", { peer, error: String(error) });
    }
  }
}
