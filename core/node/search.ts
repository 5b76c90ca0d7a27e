import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";

/** How long a person is looked for, in milliseconds. */
export const SEARCH_MS = 5_000;
/** How often it is looked whether they are found. */
const LOOK_MS = 50;

/** What a {@linkcode Search} needs. */
export interface SearchParts {
  /** Nobody sets it. */
  readonly clock: Clock;
  /** Whether a peer is linked and shares the lobby. */
  readonly isNear: (peer: PeerId) => boolean;
  /** Somebody else is looked for now. */
  readonly onChange: () => void;
}

/** Looks for people who are here and have no link with this node: in a crowd not all are linked with all. */
export class Search {
  readonly #parts: SearchParts;
  readonly #sought = new Map<PeerId, { readonly done: Promise<void>; readonly end: () => void }>();

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  /** Whether a peer is looked for; of one not known, whether anybody is. */
  seeks(peer: PeerId | undefined): boolean {
    return peer === undefined ? this.#sought.size > 0 : this.#sought.has(peer);
  }

  /** Looks for a peer; resolves when it is near, or after {@linkcode SEARCH_MS}. */
  find(peer: PeerId): Promise<void> {
    const { clock, isNear, onChange } = this.#parts;
    const before = this.#sought.get(peer);
    if (before) return before.done;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = () => {
      look.cancel();
      timer.cancel();
      this.#sought.delete(peer);
      resolve();
    };
    const look = clock.every(LOOK_MS, () => isNear(peer) && end());
    const timer = clock.after(SEARCH_MS, end);
    this.#sought.set(peer, { done: promise, end });
    onChange();
    return promise;
  }

  /** Looks for nobody any more. */
  close(): void {
    for (const { end } of [...this.#sought.values()]) end();
  }
}
