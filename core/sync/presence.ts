import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import { cleanName } from "../view/words.ts";
import type { PresenceMessage, SentPlace } from "../wire/message.ts";
import { PRESENCE_MS, SILENT_MS } from "./timing.ts";

/** What a person tells of itself while it is here; never stored. `name` is `null` until one is chosen. */
export interface Presence {
  readonly name: string | null;
  readonly place: SentPlace | null;
}

/** Hears of a peer's presence; `null` is gone or silent. */
export type PresenceListener = (peer: PeerId, presence: Presence | null) => void;

/** One's own presence: told when it changes, but not more often than every {@linkcode PRESENCE_MS}. */
export class OwnPresence {
  #presence: Presence = { name: null, place: null };
  #told: Presence = this.#presence;
  #timer: Timer | undefined;

  constructor(readonly clock: Clock, readonly tell: (presence: Presence) => void) {}

  get current(): Presence {
    return this.#presence;
  }

  set(presence: Presence): void {
    this.#presence = presence;
    if (!this.#timer) this.#tell();
  }

  #tell(): void {
    if (same(this.#presence, this.#told)) return;
    this.#told = this.#presence;
    this.#timer = this.clock.after(PRESENCE_MS, () => {
      this.#timer = undefined;
      this.#tell();
    });
    this.tell(this.#presence);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

interface Heard {
  presence: Presence;
  at: number;
  shown: boolean;
}

/** The presence of the peers that are linked. */
export class PeerPresences {
  readonly #peers = new Map<PeerId, Heard>();

  constructor(readonly clock: Clock, readonly tell: PresenceListener) {}

  /** What each peer that is not silent said last. */
  *shown(): Generator<[PeerId, Presence]> {
    for (const [peer, { presence, shown }] of this.#peers) if (shown) yield [peer, presence];
  }

  /** Takes what a peer says of itself. */
  said(peer: PeerId, { name, place }: PresenceMessage): void {
    const presence = { name: name === null ? null : shownName(name), place };
    const before = this.#peers.get(peer);
    this.#peers.set(peer, { presence, at: this.clock.now(), shown: true });
    if (!before?.shown || !same(before.presence, presence)) this.tell(peer, presence);
  }

  /** Takes note that a peer said anything at all. */
  heard(peer: PeerId): void {
    const heard = this.#peers.get(peer);
    if (!heard) return;
    heard.at = this.clock.now();
    if (heard.shown) return;
    heard.shown = true;
    this.tell(peer, heard.presence);
  }

  /** Hides who was silent for {@linkcode SILENT_MS}; to be called with each beat. */
  beat(): void {
    for (const [peer, heard] of this.#peers) {
      if (!heard.shown || this.clock.now() - heard.at < SILENT_MS) continue;
      heard.shown = false;
      this.tell(peer, null);
    }
  }

  /** Forgets a peer whose link is closed. */
  gone(peer: PeerId): void {
    const heard = this.#peers.get(peer);
    this.#peers.delete(peer);
    if (heard?.shown) this.tell(peer, null);
  }
}

/** A name that is not clean is none: no honest node sends it. */
function shownName(name: string): string | null {
  try {
    return cleanName(name);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function same(a: Presence, b: Presence): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
