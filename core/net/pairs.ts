import type { Clock, Timer } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { HeardConnection } from "./heard_connection.ts";
import type { Link } from "./link.ts";

/** A link heard this recently is alive: a peer says something every second. */
export const ALIVE_MS = 1_500;
/** A link in doubt that stays silent for this long is taken for dead when another one is there. */
export const DOUBT_MS = 2_500;
/** A link that is silent for this long is in doubt by itself: its ping should have been answered. */
export const SILENT_MS = 25_000;
/** A new link is alive without proof. */
const YOUNG_MS = 5_000;
/** The peer that decides has this much longer for its word to come through. */
const GRACE_MS = 1_000;
/** How often links are looked at for silence. */
const LOOK_MS = 5_000;
/** Further links with one peer that may wait for a decision. */
const MAX_SPARES = 3;

/** A link with what the mesh knows of it. */
export interface Tie {
  readonly link: Link;
  readonly connection: HeardConnection;
  /** When its handshake was done. */
  readonly madeAt: number;
}

/** What {@linkcode Pairs} needs. */
export interface PairsOptions {
  readonly self: PeerId;
  readonly clock: Clock;
  /** Called once for each link that is kept, when it is the only one in use with its peer. */
  readonly kept: (link: Link) => void;
  /** Called when the last link with a peer is closed. */
  readonly parted: (peer: PeerId, tie: Tie) => void;
  /** Called when the link with a peer seems dead: another one should be dialled. */
  readonly suspected: (peer: PeerId) => void;
}

interface Pair {
  current: Tie;
  /** Waiting for a decision, oldest first: open, unannounced, not started. */
  spares: Tie[];
  decision: Timer | undefined;
  doubt: { readonly since: number; readonly timer: Timer | undefined } | undefined;
  suspect: boolean;
}

/**
 * Keeps exactly one link in use with each peer (MESH-1 to MESH-5).
 *
 * When there are several, the node with the lower PeerId decides, by closing all but one, and the other
 * one follows: it holds what is new, open but unused, until one of the links is closed. So nothing has to be
 * said, and what is sent on the link that stays is never lost. The lower node keeps the link that it had
 * first, unless that is dead: a link in doubt has until {@linkcode DOUBT_MS} to be heard.
 */
export class Pairs {
  readonly #options: PairsOptions;
  readonly #pairs = new Map<PeerId, Pair>();
  readonly #links = new Map<PeerId, Link>();
  #look: Timer | undefined;
  #stopped = false;

  constructor(options: PairsOptions) {
    this.#options = options;
  }

  /** The link in use with each peer. */
  get links(): ReadonlyMap<PeerId, Link> {
    return this.#links;
  }

  /** Begins to look for silent links. */
  watch(): void {
    this.#look ??= this.#options.clock.every(LOOK_MS, () => this.#lookForSilence());
  }

  /** Decides nothing from now on and tells of nothing; the links stay open. */
  stop(): void {
    this.#stopped = true;
    this.#look?.cancel();
    for (const { decision, doubt } of this.#pairs.values()) {
      decision?.cancel();
      doubt?.timer?.cancel();
    }
  }

  /** Takes in a link whose handshake is done. */
  add(tie: Tie): void {
    const { peer } = tie.link;
    const pair = this.#pairs.get(peer);
    if (!pair) this.#use(peer, tie);
    else if (this.isSuspect(peer)) this.#replace(pair, tie);
    else if (pair.spares.length >= MAX_SPARES || (this.#decides(peer) && this.#isAlive(pair))) {
      tie.link.close("already linked");
    } else {
      pair.spares.push(tie);
      pair.decision?.cancel();
      this.#awaitDecision(pair);
    }
    void tie.link.closed.then(() => this.#closed(peer, tie));
  }

  /** Something suggests that the link with `peer` may be dead: it has {@linkcode DOUBT_MS} to be heard. */
  doubt(peer: PeerId): void {
    const pair = this.#pairs.get(peer);
    if (!pair || pair.suspect || pair.doubt) return;
    const { clock } = this.#options;
    const since = clock.now();
    const timer = clock.after(DOUBT_MS, () => {
      if (pair.current.connection.heardAt > since) pair.doubt = undefined;
      else this.#suspect(pair, since);
    });
    pair.doubt = { since, timer };
    pair.current.link.ping();
  }

  /** Whether the link with `peer` is taken for dead. One that is heard again is not. */
  isSuspect(peer: PeerId): boolean {
    const pair = this.#pairs.get(peer);
    if (!pair?.suspect || !pair.doubt) return false;
    if (pair.current.connection.heardAt <= pair.doubt.since) return true;
    pair.suspect = false;
    pair.doubt = undefined;
    return false;
  }

  #decides(peer: PeerId): boolean {
    return this.#options.self < peer;
  }

  #isAlive({ current }: Pair): boolean {
    const now = this.#options.clock.now();
    return now - current.madeAt < YOUNG_MS || now - current.connection.heardAt <= ALIVE_MS;
  }

  /** Waits for the link in use to be heard (if this node decides) or for the peer's decision. */
  #awaitDecision(pair: Pair): void {
    const { clock } = this.#options;
    const since = clock.now();
    const { peer } = pair.current.link;
    const ms = this.#decides(peer) ? DOUBT_MS : DOUBT_MS + GRACE_MS;
    pair.current.link.ping();
    pair.decision = clock.after(ms, () => {
      pair.decision = undefined;
      const newest = pair.spares.at(-1);
      if (!newest) return;
      if (pair.current.connection.heardAt <= since) this.#replace(pair, newest);
      else if (this.#decides(peer)) this.#closeSpares(pair, "already linked");
      else this.#awaitDecision(pair);
    });
  }

  #use(peer: PeerId, tie: Tie): void {
    this.#pairs.set(peer, {
      current: tie,
      spares: [],
      decision: undefined,
      doubt: undefined,
      suspect: false,
    });
    this.#links.set(peer, tie.link);
    this.#options.kept(tie.link);
  }

  /** Puts `tie` in the place of the link in use, which is closed with all others. */
  #replace(pair: Pair, tie: Tie): void {
    const { current } = pair;
    pair.spares = pair.spares.filter((spare) => spare !== tie);
    this.#closeSpares(pair, "replaced by a newer link");
    this.#clearTimers(pair);
    this.#use(tie.link.peer, tie);
    current.link.close("replaced by a newer link");
  }

  #closeSpares(pair: Pair, reason: string): void {
    const { spares } = pair;
    pair.spares = [];
    for (const spare of spares) spare.link.close(reason);
  }

  #closed(peer: PeerId, tie: Tie): void {
    const pair = this.#pairs.get(peer);
    if (!pair) return;
    if (pair.current !== tie) {
      pair.spares = pair.spares.filter((spare) => spare !== tie);
      return;
    }
    this.#clearTimers(pair);
    const [next, ...rest] = pair.spares;
    if (next && !this.#stopped) {
      this.#use(peer, next);
      const after = this.#pairs.get(peer)!;
      after.spares = rest;
      if (rest.length > 0) this.#awaitDecision(after);
      return;
    }
    this.#pairs.delete(peer);
    this.#links.delete(peer);
    if (!this.#stopped) this.#options.parted(peer, tie);
  }

  #clearTimers(pair: Pair): void {
    pair.decision?.cancel();
    pair.doubt?.timer?.cancel();
  }

  #suspect(pair: Pair, since: number): void {
    pair.suspect = true;
    pair.doubt = { since, timer: undefined };
    const newest = pair.spares.at(-1);
    if (newest) this.#replace(pair, newest);
    else this.#options.suspected(pair.current.link.peer);
  }

  #lookForSilence(): void {
    const now = this.#options.clock.now();
    for (const pair of this.#pairs.values()) {
      const { heardAt } = pair.current.connection;
      if (pair.suspect || now - heardAt < SILENT_MS) continue;
      pair.doubt?.timer?.cancel();
      this.#suspect(pair, heardAt);
    }
  }
}
