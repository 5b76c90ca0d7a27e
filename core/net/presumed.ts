import type { PeerId } from "../base/ids.ts";
import type { Candidate, Candidates } from "./candidates.ts";
import { withoutZone } from "./ip_address.ts";
import type { Link } from "./link.ts";
import type { Address } from "./transport.ts";

/** Whether `link` is with one of the machines at `addresses`. */
export function isAtOneOf(link: Link, addresses: readonly Address[]): boolean {
  const remote = withoutZone(link.remote.host);
  return addresses.some(({ host }) => withoutZone(host) === remote);
}

/**
 * Whether a node that discovery found is likely the far end of a link: there are as many links with its
 * machine, of peers not met by dialling or of such as left discovery since, as nodes are found there whose
 * peer is not known. A link does not tell the instance, since that would let others follow a device from name
 * to name.
 */
export function isPresumedLinked(
  candidate: Candidate,
  all: readonly Candidate[],
  links: Iterable<Link>,
): boolean {
  if (!isUnknown(candidate)) return false;
  let unnamed = 0;
  for (const link of links) {
    if (!isAtOneOf(link, candidate.addresses)) continue;
    const names = all.filter(({ source, peer }) => source === "discovery" && peer === link.peer);
    if (names.length === 0 ? !link.initiator : names.every(({ gone }) => gone)) unnamed++;
  }
  if (unnamed === 0) return false;
  const hosts = new Set(candidate.addresses.map(({ host }) => host));
  const unknown = all.filter((other) =>
    isUnknown(other) && other.addresses.some(({ host }) => hosts.has(host))
  );
  return unnamed >= unknown.length;
}

/**
 * Takes a node that discovery found for the peer that answered at the same address and port before, under
 * another name: as long as that one is linked, nobody else listens there (MESH-10).
 */
export function recognise(
  candidate: Candidate,
  candidates: Candidates,
  isLinked: (peer: PeerId) => boolean,
): void {
  if (!isUnknown(candidate)) return;
  for (const other of candidates.inOrder()) {
    const { peer, peerAt } = other;
    if (other === candidate || peer === undefined || !peerAt || !isLinked(peer)) continue;
    const { host, port } = peerAt;
    if (!candidate.addresses.some((one) => one.host === host && one.port === port)) continue;
    candidate.peer = peer;
    candidate.peerAt = peerAt;
    if (other.gone) candidates.remove(other);
    return;
  }
}

function isUnknown({ source, peer, isSelf }: Candidate): boolean {
  return source === "discovery" && peer === undefined && !isSelf;
}
