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
 * The nodes that discovery found which are likely the far ends of links: there are as many links with their
 * machine, of peers not met by dialling or of such as left discovery since, as nodes are found there whose
 * peer is not known. A link does not tell the instance, since that would let others follow a device from name
 * to name.
 */
export function presumedLinked(
  all: readonly Candidate[],
  links: Iterable<Link>,
): ReadonlySet<Candidate> {
  const found = all.filter(({ source }) => source === "discovery");
  const names = Map.groupBy(found, ({ peer }) => peer);
  /** Of each machine: its links of which no name is known. */
  const unnamed = new Map<string, number>();
  for (const { peer, initiator, remote } of links) {
    const own = names.get(peer) ?? [];
    if (own.length === 0 ? initiator : !own.every(({ gone }) => gone)) continue;
    const host = withoutZone(remote.host);
    unnamed.set(host, (unnamed.get(host) ?? 0) + 1);
  }
  const unknown = new Map<string, Candidate[]>();
  for (const candidate of found.filter(isUnknown)) {
    for (const host of hostsOf(candidate)) {
      const others = unknown.get(host);
      if (others) others.push(candidate);
      else unknown.set(host, [candidate]);
    }
  }
  return new Set(found.filter((candidate) => {
    if (!isUnknown(candidate)) return false;
    const hosts = hostsOf(candidate);
    const linked = hosts.reduce((sum, host) => sum + (unnamed.get(host) ?? 0), 0);
    return linked > 0 && linked >= new Set(hosts.flatMap((host) => unknown.get(host) ?? [])).size;
  }));
}

function hostsOf({ addresses }: Candidate): string[] {
  return [...new Set(addresses.map(({ host }) => withoutZone(host)))];
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
