import { Buffer } from "node:buffer";
import type { Clock } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Signer } from "../trust/envelope.ts";
import { type Here, isSignedHere, readHere, signHere } from "../wire/here.ts";
import type { SentHere, SentPlace } from "../wire/message.ts";
import { type Presence, shownName } from "./presence.ts";
import type { Graft, Relay } from "./relay.ts";
import { BEAT_MS, FAR_BEAT_MS, FAR_LATE_MS, FAR_SILENT_MS } from "./timing.ts";

/** People of whom it is remembered what they signed last, in a space. */
export const MAX_FAR = 1024;
/** How far an author's clock may be from this node's: what is older could be brought again when it is forgotten. */
export const FAR_SKEW_MS = 15 * 60_000;

/** What {@linkcode FarPresences} needs. */
export interface FarParts {
  readonly space: SpaceId;
  readonly signer: Signer;
  /** Nobody sets it. */
  readonly clock: Clock;
  /** Tells the time of day. */
  readonly wall: Clock;
  /** The ways by which what an author says goes on, shared with its envelopes. */
  readonly relay: Relay;
  /** Whether a peer may share the space. */
  readonly admits: (peer: PeerId) => boolean;
  /** What is known of a peer is another now. */
  readonly tell: (peer: PeerId) => void;
  /** The digest of all that is held here. */
  readonly digest: () => Uint8Array;
  /** A peer signed that it holds the same. */
  readonly holdsAll: (peer: PeerId) => void;
}

interface Known {
  readonly sent: SentHere;
  readonly at: number;
  /** Whose link it came over. */
  readonly from: PeerId;
  readonly heardAt: number;
  /** `null` when it went, or was silent for too long. */
  presence: Presence | null;
  /** It was asked for at another peer. */
  isLate: boolean;
}

/** What became of signed presences that a peer sent. */
export interface Taken {
  /** One was not signed by its author: no honest peer passes that on. */
  readonly forged: boolean;
  /** Whom to ask not to send which author's any more. */
  readonly prunes: readonly Graft[];
}

/**
 * Who is here without a link to this node, and holds what: each signs that every {@linkcode FAR_BEAT_MS}, and it is
 * passed on along the author's tree with the beats, so a node is sent each author's once, however many links it has.
 * PROTOCOL.md, PRES.
 */
export class FarPresences {
  readonly #parts: FarParts;
  /** What was heard of longest ago first. */
  readonly #known = new Map<PeerId, Known>();
  /** For each linked peer the authors whose newest it is to be sent. */
  readonly #due = new Map<PeerId, Set<PeerId>>();
  #own: SentHere | null = null;
  #ownAt = -Infinity;
  #signedAt = 0;

  constructor(parts: FarParts) {
    this.#parts = parts;
  }

  /** What a peer signed last; `null` if it is not here, as far as that tells. */
  of(peer: PeerId): Presence | null {
    return this.#known.get(peer)?.presence ?? null;
  }

  *shown(): Generator<[PeerId, Presence]> {
    for (const [peer, { presence }] of this.#known) if (presence) yield [peer, presence];
  }

  /** A peer is linked: it is to be told of everyone. */
  greet(peer: PeerId): void {
    const { signer: { peer: self } } = this.#parts;
    const others = [...this.#known].filter(([, { presence }]) => presence);
    const authors = [...this.#own ? [self] : [], ...others.map(([author]) => author)];
    this.#due.set(peer, new Set(authors.filter((author) => author !== peer)));
  }

  /** A peer is linked no longer: what it said itself is no sign of it any more. */
  gone(peer: PeerId): void {
    this.#due.delete(peer);
    const known = this.#known.get(peer);
    if (known?.from === peer) known.presence = null;
  }

  /**
   * Takes what a peer passed on.
   * @throws {SyntaxError} if something is not as it must be.
   */
  take(items: readonly SentHere[], from: PeerId): Taken {
    const { space, relay } = this.#parts;
    const prunes: Graft[] = [];
    for (const sent of items) {
      const { author } = sent;
      const said = readHere(sent.body);
      const known = this.#known.get(author);
      if (known?.at === said.at) {
        const prune = relay.again(author, from);
        if (prune) prunes.push([author, prune]);
      } else if (this.#isNews(author, said, known)) {
        if (!isSignedHere(space, sent)) return { forged: true, prunes };
        this.#learn(sent, said, from);
      }
    }
    return { forged: false, prunes };
  }

  /**
   * Signs anew when that is due, and hides who was silent; gives the ways to be grafted, of those of whom nothing
   * comes. To be called with each beat.
   */
  beat(own: Presence): Graft[] {
    const { clock, tell, relay } = this.#parts;
    const now = clock.now();
    // With the beat that is nearest.
    if (now - this.#ownAt >= FAR_BEAT_MS - BEAT_MS / 2) this.#sign(own, true);
    const grafts: Graft[] = [];
    for (const [author, known] of this.#known) {
      if (!known.presence) continue;
      const silence = now - known.heardAt;
      if (silence >= FAR_SILENT_MS) {
        known.presence = null;
        tell(author);
      } else if (silence >= FAR_LATE_MS && !known.isLate) {
        known.isLate = true;
        grafts.push(...relay.late(author));
      }
    }
    return grafts;
  }

  /** This node goes: everyone is to be told. */
  leave(): void {
    this.#sign({ name: null, place: null }, false);
  }

  /** Takes out what a linked peer is to be sent now. */
  due(peer: PeerId): SentHere[] {
    const authors = this.#due.get(peer);
    if (!authors) return [];
    const { signer: { peer: self } } = this.#parts;
    const due = [...authors].flatMap((author) =>
      (author === self ? this.#own : this.#known.get(author)?.sent) ?? []
    );
    authors.clear();
    return due;
  }

  /** Nobody is linked any more, so nobody is known to be here. */
  clear(): void {
    for (const [author, known] of this.#known) {
      if (!known.presence) continue;
      known.presence = null;
      this.#parts.tell(author);
    }
  }

  #isNews(author: PeerId, { at, here }: Here, known: Known | undefined): boolean {
    const { signer, admits, wall, clock } = this.#parts;
    if (author === signer.peer || !admits(author)) return false;
    if (Math.abs(at - wall.now()) > FAR_SKEW_MS) return false;
    if (!known) return this.#known.size < MAX_FAR || this.#absent() !== undefined;
    if (at <= known.at) return false;
    const isGoing = !here && known.presence !== null;
    return isGoing || clock.now() - known.heardAt >= FAR_BEAT_MS / 2;
  }

  /** One that is remembered though it is not here: of those the one heard of longest ago. */
  #absent(): PeerId | undefined {
    for (const [author, { presence }] of this.#known) if (!presence) return author;
    return undefined;
  }

  #learn(sent: SentHere, { at, here, name, place, digest }: Here, from: PeerId): void {
    const { clock, relay, tell, holdsAll } = this.#parts;
    const { author } = sent;
    const presence = here ? { name: name === null ? null : shownName(name), place } : null;
    const before = this.#known.get(author)?.presence ?? null;
    if (!this.#known.delete(author) && this.#known.size >= MAX_FAR) {
      const absent = this.#absent();
      if (absent) this.#known.delete(absent);
    }
    const heardAt = clock.now();
    this.#known.set(author, { sent, at, from, heardAt, presence, isLate: false });
    for (const peer of relay.first(author, from)) this.#due.get(peer)?.add(author);
    if (JSON.stringify(before) !== JSON.stringify(presence)) tell(author);
    if (Buffer.compare(digest, this.#parts.digest()) === 0) holdsAll(author);
  }

  #sign({ name, place }: Presence, here: boolean): void {
    const { space, signer, clock, wall, digest } = this.#parts;
    this.#ownAt = clock.now();
    this.#signedAt = Math.max(this.#signedAt + 1, wall.now());
    const said = { at: this.#signedAt, here, name, place: untyped(place), digest: digest() };
    this.#own = signHere(signer, space, said);
    for (const authors of this.#due.values()) authors.add(signer.peer);
  }
}

/** Who types is told over links alone: it would be over before it came farther. */
function untyped(place: SentPlace | null): SentPlace | null {
  return place?.type === "channel" ? { ...place, typing: false } : place;
}
