import type { Clock, Timer } from "../base/clock.ts";
import type { EntryHash, PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";
import type { Members } from "./members.ts";
import type { Space } from "./space.ts";
import type { Spaces } from "./spaces.ts";

/** How often it is looked who has heard of a new epoch, in milliseconds, as long as somebody has not. */
export const HEARING_MS = 1_000;

/** What {@linkcode Hearing} needs. */
export interface HearingParts {
  readonly store: Store;
  /** Nobody sets it. */
  readonly clock: Clock;
  readonly log: Log;
  readonly spaces: Spaces;
  readonly sharing: (space: SpaceId) => readonly PeerId[];
  /** What of a space's log a peer is known to hold. */
  readonly heard: (space: SpaceId, peer: PeerId) => readonly EntryHash[] | undefined;
  /** Older doors may be closed now. */
  readonly onChange: () => void;
}

/** Takes note of who has heard of the newest epoch of each private space, or that this person left it. */
export class Hearing {
  readonly #parts: HearingParts;
  #timer: Timer | undefined;

  constructor(parts: HearingParts) {
    this.#parts = parts;
  }

  /** Looks now, and again as long as a member has not heard. */
  look(): void {
    const { spaces, clock, onChange } = this.#parts;
    let waiting = false;
    for (const { space, members } of spaces.privates()) {
      if (this.#look(space, members)) onChange();
      waiting ||= members.untoldLeave !== null || members.unheard().length > 0;
    }
    if (waiting) this.#timer ??= clock.every(HEARING_MS, () => this.look());
    else this.close();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(space: Space, members: Members): boolean {
    const { store, log, sharing, heard } = this.#parts;
    const { untoldLeave } = members;
    const awaited = untoldLeave ?? members.log.membership.epochs[0]?.id;
    const unheard = untoldLeave ? sharing(space.space) : members.unheard();
    if (!awaited || unheard.length === 0) return false;
    const shared = new Set(sharing(space.space));
    const news = unheard.filter((peer) =>
      shared.has(peer) && heard(space.space, peer)?.includes(awaited)
    );
    if (news.length === 0) return false;
    remember(log, () => {
      for (const peer of news) store.heardEpochs.set(space.space, peer, awaited);
    });
    space.tellView();
    return true;
  }
}
