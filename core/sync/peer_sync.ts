import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import { remember } from "../store/remember.ts";
import { StoreError } from "../store/store_error.ts";
import { decodeMessage } from "../wire/decode.ts";
import { encodeMessage } from "../wire/encode.ts";
import type { Mark, SentEnvelope, SpaceMessage } from "../wire/message.ts";
import { packHeld } from "../wire/pack.ts";
import { Exchange } from "./exchange.ts";
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

  constructor(parts: PeerSyncParts) {
    this.#parts = parts;
    const { link, replica, clock, log } = parts;
    this.#exchange = new Exchange(link, replica, clock, log);
    this.#flood = new Flood(link, clock);
  }

  get link(): Link {
    return this.#parts.link;
  }

  /** Says the first words and begins to read. */
  start(presence: Presence): void {
    this.beat();
    this.present(presence);
    this.link.start((messages) => this.#read(messages));
  }

  beat(): void {
    const { space, vectors } = this.#parts.replica;
    this.link.send(encodeMessage({ type: "digest", space, digest: vectors.digest() }));
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

  /** Resolves when nothing is under way, once the link is closed at the latest. */
  close(): Promise<void> {
    return this.#exchange.close();
  }

  /** Takes all that one read brought; the link reads on when it is done. */
  async #read(bytes: readonly Uint8Array[]): Promise<void> {
    const { log, presences, replica } = this.#parts;
    const { peer } = this.link;
    const messages: SpaceMessage[] = [];
    try {
      for (const each of bytes) {
        const message = decodeMessage(each);
        if (!message || !("space" in message) || message.type === "join") continue;
        if (message.space === replica.space) messages.push(message);
      }
      presences.heard(peer);
      await this.#take(messages);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      log("warn", "A peer sent a malformed message", { peer, reason: error.message });
      this.link.close("malformed message");
    }
  }

  async #take(messages: readonly SpaceMessage[]): Promise<void> {
    const { presences, held, log } = this.#parts;
    const { peer } = this.link;
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
    if (pushed.length > 0) {
      await this.#admit(pushed, true);
      await this.#flood.pushed(pushed);
    }
    if (streamed.length > 0) await this.#admit(streamed, false);
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
