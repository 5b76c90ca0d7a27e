import type { PeerId } from "../base/ids.ts";
import type { Candidate, CandidateSource } from "./candidates.ts";
import type { Link } from "./link.ts";
import type { Address } from "./transport.ts";

/** What the mesh knows of one node, for people. */
export interface MeshStatus {
  /** How it is known; `inbound` when only a link that came in tells of it. */
  readonly source: CandidateSource | "inbound";
  readonly addresses: readonly Address[];
  /** Who it is, once it answered. */
  readonly peer: PeerId | undefined;
  /** `self`: the address leads to this very node. */
  readonly state: "linked" | "dialling" | "waiting" | "self";
  /** Dials in a row that led to nothing lasting. */
  readonly failures: number;
  /** When it is dialled next, in milliseconds from now; `undefined` unless waiting. */
  readonly nextDialMs: number | undefined;
  /** Why the last dial failed, in plain words. */
  readonly lastError: string | undefined;
}

/** Sums up candidates and links; nodes with which there is nothing in common are left out. */
export function meshStatus(
  candidates: readonly Candidate[],
  links: ReadonlyMap<PeerId, Link>,
  now: number,
): MeshStatus[] {
  const known = candidates.filter(({ doors, peer }) => doors.length > 0 || peer !== undefined);
  const rows = known.map((candidate): MeshStatus => {
    const { source, addresses, peer, failures, lastError } = candidate;
    const state = stateOf(candidate, links);
    const nextDialMs = state === "waiting" ? Math.max(0, candidate.dueAt - now) : undefined;
    return { source, addresses, peer, state, failures, nextDialMs, lastError };
  });
  for (const { peer, remote } of links.values()) {
    if (candidates.some((candidate) => candidate.peer === peer)) continue;
    rows.push({
      source: "inbound",
      addresses: [remote],
      peer,
      state: "linked",
      failures: 0,
      nextDialMs: undefined,
      lastError: undefined,
    });
  }
  return rows;
}

function stateOf(candidate: Candidate, links: ReadonlyMap<PeerId, Link>): MeshStatus["state"] {
  if (candidate.isSelf) return "self";
  if (candidate.peer && links.has(candidate.peer)) return "linked";
  // A node that seems to be at the far end of a link that came in needs no dial.
  if (candidate.verifyAt !== undefined) return "linked";
  return candidate.dialling ? "dialling" : "waiting";
}
