import type { PeerId } from "../base/ids.ts";
import type { Door } from "../trust/door.ts";
import { type Circle, sparePlace } from "./choice.ts";
import type { Address } from "./transport.ts";

/** Nodes that may be dialled, of all sources. */
export const MAX_CANDIDATES = 128;
/** Of these, nodes of earlier days: the rest is for those that are here. */
export const MAX_REMEMBERED = 32;

/**
 * Where a candidate is from: multicast, `--peer` (kept for ever), an invite (kept until it is forgotten), or
 * an earlier link with the peer.
 */
export type CandidateSource = "discovery" | "option" | "invite" | "memory";

/** Somebody who may be dialled. */
export interface Candidate {
  readonly source: CandidateSource;
  /** Of discovery: the other process's nonce; else "". */
  readonly instance: string;
  /** Its place in this node's order of choice. */
  readonly rank: number;
  /** The circles for which it was chosen, in a crowd. */
  readonly chosenFor: Set<Circle>;
  /** Best first. */
  addresses: readonly Address[];
  /** Of discovery: the tags that it shows. */
  hints: readonly Uint8Array[];
  /** Of an invite: its door. */
  readonly invited: Door | undefined;
  /** The doors to dial through, in this order; none when it has nothing in common with this node. */
  doors: readonly Door[];
  /** It answers, but by none of these doors: to hear it again is no news. */
  shut: boolean;
  /** Links in a row that the other side closed at once: each time the next door is the first to be tried. */
  doorTurn: number;
  /** Who answered there; unknown until then. From memory: who did once. */
  peer: PeerId | undefined;
  /** At which of its addresses that peer proved who it is. */
  peerAt: Address | undefined;
  /** Set while a dial is under way; ends it. */
  dialling: AbortController | undefined;
  /** This very node answered there: never dialled again. */
  isSelf: boolean;
  /** Discovery lost it. */
  gone: boolean;
  /** Dials in a row that led to no lasting link. */
  failures: number;
  /** Not dialled before this time. */
  dueAt: number;
  /** Thought to be linked already, by a link that came in; dialled at this time to be sure. */
  verifyAt: number | undefined;
  lastError: string | undefined;
}

/** Whether somebody asked for it: it is dialled whatever else is found. */
export function isAskedFor({ source }: Pick<Candidate, "source">): boolean {
  return source === "option" || source === "invite";
}

/** What {@linkcode Candidates} asks about them. */
export interface CandidatesParts {
  readonly isLinked: (candidate: Candidate) => boolean;
  readonly circlesOf: (candidate: Candidate) => readonly Circle[];
}

/** The candidates, each under a key of its own. */
export class Candidates {
  readonly #parts: CandidatesParts;
  readonly #byKey = new Map<string, Candidate>();

  constructor(parts: CandidatesParts) {
    this.#parts = parts;
  }

  /**
   * Adds a candidate unless one of that key is there. When all places are taken, one that is not dialled
   * makes room, or for one that is dialled the one that failed most often, or the last in the order of choice;
   * gives `undefined` when there is none.
   */
  add(
    key: string,
    made: Pick<Candidate, "source" | "addresses" | "dueAt" | "rank"> & Partial<Candidate>,
    choose: (candidate: Candidate) => readonly Door[],
  ): Candidate | undefined {
    const there = this.#byKey.get(key);
    if (there) return there;
    if (made.source === "memory" && this.#count("memory") >= MAX_REMEMBERED) return undefined;
    const candidate: Candidate = {
      instance: "",
      hints: [],
      invited: undefined,
      doors: [],
      shut: false,
      doorTurn: 0,
      chosenFor: new Set(),
      peer: undefined,
      peerAt: undefined,
      dialling: undefined,
      isSelf: false,
      gone: false,
      failures: 0,
      verifyAt: undefined,
      lastError: undefined,
      ...made,
    };
    candidate.doors = choose(candidate);
    if (this.#byKey.size >= MAX_CANDIDATES && !this.#makeRoom(candidate)) return undefined;
    this.#byKey.set(key, candidate);
    return candidate;
  }

  get(key: string): Candidate | undefined {
    return this.#byKey.get(key);
  }

  remove(candidate: Candidate): void {
    for (const [key, one] of this.#byKey) if (one === candidate) this.#byKey.delete(key);
  }

  /** All of them, the one that is due first ahead. */
  inOrder(): Candidate[] {
    return [...this.#byKey.values()].sort((a, b) => a.dueAt - b.dueAt);
  }

  ofPeer(peer: PeerId | undefined): Candidate[] {
    return peer === undefined ? [] : this.inOrder().filter((candidate) => candidate.peer === peer);
  }

  /** Those that list this very address. */
  at(address: Address): Candidate[] {
    return this.inOrder().filter(({ addresses }) =>
      addresses.some(({ host, port }) => host === address.host && port === address.port)
    );
  }

  #count(wanted: CandidateSource): number {
    return [...this.#byKey.values()].filter(({ source }) => source === wanted).length;
  }

  #makeRoom(added: Candidate): boolean {
    const all = [...this.#byKey.values()];
    const spare = all.find((one) => isIdle(one) && !one.dialling) ??
      (added.doors.length > 0 ? this.#failed(all) ?? this.#last(all, added) : undefined);
    if (!spare || spare === added) return false;
    this.remove(spare);
    return true;
  }

  /** The one that failed most often, of those that nobody asked for. */
  #failed(all: readonly Candidate[]): Candidate | undefined {
    let worst: Candidate | undefined;
    for (const candidate of all) {
      const { dialling, failures } = candidate;
      if (isAskedFor(candidate) || dialling) continue;
      if (failures > (worst?.failures ?? 0)) worst = candidate;
    }
    return worst;
  }

  /** The last in the order of choice, of those that discovery found and that are of no use now. */
  #last(all: readonly Candidate[], added: Candidate): Candidate | undefined {
    const { isLinked, circlesOf } = this.#parts;
    const kept = (one: Candidate) =>
      one.dialling !== undefined || one.chosenFor.size > 0 || isLinked(one);
    const found = [...all, added].filter((one) => one.source === "discovery" && !kept(one))
      .map((candidate) => ({ candidate, rank: candidate.rank, circles: circlesOf(candidate) }));
    return sparePlace(found)?.candidate;
  }
}

/** Found, but with nothing in common with this node: not dialled, and not known. */
function isIdle({ doors, peer, source }: Candidate): boolean {
  return source === "discovery" && doors.length === 0 && peer === undefined;
}
