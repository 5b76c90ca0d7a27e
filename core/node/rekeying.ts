import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Members } from "./members.ts";

/** How much later than the one before in seniority an admin begins an epoch that is due, in milliseconds. */
export const REKEY_PAUSE_MS = 5_000;

/** What {@linkcode Rekeying} needs. */
export interface RekeyingParts {
  readonly self: PeerId;
  /** Nobody sets it. */
  readonly clock: Clock;
  readonly log: Log;
  /** The peers that share a space over links now. */
  readonly sharing: (space: SpaceId) => readonly PeerId[];
}

/** Begins epochs that are due: the most senior admin that is there at once, the others only if it did not. */
export class Rekeying {
  readonly #parts: RekeyingParts;
  readonly #timers = new Map<Members, Timer>();

  constructor(parts: RekeyingParts) {
    this.#parts = parts;
  }

  /** The membership changed, or who is linked. */
  check(members: Members): void {
    if (!this.#isDue(members)) return this.drop(members);
    if (this.#timers.has(members)) return;
    const timer = this.#parts.clock.after(this.#pause(members), () => {
      this.#timers.delete(members);
      if (this.#isDue(members)) this.#begin(members);
    });
    this.#timers.set(members, timer);
  }

  /** A space is watched no longer. */
  drop(members: Members): void {
    this.#timers.get(members)?.cancel();
    this.#timers.delete(members);
  }

  close(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  #isDue({ log, own }: Members): boolean {
    return own === "admin" && log.membership.rekeyDue;
  }

  #pause({ log }: Members): number {
    const { self, sharing } = this.#parts;
    const there = new Set([self, ...sharing(log.space)]);
    const { members } = log.membership;
    const admins = [...members.values()].filter(({ peer, role }) =>
      role === "admin" && there.has(peer)
    );
    return admins.findIndex(({ peer }) => peer === self) * REKEY_PAUSE_MS;
  }

  #begin(members: Members): void {
    try {
      members.rekey();
    } catch (error) {
      // It stays due: the next change, link or start tries again.
      this.#parts.log("error", "Cannot begin an epoch", { error: String(error) });
    }
  }
}
