import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import { remember } from "../store/remember.ts";
import { StoreError } from "../store/store_error.ts";
import { encodeMessage } from "../wire/encode.ts";
import type { Mark, SentEnvelope, SpaceMessage } from "../wire/message.ts";
import { packHeld } from "../wire/pack.ts";
import { Exchange, type LogBeat } from "./exchange.ts";
import { Flood } from "./flood.ts";
import type { Held } from "./held.ts";
import type { Admitted } from "./outcome.ts";
import type { PeerPresences, Presence } from "./presence.ts";
import type { Replica } from "./replica.ts";

/** A peer that has not read so much is pushed nothing more: it asks for what it missed. */
export const MAX_UNREAD_PUSH_BYTES = 1024 * 1024;

/** What one link's side of a space needs. */
export interface PeerSyncParts {
  readonly link: Link;
  /** The part of the space's membership log, if it has one. */
  readonly beat: LogBeat | null;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly log: Log;
  readonly presences: PeerPresences;
  readonly held: Held;
  /** Hears what became of envelopes that this peer sent. */
  readonly onAdmitted: (admitted: Admitted) => void;
  /** Hears why the disk did not take what this peer sent. */
  readonly onFault: (error: StoreError) => void;
}

/** One space over one link. */
export class PeerSync {
  readonly #parts: PeerSyncParts;
  readonly #exchange: Exchange;
  readonly #flood: Flood;
  #open = true;

  constructor(parts: PeerSyncParts) {
    this.#parts = parts;
    const { link, replica, clock, log, beat } = parts;
    this.#exchange = new Exchange(link, replica, clock, log, beat);
    this.#flood = new Flood(link, clock);
  }

  get link(): Link {
    return this.#parts.link;
  }

  /** Says the first words. */
  start(presence: Presence): void {
    this.beat();
    this.present(presence);
  }

  beat(): void {
    const { space } = this.#parts.replica;
    const digest = this.#exchange.ownDigest;
    this.link.send(encodeMessage({ type: "digest", space, digest }));
  }

  present({ name, place }: Presence): void {
    const { space } = this.#parts.replica;
    this.link.send(encodeMessage({ type: "presence", space, name, place }));
  }

  /** Pushes messages with new envelopes, unless the peer does not read. */
  push(messages: readonly Uint8Array[]): void {
    if (this.link.queuedBytes > MAX_UNREAD_PUSH_BYTES) return;
    for (const message of messages) this.link.send(message);
  }

  /** Asks for what is missing without patience, though asking brought nothing before. */
  recover(): void {
    this.#exchange.recover();
  }

  /** Tells the peer what is held here of what it sent, each log once. */
  tellHeld(marks: Iterable<Mark>): void {
    const messages = packHeld(this.#parts.replica.space, marks, MAX_MESSAGE_BYTES);
    for (const message of messages) this.link.send(message);
  }

  /** Takes nothing more; resolves when nothing is under way, once the link is closed at the latest. */
  close(): Promise<void> {
    this.#open = false;
    return this.#exchange.close();
  }

  /**
   * Takes all that one read brought of this space, in order.
   * @throws {SyntaxError} if it is not as it must be.
   */
  async take(messages: readonly SpaceMessage[]): Promise<void> {
    const { presences, held, log } = this.#parts;
    const { peer } = this.link;
    presences.heard(peer);
    let pushed: SentEnvelope[] = [];
    let streamed: SentEnvelope[] = [];
    for (const message of messages) {
      if (message.type === "envelopes") {
        (message.live ? pushed : streamed).push(...message.items);
        continue;
      }
      // What follows may speak of what came before it.
      await this.#admitAll(pushed, streamed);
      [pushed, streamed] = [[], []];
      if (!this.#open) return;
      switch (message.type) {
        case "digest":
          if (this.#exchange.digest(message.digest)) remember(log, () => held.all(peer));
          break;
        case "vectors": {
          const list = this.#exchange.vectors(message);
          if (list) remember(log, () => held.list(peer, list));
          break;
        }
        case "held":
          remember(log, () => held.marks(peer, message.items));
          break;
        case "presence":
          presences.said(peer, message);
          break;
      }
    }
    await this.#admitAll(pushed, streamed);
  }

  async #admitAll(
    pushed: readonly SentEnvelope[],
    streamed: readonly SentEnvelope[],
  ): Promise<void> {
    if (pushed.length > 0 && this.#open) {
      await this.#admit(pushed, true);
      await this.#flood.pushed(pushed);
    }
    if (streamed.length > 0 && this.#open) await this.#admit(streamed, false);
  }

  async #admit(envelopes: readonly SentEnvelope[], live: boolean): Promise<void> {
    const { replica, onAdmitted, onFault } = this.#parts;
    try {
      const admitted = await replica.admit(envelopes, this.link.peer, live);
      if (!live) this.#exchange.streamed(admitted.fresh + admitted.disputes > 0);
      onAdmitted(admitted);
      if (admitted.refused.forged) this.link.close("forged envelopes");
    } catch (error) {
      // The link is not at fault: what was not committed comes again by repair, less and less often.
      if (!(error instanceof StoreError)) throw error;
      if (!live) this.#exchange.streamed(false);
      onFault(error);
    }
  }
}
