import type { Candidate, Candidates } from "./candidates.ts";
import type { ConnectionCount } from "./connection_count.ts";

/** Candidates dialled at once. */
export const MAX_DIALS = 16;
/** Of these, those of earlier days: most are not here, and take long to say nothing. */
const MAX_MEMORY_DIALS = 4;

/** Room for dials: how many go on at once, and to whom. */
export class DialRoom {
  readonly #count: ConnectionCount;
  readonly #candidates: Candidates;

  constructor(count: ConnectionCount, candidates: Candidates) {
    this.#count = count;
    this.#candidates = candidates;
  }

  /** Whether this one may be dialled now. Nobody is dialled twice at once: neither a peer nor an address. */
  has({ source, peer, addresses }: Candidate): boolean {
    const busy = this.#candidates.inOrder().filter(({ dialling }) => dialling);
    if (this.#count.full || busy.length >= MAX_DIALS) return false;
    const remembered = busy.filter((other) => other.source === "memory");
    if (source === "memory" && remembered.length >= MAX_MEMORY_DIALS) return false;
    if (!addresses.some(({ host }) => this.#count.mayDial(host))) return false;
    if (peer !== undefined && busy.some((other) => other.peer === peer)) return false;
    return !addresses.some((address) => this.#candidates.at(address).some((one) => one.dialling));
  }
}
