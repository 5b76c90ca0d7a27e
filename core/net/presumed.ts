import type { Candidate } from "./candidates.ts";
import { withoutZone } from "./ip_address.ts";
import type { Link } from "./link.ts";
import type { Address } from "./transport.ts";

/** Whether `link` is with one of the machines at `addresses`. */
export function isAtOneOf(link: Link, addresses: readonly Address[]): boolean {
  const remote = withoutZone(link.remote.host);
  return addresses.some(({ host }) => withoutZone(host) === remote);
}

/**
 * Whether a node that discovery found is likely the far end of a link that came in: as many links came
 * in from its machine, of peers not met by dialling, as nodes are found there whose peer is not known.
 * A link does not tell the instance, since that would let others follow a device from start to start.
 */
export function isPresumedLinked(
  candidate: Candidate,
  all: readonly Candidate[],
  links: Iterable<Link>,
): boolean {
  if (!isUnknown(candidate)) return false;
  let cameIn = 0;
  for (const link of links) {
    if (link.initiator || !isAtOneOf(link, candidate.addresses)) continue;
    if (!all.some(({ source, peer }) => source === "discovery" && peer === link.peer)) cameIn++;
  }
  if (cameIn === 0) return false;
  const hosts = new Set(candidate.addresses.map(({ host }) => host));
  const unknown = all.filter((other) =>
    isUnknown(other) && other.addresses.some(({ host }) => hosts.has(host))
  );
  return cameIn >= unknown.length;
}

function isUnknown({ source, peer, isSelf }: Candidate): boolean {
  return source === "discovery" && peer === undefined && !isSelf;
}
