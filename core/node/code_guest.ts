import type { Clock, Timer } from "../base/clock.ts";
import { parseSpaceId, type PeerId, type SpaceId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Link } from "../net/link.ts";
import { PAIRING_TAG_BYTES, PairingGuest } from "../trust/pairing.ts";
import { cleanCode } from "../trust/pairing_code.ts";
import { RefusedError } from "../view/api.ts";
import type { NodeMessage, PairMessage, RefusedMessage } from "../wire/message.ts";
import type { Arrivals } from "./arrivals.ts";

/** Nodes that are asked whether a code is theirs, at most. */
export const MAX_HOSTS_TRIED = 8;
/** How long it is waited for one that shows a code, and for each answer, in milliseconds. */
export const CODE_WAIT_MS = 10_000;

/** What {@linkcode CodeGuest} needs. */
export interface CodeGuestParts {
  readonly self: PeerId;
  readonly arrivals: Arrivals;
  /** Nobody sets it. */
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly send: (link: Link, message: NodeMessage) => void;
  /** The door for codes is open now, or closed. */
  readonly onChange: () => void;
}

/** One that shows a code. */
interface Host {
  readonly link: Link;
  /** As it says. */
  readonly tries: number;
}

/** How a host answered. */
type Outcome =
  | { readonly type: "in"; readonly arrival: Promise<SpaceId> }
  | { readonly type: "refused"; readonly reason: RefusedMessage["reason"] };

const SPACE_BYTES = 16;

/** Types a code that another node shows. */
export class CodeGuest {
  readonly #parts: CodeGuestParts;
  readonly #hosts = new Map<PeerId, Host>();
  #isTrying = false;
  #appeared: () => void = () => {};
  #attempt: Attempt | null = null;

  constructor(parts: CodeGuestParts) {
    this.#parts = parts;
  }

  get isTrying(): boolean {
    return this.#isTrying;
  }

  /**
   * Comes into the space of a node that shows this code.
   *
   * @throws {RefusedError} when no node does.
   */
  async join(typed: string): Promise<SpaceId> {
    const code = cleanCode(typed);
    if (this.#isTrying) throw new RefusedError("A code is being tried: wait a moment");
    this.#isTrying = true;
    this.#parts.onChange();
    try {
      if (this.#hosts.size === 0) await this.#wait((resolve) => this.#appeared = resolve);
      return await this.#tryAll(code);
    } finally {
      this.#isTrying = false;
      this.#parts.onChange();
    }
  }

  /** Takes what a peer says. */
  received(link: Link, { step, bytes }: PairMessage): void {
    switch (step) {
      case "shown":
        this.#hosts.set(link.peer, { link, tries: bytes[0] ?? 0 });
        return this.#appeared();
      case "hidden":
        return void this.#hosts.delete(link.peer);
      case "reply":
        return this.#attempt?.replied(link, bytes);
      case "done":
        return this.#attempt?.done(link, bytes);
    }
  }

  /** A host does not let this person in. */
  refused(link: Link, reason: RefusedMessage["reason"]): void {
    this.#attempt?.refused(link, reason);
  }

  /** A peer is linked no longer. */
  gone(peer: PeerId): void {
    const host = this.#hosts.get(peer);
    this.#hosts.delete(peer);
    if (host) this.#attempt?.refused(host.link, "over");
  }

  close(): void {
    this.#appeared();
    this.#attempt?.close();
  }

  async #tryAll(code: string): Promise<SpaceId> {
    const hosts = [...this.#hosts.values()].slice(0, MAX_HOSTS_TRIED);
    const reasons: RefusedMessage["reason"][] = [];
    for (const { link } of hosts) {
      const outcome = await this.#try(code, link);
      if (outcome.type === "refused") {
        reasons.push(outcome.reason);
        continue;
      }
      const space = await this.#parts.arrivals.within(outcome.arrival);
      if (space) return space;
      throw new RefusedError("You were let in, but the space did not come: it may take a moment");
    }
    throw new RefusedError(this.#why(hosts, reasons));
  }

  #why(hosts: readonly Host[], reasons: readonly RefusedMessage["reason"][]): string {
    const [only, ...others] = hosts;
    if (!only) return "Nobody near shows a code now: ask for one, and keep this device near theirs";
    if (reasons.includes("full")) return "This space is full: nobody else can be let in";
    if (reasons.every((reason) => reason === "over")) {
      return "This code has ended, or was typed wrong three times: ask for a new one";
    }
    const tries = this.#hosts.get(only.link.peer)?.tries ?? 0;
    if (others.length > 0 || tries === 0) return "These digits are wrong: look again";
    return `These digits are wrong: look again; ${
      tries === 1 ? "one try is" : `${tries} tries are`
    } left`;
  }

  async #try(code: string, link: Link): Promise<Outcome> {
    const { self, random, send } = this.#parts;
    const sides = { guest: self, host: link.peer, binding: link.binding };
    const { arrivals } = this.#parts;
    const expect = (space: SpaceId) => arrivals.expect(link.peer, space);
    const attempt = new Attempt(new PairingGuest(code, sides, random), link, send, expect);
    this.#attempt = attempt;
    await this.#wait((resolve) => void attempt.outcome.then(resolve));
    this.#attempt = null;
    attempt.close();
    return await attempt.outcome;
  }

  /** Waits for something, but not for long. */
  #wait(start: (resolve: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const timer: Timer = this.#parts.steady.after(CODE_WAIT_MS, resolve);
      start(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

/** A code tried at one host. */
class Attempt {
  readonly outcome: Promise<Outcome>;
  readonly #resolve: (outcome: Outcome) => void;
  readonly #guest: PairingGuest;
  readonly #link: Link;
  readonly #send: CodeGuestParts["send"];
  readonly #expect: (space: SpaceId) => Promise<SpaceId>;

  constructor(
    guest: PairingGuest,
    link: Link,
    send: CodeGuestParts["send"],
    expect: (space: SpaceId) => Promise<SpaceId>,
  ) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    this.#guest = guest;
    this.#link = link;
    this.#send = send;
    this.#expect = expect;
    send(link, { type: "pair", step: "start", bytes: guest.message });
  }

  replied(link: Link, bytes: Uint8Array): void {
    if (link !== this.#link) return;
    try {
      this.#send(link, { type: "pair", step: "confirm", bytes: this.#guest.answer(bytes) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.refused(link, "wrong");
    }
  }

  done(link: Link, bytes: Uint8Array): void {
    if (link !== this.#link) return;
    const [tag, payload] = [
      bytes.subarray(0, PAIRING_TAG_BYTES),
      bytes.subarray(PAIRING_TAG_BYTES),
    ];
    if (payload.length !== SPACE_BYTES || !this.#guest.accepts(tag, payload)) {
      return this.refused(link, "wrong");
    }
    // Its log comes next, maybe in this very turn.
    const arrival = this.#expect(parseSpaceId(payload.toHex()));
    this.#resolve({ type: "in", arrival });
  }

  refused(link: Link, reason: RefusedMessage["reason"]): void {
    if (link === this.#link) this.#resolve({ type: "refused", reason });
  }

  /** It is over if it was not yet. */
  close(): void {
    this.#resolve({ type: "refused", reason: "over" });
  }
}
