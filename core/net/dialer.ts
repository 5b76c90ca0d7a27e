import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Door } from "../trust/door.ts";
import { type Candidate, Candidates, isAskedFor } from "./candidates.ts";
import { Chooser, type Circles, type Seeks } from "./chooser.ts";
import type { ConnectionCount } from "./connection_count.ts";
import { DialFailed, type Dialled, isOtherDoor, raceDial } from "./dial_race.ts";
import { pauseMs, yieldMs } from "./dial_pause.ts";
import { DialRoom } from "./dial_room.ts";
import { doorsFor, doorsInTurn } from "./door_choice.ts";
import { HandshakeError } from "./handshake.ts";
import type { OpenLink } from "./open_link.ts";
import type { OwnInstance } from "./own_instance.ts";
import type { Pairs } from "./pairs.ts";
import { isAtOneOf, recognise } from "./presumed.ts";
import type { Found } from "./sightings.ts";
import type { Address, Transport } from "./transport.ts";

/** A link that held this long shows that dialling works: the backoff begins anew. */
const STABLE_MS = 10_000;
/** Dials of a linked node that discovery lost, before it is given up. */
const GONE_TRIES = 5;
/** When there was no room for a dial, it is looked for again after this time. */
const ROOM_MS = 1_000;

const AGAIN = new Error("dialled anew");

/** What a dialer needs. */
export interface DialerOptions {
  readonly self: PeerId;
  readonly instance: OwnInstance;
  /** The doors that this node has now. */
  readonly doors: () => readonly Door[];
  readonly circles: Circles;
  readonly seeks: Seeks;
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
  readonly #chooser: Chooser;
  readonly #candidates: Candidates;
  readonly #room: DialRoom;
  #wanted: ReadonlySet<Candidate> = new Set();
  readonly #tasks = new Set<Promise<void>>();
  #timer: Timer | undefined;
  #invites = 0;
  #closed = false;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#chooser = new Chooser(options);
    this.#candidates = new Candidates({
      isLinked: (candidate) => this.#chooser.isLinked(candidate),
      circlesOf: (candidate) => this.#chooser.circlesOf(candidate),
    });
    this.#room = new DialRoom(options.count, this.#candidates);
  }

  /** The candidates, for a status; in a crowd, those who are known or to be linked. */
  get candidates(): readonly Candidate[] {
    return this.#candidates.inOrder().filter((candidate) =>
      this.#wanted.has(candidate) || candidate.peer !== undefined || candidate.isSelf
    );
  }

  /** Whether a link with this peer was chosen here, or is wanted for ever. */
  isChosen(peer: PeerId): boolean {
    return this.#options.seeks(peer) ||
      this.#candidates.ofPeer(peer).some((one) => one.chosenFor.size > 0 || isAskedFor(one));
  }

  /** Discovery found a node, or heard it again after a while. */
  found({ instance, addresses, hints }: Found): void {
    if (this.#options.instance.has(instance)) return;
    const { pairs } = this.#options;
    for (const link of pairs.links.values()) {
      if (isAtOneOf(link, addresses)) pairs.doubt(link.peer);
    }
    const key = `discovery ${instance}`;
    const dueAt = this.#now + yieldMs(this.#options, { instance, peer: undefined });
    const there = this.#candidates.get(key);
    if (!there) this.#add(key, { source: "discovery", instance, addresses, hints, dueAt });
    else {
      const moved = JSON.stringify(there.addresses) !== JSON.stringify(addresses);
      there.addresses = addresses;
      there.hints = hints;
      there.gone = false;
      const opened = this.#chooseDoors(there);
      const news = moved || opened || !there.shut;
      if (news && (this.#isUnlinked(there) || there.dialling)) this.#renew(there, moved);
    }
    this.#pump();
  }

  /** Discovery lost a node: a hint, as anyone may say goodbye for it. A link with it stays (MESH-9). */
  lost(instance: string): void {
    const candidate = this.#candidates.get(`discovery ${instance}`);
    if (!candidate) return;
    const again = this.#candidates.ofPeer(candidate.peer)
      .some((other) => other !== candidate && other.source === "discovery" && !other.gone);
    if (candidate.dialling || (this.#chooser.isLinked(candidate) && !again)) candidate.gone = true;
    else this.#candidates.remove(candidate);
  }

  /** Adds an address to dial for ever; with the door of an invite, until it is forgotten. */
  add(address: Address, invited?: Door): void {
    const { host, port } = address;
    const made = { addresses: [address], dueAt: this.#now, invited };
    if (invited) {
      this.#add(`invite ${host} ${port} ${this.#invites++}`, { source: "invite", ...made });
    } else this.#add(`option ${host} ${port}`, { source: "option", ...made });
    this.#pump();
  }

  /** Dials an address of an invite no more. A link with who is there stays. */
  forget(address: Address, invited: Door): void {
    for (const candidate of this.#candidates.at(address)) {
      if (candidate.invited !== invited) continue;
      this.#candidates.remove(candidate);
      candidate.dialling?.abort(AGAIN);
    }
  }

  /** This node has other doors: those whom a new one may lead to are dialled at once. */
  doorsChanged(): void {
    for (const candidate of this.#candidates.inOrder()) {
      if (this.#chooseDoors(candidate)) this.#renew(candidate, false);
    }
    this.#pump();
  }

  /** Adds the addresses at which a peer answered once. */
  remember(peer: PeerId, addresses: readonly Address[]): void {
    const made = { source: "memory", peer, addresses, dueAt: this.#now } as const;
    this.#add(`memory ${peer}`, made);
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
      candidate.doorTurn = ms >= STABLE_MS ? 0 : candidate.doorTurn + 1;
      candidate.dueAt = this.#now + pauseMs(candidate, this.#options.random) +
        yieldMs(this.#options, candidate);
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

  /** Chooses the doors of a candidate anew; gives whether there is one that was not there before. */
  #chooseDoors(candidate: Candidate): boolean {
    const before = candidate.doors;
    candidate.doors = doorsFor(candidate, this.#options.doors());
    return candidate.doors.some((door) => !before.includes(door));
  }

  #add(key: string, made: Omit<Parameters<Candidates["add"]>[1], "rank">): void {
    const own = this.#options.doors();
    const ranked = { ...made, rank: this.#chooser.rank(key) };
    const candidate = this.#candidates.add(key, ranked, (one) => doorsFor(one, own));
    const { pairs } = this.#options;
    const isLinked = (peer: PeerId) => pairs.links.has(peer) && !pairs.isSuspect(peer);
    if (candidate) recognise(candidate, this.#candidates, isLinked);
  }

  /** Makes a candidate due; `anew` ends a dial that is under way. */
  #renew(candidate: Candidate, anew: boolean): void {
    candidate.failures = 0;
    candidate.shut = false;
    candidate.dueAt = this.#now + yieldMs(this.#options, candidate);
    if (anew) candidate.dialling?.abort(AGAIN);
  }

  /** Starts every dial that is due and sets the timer to the next one. */
  #pump(): void {
    if (this.#closed) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    const now = this.#now;
    const candidates = this.#candidates.inOrder();
    this.#wanted = this.#chooser.wanted(candidates, now);
    let next = Infinity;
    for (const candidate of candidates) {
      if (!this.#isUnlinked(candidate)) continue;
      const dueAt = Math.max(candidate.dueAt, candidate.verifyAt ?? -Infinity);
      // Also of who is not wanted: it may be chosen by then.
      if (dueAt > now) next = Math.min(next, dueAt);
      else if (!this.#wanted.has(candidate)) continue;
      else if (!this.#room.has(candidate)) next = Math.min(next, now + ROOM_MS);
      else {
        const task = this.#dial(candidate);
        this.#tasks.add(task);
        void task.finally(() => this.#tasks.delete(task));
      }
    }
    if (next < Infinity) this.#timer = this.#options.clock.after(next - now, () => this.#pump());
  }

  /** Whether it may be dialled: nobody there is linked by a link that seems to live. */
  #isUnlinked(candidate: Candidate): boolean {
    const { dialling, isSelf, peer, doors } = candidate;
    if (dialling || isSelf || doors.length === 0) return false;
    return !this.#chooser.isLinked(candidate) ||
      (peer !== undefined && this.#options.pairs.isSuspect(peer));
  }

  async #dial(candidate: Candidate): Promise<void> {
    const dialling = new AbortController();
    candidate.dialling = dialling;
    try {
      const doors = doorsInTurn(candidate);
      const options = { ...this.#options, doors, signal: dialling.signal };
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
    } else {
      candidate.peer = peer;
      candidate.peerAt = address;
    }
    for (const other of this.#candidates.at(address)) {
      if (other.peer !== undefined) continue;
      other.peer = peer;
      other.peerAt = address;
    }
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
    candidate.shut = errors.length > 0 && errors.every(isOtherDoor);
    candidate.lastError = reasons.join("; ");
    candidate.failures++;
    candidate.dueAt = this.#now + pauseMs(candidate, this.#options.random);
    if (candidate.gone && candidate.failures >= GONE_TRIES) this.#candidates.remove(candidate);
  }
}
