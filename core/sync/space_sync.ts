import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import { remember } from "../store/remember.ts";
import type { StoreError } from "../store/store_error.ts";
import type { Store } from "../store/store.ts";
import { isSigned, type Signer } from "../trust/envelope.ts";
import type { SentEnvelope, SentHere, SpaceMessage } from "../wire/message.ts";
import { packEnvelopes } from "../wire/pack.ts";
import type { LogBeat } from "./exchange.ts";
import { FarPresences } from "./far_presences.ts";
import { Bucket, MAX_RELAYED_PER_S } from "./flood.ts";
import { Held, type HeldListener } from "./held.ts";
import type { Admitted } from "./outcome.ts";
import { Paced } from "./paced.ts";
import { PeerSync } from "./peer_sync.ts";
import type { Arrived } from "./pending.ts";
import { PeerPresences, type Presence, type PresenceListener } from "./presence.ts";
import type { PeerProgress } from "./progress.ts";
import { type Graft, Relay } from "./relay.ts";
import { relayRuns } from "./relay_runs.ts";
import type { Replica } from "./replica.ts";
import { BEAT_MS, PRESENCE_MS } from "./timing.ts";

/** What {@linkcode SpaceSync} needs, and who hears of what it learns. */
export interface SpaceSyncOptions {
  readonly replica: Replica;
  readonly store: Store;
  /** Signs that this node is here. */
  readonly signer: Signer;
  /** Nobody sets it. */
  readonly clock: Clock;
  /** Tells the time of day. */
  readonly wall: Clock;
  readonly log: Log;
  readonly onPresence?: PresenceListener;
  readonly onHeld?: HeldListener;
  /** Whether a peer may be here; without it everyone, as in the lobby. */
  readonly admits?: (peer: PeerId) => boolean;
  /** A peer is here now, over a link or as others tell, or no longer. It may be told twice. */
  readonly onHere?: (peer: PeerId, here: boolean) => void;
  /** How far a peer is with what it was asked for; `null` when that is over. */
  readonly onProgress?: (peer: PeerId, progress: PeerProgress | null) => void;
  /** What peers sent could not be written. */
  readonly onFault?: (error: StoreError) => void;
}

/**
 * Keeps one space the same on all nodes that share it: pushes what is made here, takes what comes, and
 * compares digests with each peer at every beat. It reads no link: what comes is given to it.
 */
export class SpaceSync {
  readonly #options: SpaceSyncOptions;
  readonly #peers = new Map<PeerId, PeerSync>();
  readonly #own: Paced<Presence>;
  readonly #presences: PeerPresences;
  readonly #far: FarPresences;
  readonly #held: Held;
  readonly #relay = new Relay();
  readonly #relayed: Bucket;
  readonly #unlisten: () => void;
  /** Those with whom it is shared no longer, until what they had under way is over. */
  readonly #leaving = new Set<Promise<void>>();
  #beat: Timer | undefined;
  #closed = false;

  constructor(options: SpaceSyncOptions) {
    const { replica, store, signer, clock, wall, log, admits, onPresence, onHeld } = options;
    this.#options = options;
    this.#relayed = new Bucket(MAX_RELAYED_PER_S, clock.now());
    this.#own = new Paced<Presence>({
      clock,
      ms: PRESENCE_MS,
      first: { name: null, place: null },
      tell: (presence) => this.#present(presence),
    });
    this.#presences = new PeerPresences(clock, (...heard) => onPresence?.(...heard));
    this.#far = new FarPresences({
      space: replica.space,
      signer,
      clock,
      wall,
      relay: this.#relay,
      admits: (peer) => admits?.(peer) ?? true,
      tell: (peer) => this.#tellFar(peer),
      digest: () => replica.securing.digest(),
      holdsAll: (peer) => remember(log, () => this.#held.all(peer)),
    });
    this.#held = new Held({
      space: replica.space,
      self: replica.self,
      store,
      tell: (...news) => onHeld?.(...news),
    });
    const unlisten = [
      replica.onCommit(({ local, envelopes }) => {
        if (local) this.#push(envelopes.map(({ envelope }) => envelope));
      }),
      // Who hears of a dispute passes the proof on, once.
      replica.onDispute(({ variants }) => this.#push(variants.filter(isSigned))),
    ];
    this.#unlisten = () => unlisten.forEach((end) => end());
  }

  /** The peers this space is kept in step with. */
  get peers(): PeerId[] {
    return [...this.#peers.keys()];
  }

  /** What others say of themselves, of those who share the space and are not silent, linked ones first. */
  get presences(): readonly (readonly [PeerId, Presence])[] {
    const far = [...this.#far.shown()].filter(([peer]) => !this.#peers.has(peer));
    return [...this.#presences.shown(), ...far];
  }

  /**
   * Shares the space with a peer from now on, over a link that takes the place of an older one to it.
   * @param beat is the part of the space's membership log, if it has one.
   */
  addPeer(link: Link, beat: LogBeat | null = null): void {
    if (this.#closed) return;
    const { replica, clock, log, onFault, onHere, onProgress } = this.#options;
    const peer = new PeerSync({
      link,
      beat,
      replica,
      clock,
      log,
      presences: this.#presences,
      held: this.#held,
      onAdmitted: (admitted, live) => this.#admitted(link.peer, admitted, live),
      onWants: (authors, wanted) => {
        for (const author of authors) this.#relay.wants(link.peer, author, wanted);
      },
      onProgress: (progress) => onProgress?.(link.peer, progress),
      onHere: (items) => this.#heardOf(items, link),
      onFault: (error) => onFault?.(error),
    });
    const before = this.#peers.get(link.peer);
    this.#peers.set(link.peer, peer);
    // The other side may have begun anew and know of no way any more.
    if (before) this.#detour(link.peer);
    this.#relay.add(link.peer);
    this.#far.greet(link.peer);
    if (before) this.#leave(before);
    else onHere?.(link.peer, true);
    this.#beat ??= clock.every(BEAT_MS, () => this.#onBeat());
    peer.start(this.#own.value);
  }

  /** Shares the space with a peer no longer. */
  removePeer(peer: PeerId): void {
    const removed = this.#peers.get(peer);
    if (!removed) return;
    this.#peers.delete(peer);
    this.#detour(peer);
    this.#leave(removed);
    this.#held.gone(peer);
    this.#presences.gone(peer);
    this.#far.gone(peer);
    this.#tellFar(peer);
    if (this.#peers.size > 0) return;
    this.#far.clear();
    this.#beat?.cancel();
    this.#beat = undefined;
  }

  /**
   * Takes messages of this space that one read brought, in order; its link is to be read on when that is done.
   * Those of a peer with whom it is not shared are let go.
   *
   * @throws {SyntaxError} if they are not as they must be.
   */
  async take(peer: PeerId, messages: readonly SpaceMessage[]): Promise<void> {
    await this.#peers.get(peer)?.take(messages);
  }

  /** What could not be written can be now: what is missing is asked for without patience. */
  recover(): void {
    for (const peer of this.#peers.values()) peer.recover();
    this.#options.replica.recover().catch((error) =>
      this.#options.log("error", "Cannot write again what became void", { error: String(error) })
    );
  }

  /** Tells all who share the space, now and later, what this person is called and where they are. */
  setPresence(presence: Presence): void {
    if (!this.#closed) this.#own.set(presence);
  }

  /** Tells all, near and far, that this node goes. */
  farewell(): void {
    if (this.#closed) return;
    this.#far.leave();
    this.#tellHere();
  }

  /** Ends it; resolves when nothing is under way. The links are to be closed by then, or it waits. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unlisten();
    this.#own.close();
    this.#presences.close();
    this.#beat?.cancel();
    for (const peer of this.#peers.values()) this.#leave(peer);
    this.#peers.clear();
    await Promise.all(this.#leaving);
  }

  #leave(peer: PeerSync): void {
    const leaving: Promise<void> = peer.close().then(() => void this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  #onBeat(): void {
    for (const peer of this.#peers.values()) peer.beat();
    this.#presences.beat();
    this.#want(this.#far.beat(this.#own.value), true);
    this.#tellHere();
  }

  /** Passes on who is here. */
  #tellHere(): void {
    for (const [peer, sync] of this.#peers) sync.tellHere(this.#far.due(peer));
  }

  #heardOf(items: readonly SentHere[], link: Link): void {
    const { forged, prunes } = this.#far.take(items, link.peer);
    this.#want(prunes, false);
    if (forged) link.close("forged presence");
  }

  /** What others tell of a peer counts as long as it has no link. */
  #tellFar(peer: PeerId): void {
    if (this.#peers.has(peer)) return;
    const { onPresence, onHere } = this.#options;
    const presence = this.#far.of(peer);
    if (!presence) this.#held.gone(peer);
    onPresence?.(peer, presence);
    onHere?.(peer, presence !== null);
  }

  #present(presence: Presence): void {
    for (const peer of this.#peers.values()) peer.present(presence);
  }

  /** Pushes each envelope once to each peer. */
  #push(items: readonly SentEnvelope[]): void {
    if (this.#peers.size === 0) return;
    const { space } = this.#options.replica;
    const messages = [...packEnvelopes(space, true, items, MAX_MESSAGE_BYTES)];
    for (const peer of this.#peers.values()) peer.push(messages);
  }

  /** Passes on what a peer pushed and is new here, and mends the ways by which it came. */
  #admitted(from: PeerId, { held, taken, again }: Admitted, live: boolean): void {
    for (const [sender, mark] of held) this.#peers.get(sender)?.noteHeld(mark);
    if (!live) {
      const authors = new Set(taken.map(({ verified }) => verified.envelope.author));
      const grafts = [...authors].filter((author) => this.#relay.repaired(author, from));
      if (grafts.length > 0) this.#peers.get(from)?.want(grafts, true);
      return;
    }
    this.#passOn(taken);
    const prunes = [...again].flatMap((author) => {
      const peer = this.#relay.again(author, from);
      return peer === null ? [] : [[author, peer] as const];
    });
    this.#want(prunes, false);
  }

  /** Pushes each to those who may not have it, in order; what is too much at once is left to repairs. */
  #passOn(taken: readonly Arrived[]): void {
    const { replica, clock } = this.#options;
    for (const { to, items } of relayRuns(this.#relay, taken)) {
      if (!this.#relayed.afford(items.length, clock.now())) return;
      const messages = [...packEnvelopes(replica.space, true, items, MAX_MESSAGE_BYTES)];
      for (const peer of to) this.#peers.get(peer)?.push(messages);
    }
  }

  /** A peer is gone: what came over it is asked for elsewhere. */
  #detour(peer: PeerId): void {
    this.#want(this.#relay.remove(peer), true);
  }

  #want(ways: readonly Graft[], wanted: boolean): void {
    for (const [peer, authors] of Map.groupBy(ways, ([, peer]) => peer)) {
      this.#peers.get(peer)?.want(authors.map(([author]) => author), wanted);
    }
  }
}
