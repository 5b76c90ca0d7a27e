import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import { cleanName } from "../view/words.ts";
import type { PresenceMessage, SentPlace } from "../wire/message.ts";
import { Paced } from "./paced.ts";
import { PRESENCE_MS, SILENT_MS } from "./timing.ts";

/** What a person tells of itself while it is here; never stored. `name` is `null` until one is chosen. */
export interface Presence {
  readonly name: string | null;
  readonly place: SentPlace | null;
}

/** Hears of a peer's presence; `null` is gone or silent. */
export type PresenceListener = (peer: PeerId, presence: Presence | null) => void;

interface Heard {
  /** What the peer said of itself last. */
  presence: Presence;
  at: number;
  /** What is shown of it; `null` while it is silent. */
  readonly shown: Paced<Presence | null>;
}

/**
 * The presence of the peers that are linked. It is told no more often than every {@linkcode PRESENCE_MS},
 * which is what peers are held to, whatever they do.
 */
export class PeerPresences {
  readonly #peers = new Map<PeerId, Heard>();

  constructor(readonly clock: Clock, readonly tell: PresenceListener) {}

  /** What each peer that is not silent said last. */
  *shown(): Generator<[PeerId, Presence]> {
    for (const [peer, { shown }] of this.#peers) if (shown.value) yield [peer, shown.value];
  }

  /** Takes what a peer says of itself. */
  said(peer: PeerId, { name, place }: PresenceMessage): void {
    const presence = { name: name === null ? null : shownName(name), place };
    const heard = this.#peers.get(peer) ?? this.#met(peer, presence);
    heard.presence = presence;
    this.heard(peer);
  }

  /** Takes note that a peer said anything at all. */
  heard(peer: PeerId): void {
    const heard = this.#peers.get(peer);
    if (!heard) return;
    heard.at = this.clock.now();
    heard.shown.set(heard.presence);
  }

  /** Hides who was silent for {@linkcode SILENT_MS}; to be called with each beat. */
  beat(): void {
    const now = this.clock.now();
    for (const { at, shown } of this.#peers.values()) if (now - at >= SILENT_MS) shown.set(null);
  }

  /** Forgets a peer whose link is closed. */
  gone(peer: PeerId): void {
    const heard = this.#peers.get(peer);
    this.#peers.delete(peer);
    heard?.shown.close();
    if (heard?.shown.told) this.tell(peer, null);
  }

  /** Forgets all, and tells nothing more. */
  close(): void {
    for (const { shown } of this.#peers.values()) shown.close();
    this.#peers.clear();
  }

  #met(peer: PeerId, presence: Presence): Heard {
    const shown = new Paced<Presence | null>({
      clock: this.clock,
      ms: PRESENCE_MS,
      first: null,
      tell: (presence) => this.tell(peer, presence),
    });
    const heard: Heard = { presence, at: this.clock.now(), shown };
    this.#peers.set(peer, heard);
    return heard;
  }
}

/** A name that is not clean is none: no honest node sends it. */
export function shownName(name: string): string | null {
  try {
    return cleanName(name);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
