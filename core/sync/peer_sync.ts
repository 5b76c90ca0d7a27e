import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import { remember } from "../store/remember.ts";
import { StoreError } from "../store/store_error.ts";
import { EnvelopeError } from "../trust/envelope.ts";
import { changesOfSeals, type SealedDocument } from "../trust/sealed_document.ts";
import { encodeMessage } from "../wire/encode.ts";
import type { Mark, SentEnvelope, SentHere, SpaceMessage } from "../wire/message.ts";
import { packHeld, packHere, packRelay } from "../wire/pack.ts";
import { Exchange, type LogBeat } from "./exchange.ts";
import { Bucket, Flood, MAX_HERE_PER_S } from "./flood.ts";
import type { Held } from "./held.ts";
import type { Admitted } from "./outcome.ts";
import type { PeerPresences, Presence } from "./presence.ts";
import { type PeerProgress, Progress } from "./progress.ts";
import type { Replica } from "./replica.ts";
import { SealedIntake } from "./sealed_intake.ts";

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
  /** Hears what became of envelopes that this peer pushed (`live`) or was asked for. */
  readonly onAdmitted: (admitted: Admitted, live: boolean) => void;
  /** Hears whose envelopes this peer wants to be passed on, or does not. */
  readonly onWants: (authors: readonly PeerId[], wanted: boolean) => void;
  /** Hears how far the peer is with what it was asked for; `null` when it is over. */
  readonly onProgress: (progress: PeerProgress | null) => void;
  /** Hears who is said to be here. @throws {SyntaxError} if that is not as it must be. */
  readonly onHere: (items: readonly SentHere[]) => void;
  /** Hears why the disk did not take what this peer sent. */
  readonly onFault: (error: StoreError) => void;
}

/** One space over one link. */
export class PeerSync {
  readonly #parts: PeerSyncParts;
  readonly #exchange: Exchange;
  readonly #flood: Flood;
  readonly #progress: Progress;
  readonly #heres: Bucket;
  readonly #sealed = new SealedIntake((sealed) => this.#admitSealed(sealed));
  /** What is held here of what the peer sent, by log: since the last beat, and since the one before. */
  #held = new Map<string, Mark>();
  #heldBefore = new Map<string, Mark>();
  /** The digest of the last beat. */
  #said: Uint8Array = new Uint8Array();
  #open = true;

  constructor(parts: PeerSyncParts) {
    this.#parts = parts;
    const { link, replica, clock, log, beat } = parts;
    this.#exchange = new Exchange(link, replica, clock, log, beat);
    this.#flood = new Flood(link, clock);
    this.#progress = new Progress(parts.onProgress);
    this.#heres = new Bucket(MAX_HERE_PER_S, clock.now());
  }

  get link(): Link {
    return this.#parts.link;
  }

  /** Says the first words. */
  start(presence: Presence): void {
    this.beat();
    this.present(presence);
  }

  /** Says the digest, and what has been held for a whole beat without an equal digest to say so. */
  beat(): void {
    const { space, securing } = this.#parts.replica;
    const digest = this.#exchange.ownDigest;
    this.#said = digest;
    this.link.send(encodeMessage({ type: "digest", space, digest }));
    this.#progress.beat();
    if (!securing.now()) return;
    const messages = packHeld(space, this.#heldBefore.values(), MAX_MESSAGE_BYTES);
    for (const message of messages) this.link.send(message);
    this.#heldBefore = this.#held;
    this.#held = new Map();
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

  /** Tells who else is here. */
  tellHere(items: readonly SentHere[]): void {
    this.push([...packHere(this.#parts.replica.space, items, MAX_MESSAGE_BYTES)]);
  }

  /** Asks for what is missing without patience, though asking brought nothing before. */
  recover(): void {
    this.#exchange.recover();
  }

  /** Something that the peer sent is held here; it is told with a beat. */
  noteHeld(mark: Mark): void {
    const [doc, actor, seq] = mark;
    const log = `${doc} ${actor}`;
    if ((this.#held.get(log)?.[2] ?? 0) < seq) this.#held.set(log, mark);
  }

  #forgetMarks(): void {
    this.#held = new Map();
    this.#heldBefore = new Map();
  }

  /** Asks the peer to pass on what these authors write, or not to. */
  want(authors: readonly PeerId[], wanted: boolean): void {
    const { space } = this.#parts.replica;
    for (const message of packRelay(space, wanted, authors)) this.link.send(message);
  }

  /** Takes nothing more; resolves when nothing is under way, once the link is closed at the latest. */
  close(): Promise<void> {
    this.#open = false;
    this.#progress.end();
    return Promise.all([this.#exchange.close(), this.#sealed.idle()]).then(() => {});
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
      if (message.type !== "sealed") await this.#sealed.idle();
      if (!this.#open) return;
      switch (message.type) {
        case "digest":
          if (this.#exchange.digest(message.digest)) remember(log, () => held.all(peer));
          // The peer has heard the same from here: it knows.
          if (message.digest.every((byte, i) => byte === this.#said[i])) this.#forgetMarks();
          break;
        case "buckets": {
          const docs = this.#exchange.serving.buckets(message);
          remember(log, () => held.same(peer, docs));
          break;
        }
        case "documents":
          this.#exchange.documents(message);
          break;
        case "coming":
          if (this.#exchange.hasAsked) this.#progress.coming(message.count);
          break;
        case "vectors": {
          const list = this.#exchange.serving.vectors(message);
          if (list) remember(log, () => held.list(peer, list));
          break;
        }
        case "held":
          remember(log, () => held.marks(peer, message.items));
          break;
        case "sealed":
          if (!this.#exchange.hasAsked) return this.#cutOff("a document that nobody asked for");
          this.#exchange.streamed(false);
          await this.#sealed.add(message);
          break;
        case "relay":
          this.#parts.onWants(message.authors, message.wanted);
          break;
        case "presence":
          presences.said(peer, message);
          break;
        case "here":
          if (this.#heres.afford(message.items.length, this.#parts.clock.now())) {
            this.#parts.onHere(message.items);
          }
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
    if (streamed.length === 0 || !this.#open) return;
    if (this.#exchange.hasAsked) await this.#admit(streamed, false);
    else this.#cutOff("envelopes that nobody asked for");
  }

  async #admit(envelopes: readonly SentEnvelope[], live: boolean): Promise<void> {
    const { replica } = this.#parts;
    const admitted = await this.#await(
      () => replica.admit(envelopes, this.link.peer, live),
      live,
    );
    if (!admitted || live) return;
    const { held, taken } = admitted;
    await this.#came(envelopes.length, held.length - taken.length, taken.length);
  }

  async #admitSealed(sealed: SealedDocument): Promise<void> {
    if (!this.#open) return;
    const { replica, log } = this.#parts;
    try {
      const admitted = await this.#await(
        () => replica.admitSealed(sealed, this.link.peer),
        false,
      );
      if (!admitted) return;
      const count = changesOfSeals(sealed.seals);
      const isVain = Object.keys(admitted.refused).length > 0;
      const repeated = isVain || admitted.fresh > 0 ? 0 : count;
      await this.#came(count, repeated, isVain ? admitted.fresh : count - repeated);
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error;
      const { peer } = this.link;
      log("warn", "Refused a sealed document", { peer, doc: sealed.doc, text: error.message });
      this.link.close("forged document");
    }
  }

  /** So many changes came as asked for; some were held before, some are new here, the rest is of no use. */
  async #came(count: number, repeated: number, fresh: number): Promise<void> {
    this.#progress.came(count);
    if (!this.#exchange.repeated(repeated)) this.#cutOff("the same changes again and again");
    else await this.#flood.vain(Math.max(0, count - repeated - fresh));
  }

  #cutOff(reason: string): void {
    this.#parts.log("warn", "Cut off a peer", { peer: this.link.peer, reason });
    this.link.close(reason);
  }

  async #await(admit: () => Promise<Admitted>, live: boolean): Promise<Admitted | undefined> {
    const { onAdmitted, onFault } = this.#parts;
    try {
      const admitted = await admit();
      if (!live) this.#exchange.streamed(admitted.fresh + admitted.disputes > 0);
      onAdmitted(admitted, live);
      if (admitted.refused.forged) this.link.close("forged envelopes");
      return admitted;
    } catch (error) {
      // The link is not at fault: what was not committed comes again by repair, less and less often.
      if (!(error instanceof StoreError)) throw error;
      if (!live) this.#exchange.streamed(false);
      onFault(error);
      return undefined;
    }
  }
}
