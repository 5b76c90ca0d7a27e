import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import { BACKOFF_MS, backoffMs } from "./backoff.ts";
import { type Candidate, Candidates } from "./candidates.ts";
import type { ConnectionCount } from "./connection_count.ts";
import { DialFailed, type Dialled, type OpenLink, raceDial } from "./dial_race.ts";
import type { Found } from "./discovery.ts";
import { HandshakeError } from "./handshake.ts";
import type { Pairs } from "./pairs.ts";
import { isAtOneOf, isPresumedLinked } from "./presumed.ts";
import type { Address, Transport } from "./transport.ts";

/** Of two nodes that find each other, the one with the higher nonce leaves the other one this long. */
export const YIELD_MS = 50;
/** Candidates dialled at once. */
export const MAX_DIALS = 16;
/** Of these, those of earlier days: most are not here, and take long to say nothing. */
const MAX_MEMORY_DIALS = 4;
/** A link that held this long shows that dialling works: the backoff begins anew. */
const STABLE_MS = 10_000;
/** A candidate that seems linked is dialled after this time to be sure. */
const VERIFY_MS = 30_000;
/** A machine that was met once may be far away for months: it is not dialled twice a minute for that. */
const MEMORY_BACKOFF_MS = 300_000;
/** Dials of a linked node that discovery lost, before it is given up. */
const GONE_TRIES = 5;
/** When there was no room for a dial, it is looked for again after this time. */
const ROOM_MS = 1_000;

const AGAIN = new Error("dialled anew");

/** What a dialer needs. */
export interface DialerOptions {
  readonly self: PeerId;
  readonly instance: string;
  readonly transport: Transport;
  readonly openLink: OpenLink;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly count: ConnectionCount;
  readonly pairs: Pick<Pairs, "links" | "isSuspect" | "doubt">;
  /** Takes a link. */
  readonly linked: (dialled: Dialled) => void;
  /** Told where a peer answered, so that it may be dialled there again another day. */
  readonly reached: (peer: PeerId, address: Address) => void;
}

/** Decides whom to dial and when. */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #candidates = new Candidates();
  readonly #tasks = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** The candidates, for a status. */
  get candidates(): readonly Candidate[] {
    return this.#candidates.inOrder();
  }

  /** Discovery found a node, or heard it again after a while. */
  found({ instance, addresses }: Found): void {
    if (instance === this.#options.instance) return;
    const { pairs } = this.#options;
    for (const link of pairs.links.values()) {
      if (isAtOneOf(link, addresses)) pairs.doubt(link.peer);
    }
    const key = `discovery ${instance}`;
    const dueAt = this.#now + this.#yieldTo({ instance, peer: undefined });
    const there = this.#candidates.get(key);
    if (!there) this.#candidates.add(key, { source: "discovery", instance, addresses, dueAt });
    else {
      const moved = JSON.stringify(there.addresses) !== JSON.stringify(addresses);
      there.addresses = addresses;
      there.gone = false;
      if (this.#isWanted(there) || there.dialling) this.#renew(there, moved);
    }
    this.#pump();
  }

  /** Discovery lost a node: a hint, as anyone may say goodbye for it. A link with it stays (MESH-9). */
  lost(instance: string): void {
    const candidate = this.#candidates.get(`discovery ${instance}`);
    if (!candidate) return;
    if (candidate.dialling || this.#isLinked(candidate)) candidate.gone = true;
    else this.#candidates.remove(candidate);
  }

  /** Adds an address to dial for ever. */
  add(address: Address): void {
    const key = `option ${address.host} ${address.port}`;
    this.#candidates.add(key, { source: "option", addresses: [address], dueAt: this.#now });
    this.#pump();
  }

  /** Adds the addresses at which a peer answered once. */
  remember(peer: PeerId, addresses: readonly Address[]): void {
    const made = { source: "memory", peer, addresses, dueAt: this.#now } as const;
    this.#candidates.add(`memory ${peer}`, made);
    this.#pump();
  }

  /** Dials all that are not linked, at once: what failed before may work now. */
  renewAll(): void {
    for (const candidate of this.#candidates.inOrder()) this.#renew(candidate, true);
    this.#pump();
  }

  /** The link with `peer`, which held `ms`, is closed. */
  parted(peer: PeerId, ms: number): void {
    for (const candidate of this.#candidates.ofPeer(peer)) {
      candidate.failures = ms >= STABLE_MS ? 0 : candidate.failures + 1;
      candidate.dueAt = this.#now + this.#backoff(candidate) + this.#yieldTo(candidate);
    }
    this.#pump();
  }

  /** The link with `peer` seems dead. */
  suspected(peer: PeerId): void {
    for (const candidate of this.#candidates.ofPeer(peer)) this.#renew(candidate, false);
    this.#pump();
  }

  /** Ends all dials. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    for (const { dialling } of this.#candidates.inOrder()) dialling?.abort();
    await Promise.all(this.#tasks);
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  /** Both find each other at about the same time; when one of them yields, they rarely dial both. */
  #yieldTo({ instance, peer }: Pick<Candidate, "instance" | "peer">): number {
    const first = instance !== ""
      ? this.#options.instance < instance
      : peer === undefined || this.#options.self < peer;
    return first ? 0 : YIELD_MS;
  }

  #backoff({ failures, source }: Candidate): number {
    const max = source === "memory" ? MEMORY_BACKOFF_MS : BACKOFF_MS.max;
    return backoffMs(failures, this.#options.random, max);
  }

  #isLinked({ peer }: Candidate): boolean {
    return peer !== undefined && this.#options.pairs.links.has(peer);
  }

  /** Makes a candidate due; `anew` ends a dial that is under way. */
  #renew(candidate: Candidate, anew: boolean): void {
    candidate.failures = 0;
    candidate.dueAt = this.#now + this.#yieldTo(candidate);
    if (anew) candidate.dialling?.abort(AGAIN);
  }

  /** Starts every dial that is due and sets the timer to the next one. */
  #pump(): void {
    if (this.#closed) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#now;
    let next = Infinity;
    for (const candidate of this.#candidates.inOrder()) {
      if (!this.#isWanted(candidate)) continue;
      const dueAt = Math.max(candidate.dueAt, this.#verifyAt(candidate));
      if (dueAt > now) next = Math.min(next, dueAt);
      else if (!this.#hasRoom(candidate)) next = Math.min(next, now + ROOM_MS);
      else {
        const task = this.#dial(candidate);
        this.#tasks.add(task);
        void task.finally(() => this.#tasks.delete(task));
      }
    }
    if (next < Infinity) this.#timer = this.#options.clock.after(next - now, () => this.#pump());
  }

  #isWanted(candidate: Candidate): boolean {
    const { dialling, isSelf, peer } = candidate;
    if (dialling || isSelf) return false;
    return !this.#isLinked(candidate) ||
      (peer !== undefined && this.#options.pairs.isSuspect(peer));
  }

  /** When to dial a candidate that is thought to be linked already; for others, any time. */
  #verifyAt(candidate: Candidate): number {
    const { pairs } = this.#options;
    const alive = [...pairs.links.values()].filter(({ peer }) => !pairs.isSuspect(peer));
    const presumed = isPresumedLinked(candidate, this.#candidates.inOrder(), alive);
    if (!presumed) candidate.verifyAt = undefined;
    else candidate.verifyAt ??= this.#now + VERIFY_MS;
    return candidate.verifyAt ?? -Infinity;
  }

  /** Nobody is dialled twice at once: neither a peer nor an address. */
  #hasRoom({ source, peer, addresses }: Candidate): boolean {
    const { count } = this.#options;
    const busy = this.#candidates.inOrder().filter(({ dialling }) => dialling);
    if (count.full || busy.length >= MAX_DIALS) return false;
    const remembered = busy.filter((other) => other.source === "memory");
    if (source === "memory" && remembered.length >= MAX_MEMORY_DIALS) return false;
    if (!addresses.some(({ host }) => count.mayDial(host))) return false;
    if (peer !== undefined && busy.some((other) => other.peer === peer)) return false;
    return !addresses.some((address) => this.#candidates.at(address).some((one) => one.dialling));
  }

  async #dial(candidate: Candidate): Promise<void> {
    const dialling = new AbortController();
    candidate.dialling = dialling;
    try {
      const options = { ...this.#options, signal: dialling.signal };
      const dialled = await raceDial(candidate.addresses, options);
      candidate.dialling = undefined;
      this.#succeeded(candidate, dialled);
    } catch (error) {
      candidate.dialling = undefined;
      this.#failed(candidate, error, dialling.signal.reason === AGAIN);
    }
    this.#pump();
  }

  #succeeded(candidate: Candidate, dialled: Dialled): void {
    const { pairs, linked, reached } = this.#options;
    const { link, address, release } = dialled;
    const { peer } = link;
    const verified = candidate.verifyAt !== undefined;
    candidate.verifyAt = undefined;
    candidate.lastError = undefined;
    if (candidate.source === "memory" && candidate.peer !== peer) {
      this.#candidates.remove(candidate); // The address is another's now.
    } else candidate.peer = peer;
    for (const other of this.#candidates.at(address)) other.peer ??= peer;
    reached(peer, address);
    if (verified && pairs.links.has(peer) && !pairs.isSuspect(peer)) {
      link.close("linked already, as thought");
      void link.closed.then(release);
    } else linked(dialled);
  }

  #failed(candidate: Candidate, error: unknown, again: boolean): void {
    if (again || this.#closed) return;
    const { errors, reasons } = error instanceof DialFailed
      ? error
      : { errors: [error], reasons: [String(error)] };
    candidate.isSelf = errors.some((one) =>
      one instanceof HandshakeError && one.failure === "self"
    );
    candidate.lastError = reasons.join("; ");
    candidate.failures++;
    candidate.dueAt = this.#now + this.#backoff(candidate);
    if (candidate.gone && candidate.failures >= GONE_TRIES) this.#candidates.remove(candidate);
  }
}
