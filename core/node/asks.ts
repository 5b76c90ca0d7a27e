import type { Clock } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import { safetyWords } from "../trust/safety_words.ts";
import { RefusedError } from "../view/api.ts";
import type { AskView, SpaceView } from "../view/view.ts";
import type { AskMessage } from "../wire/message.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Notices } from "./notices.ts";
import type { Tell } from "./tell.ts";

/** Requests of others that wait at once; more are let go. */
export const MAX_ASKS = 32;
/** A person is heard asking once in so long. */
export const ASK_PAUSE_MS = 60_000;

/** What {@linkcode Asks} needs. */
export interface AsksParts {
  readonly self: PeerId;
  /** Nobody sets it. */
  readonly clock: Clock;
  readonly tell: Tell;
  readonly notices: Notices;
  readonly arrivals: Arrivals;
  /** Whether a person may ask and be asked: they are in the lobby now, and not muted. */
  readonly isNear: (peer: PeerId) => boolean;
  readonly name: (peer: PeerId) => string;
  readonly send: (peer: PeerId, message: AskMessage) => boolean;
  /** The space of two that both are in already. */
  readonly direct: (peer: PeerId) => SpaceView | null;
  /** Makes a space of two with a peer that is linked, or gives the one there is; gives its id. */
  readonly make: (peer: PeerId) => SpaceId;
  /** Sends the log of a space to a peer that is in it. */
  readonly offer: (peer: PeerId, space: SpaceId) => void;
}

type Ask = { readonly from: AskView["from"] };

/** Requests for a private space of two, to others and from them. They end with the link. */
export class Asks {
  readonly #parts: AsksParts;
  readonly #asks = new Map<PeerId, Ask>();
  /** When each peer asked, or was asked, last. */
  readonly #last = new Map<PeerId, number>();
  /** Peers whose request was accepted, until they tell of the space. */
  readonly #accepted = new Map<PeerId, PromiseWithResolvers<SpaceId>>();

  constructor(parts: AsksParts) {
    this.#parts = parts;
  }

  all(): AskView[] {
    return [...this.#asks].map(([peer, ask]) => this.#view(peer, ask));
  }

  /** Asks a person; both see the words. */
  ask(peer: PeerId): AskView {
    const { isNear, direct, name, send } = this.#parts;
    const before = this.#asks.get(peer);
    if (before) return this.#view(peer, before);
    if (direct(peer)) {
      throw new RefusedError(`You have a private space with ${name(peer)} already`);
    }
    if (!isNear(peer)) throw new RefusedError(`${name(peer)} is not here now: ask when they are`);
    if (this.#isTooSoon(peer)) {
      throw new RefusedError(`You asked ${name(peer)} a moment ago: try again in a minute`);
    }
    if (!send(peer, { type: "ask", step: "ask", space: null })) {
      throw new RefusedError(`${name(peer)} is not here now: ask when they are`);
    }
    this.#note(peer);
    this.#set(peer, { from: "us" });
    return this.#view(peer, { from: "us" });
  }

  /** Answers a request, or takes one's own back. Gives the space, or `null` when it did not come yet. */
  async answer(peer: PeerId, accept: boolean): Promise<SpaceId | null> {
    const { send, name } = this.#parts;
    const ask = this.#asks.get(peer);
    if (!ask) throw new RefusedError(`${name(peer)} does not ask any more`);
    if (ask.from === "us") {
      if (accept) throw new RefusedError(`It is for ${name(peer)} to accept`);
      send(peer, { type: "ask", step: "withdraw", space: null });
      this.#set(peer, null);
      return null;
    }
    if (!accept) {
      send(peer, { type: "ask", step: "decline", space: null });
      this.#set(peer, null);
      return null;
    }
    const made = Promise.withResolvers<SpaceId>();
    this.#accepted.set(peer, made);
    send(peer, { type: "ask", step: "accept", space: null });
    this.#set(peer, null);
    return await this.#parts.arrivals.within(made.promise);
  }

  /** Takes what a peer says. */
  received(peer: PeerId, { step, space }: AskMessage): void {
    const ask = this.#asks.get(peer);
    switch (step) {
      case "ask":
        return this.#asked(peer, ask);
      case "withdraw":
        return ask?.from === "them" ? this.#set(peer, null) : undefined;
      case "decline":
        if (ask?.from !== "us") return;
        this.#set(peer, null);
        return this.#parts.notices.add({
          kind: "refused",
          peer,
          text: `${this.#parts.name(peer)} does not want a private space now`,
        });
      case "accept": {
        if (ask?.from !== "us") return;
        this.#set(peer, null);
        const made = this.#parts.make(peer);
        this.#parts.send(peer, { type: "ask", step: "made", space: made });
        return this.#parts.offer(peer, made);
      }
      case "made":
        // Its log comes next.
        if (space) this.#accepted.get(peer)?.resolve(this.#parts.arrivals.expect(peer, space));
        this.#accepted.delete(peer);
        return;
    }
  }

  /** A peer's link is gone, and with it what was asked. */
  gone(peer: PeerId): void {
    this.#accepted.delete(peer);
    if (this.#asks.has(peer)) this.#set(peer, null);
  }

  #asked(peer: PeerId, before: Ask | undefined): void {
    const { self, isNear } = this.#parts;
    // Both asked at once: the request of the one with the lower id stands, at both.
    if (before?.from === "us" && self < peer) return;
    if (before?.from === "them" || !isNear(peer)) return;
    const waiting = [...this.#asks.values()].filter(({ from }) => from === "them").length;
    if (!before && (waiting >= MAX_ASKS || this.#isTooSoon(peer))) return;
    this.#note(peer);
    this.#set(peer, { from: "them" });
  }

  #isTooSoon(peer: PeerId): boolean {
    const last = this.#last.get(peer);
    return last !== undefined && this.#parts.clock.now() - last < ASK_PAUSE_MS;
  }

  #note(peer: PeerId): void {
    const now = this.#parts.clock.now();
    for (const [other, at] of this.#last) {
      if (now - at >= ASK_PAUSE_MS) this.#last.delete(other);
    }
    this.#last.set(peer, now);
  }

  #set(peer: PeerId, ask: Ask | null): void {
    if (ask) this.#asks.set(peer, ask);
    else this.#asks.delete(peer);
    this.#parts.tell({ type: "asks", asks: this.all() });
  }

  #view(peer: PeerId, { from }: Ask): AskView {
    const { self, name } = this.#parts;
    return { peer, name: name(peer), from, words: safetyWords(self, peer) };
  }
}
