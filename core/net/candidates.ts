import type { PeerId } from "../base/ids.ts";
import type { Address } from "./transport.ts";

/** Nodes that may be dialled, of all sources. */
export const MAX_CANDIDATES = 64;
/** Of these, nodes of earlier days: the rest is for those that are here. */
export const MAX_REMEMBERED = 32;

/** Where a candidate is from: multicast, `--peer` (kept for ever), or an earlier link with the peer. */
export type CandidateSource = "discovery" | "option" | "memory";

/** Somebody who may be dialled. */
export interface Candidate {
  readonly source: CandidateSource;
  /** Of discovery: the other process's nonce; else "". */
  readonly instance: string;
  /** Best first. */
  addresses: readonly Address[];
  /** Who answered there; unknown until then. From memory: who did once. */
  peer: PeerId | undefined;
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

/** The candidates, each under a key of its own. */
export class Candidates {
  readonly #byKey = new Map<string, Candidate>();

  /**
   * Adds a candidate unless one of that key is there. When all places are taken, the one that failed
   * most often makes room; gives `undefined` when there is none.
   */
  add(
    key: string,
    made: Pick<Candidate, "source" | "addresses" | "dueAt"> & Partial<Candidate>,
  ): Candidate | undefined {
    const there = this.#byKey.get(key);
    if (there) return there;
    if (made.source === "memory" && this.#count("memory") >= MAX_REMEMBERED) return undefined;
    if (this.#byKey.size >= MAX_CANDIDATES && !this.#makeRoom()) return undefined;
    const candidate: Candidate = {
      instance: "",
      peer: undefined,
      dialling: undefined,
      isSelf: false,
      gone: false,
      failures: 0,
      verifyAt: undefined,
      lastError: undefined,
      ...made,
    };
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

  ofPeer(peer: PeerId): Candidate[] {
    return this.inOrder().filter((candidate) => candidate.peer === peer);
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

  #makeRoom(): boolean {
    let worst: Candidate | undefined;
    for (const candidate of this.#byKey.values()) {
      const { source, dialling, failures } = candidate;
      if (source === "option" || dialling || failures <= (worst?.failures ?? 0)) continue;
      worst = candidate;
    }
    if (worst) this.remove(worst);
    return worst !== undefined;
  }
}
