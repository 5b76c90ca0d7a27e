import type { NetworkInterface } from "./interfaces.ts";
import {
  type IpAddress,
  isLinkLocalIpv6,
  isLoopback,
  parseIp,
  sharesPrefix,
} from "./ip_address.ts";

/** Below this a "subnet" is a default route in disguise (a VPN's 0.0.0.0/0 or /1). */
const MIN_PREFIX = { 4: 8, 6: 32 } as const;

/** Whether `ip` is a neighbour on `on`: nothing else is believed or dialled (MDNS-9). */
export function isNeighbour(ip: IpAddress, on: NetworkInterface): boolean {
  if (isLoopback(ip)) return on.loopback && on.subnets.some(({ family }) => family === ip.family);
  if (on.loopback || isGroupOrNothing(ip)) return false;
  if (isLinkLocalIpv6(ip)) return on.subnets.some(isLinkLocalIpv6);
  return on.subnets.some((subnet) =>
    subnet.prefix >= MIN_PREFIX[subnet.family] && sharesPrefix(ip, subnet, subnet.prefix) &&
    !isBroadcast(ip, subnet.prefix)
  );
}

/**
 * Reads an address that a record carries and gives the host to dial, with a zone where one is needed;
 * `undefined` when it is not a neighbour on the interface that the record came in by.
 */
export function admitAddress(text: string, on: NetworkInterface): string | undefined {
  const ip = parseIp(text);
  if (!ip || !isNeighbour(ip, on)) return undefined;
  return isLinkLocalIpv6(ip) ? `${text}%${on.zone}` : text;
}

/** Sorts hosts for dialling, lowest first: IPv4, routable IPv6, link-local; virtual interfaces last. */
export function addressRank(host: string, on: NetworkInterface): number {
  const kind = host.includes("%") ? 2 : host.includes(":") ? 1 : 0;
  return kind + (on.virtual ? 10 : 0);
}

/** Multicast, unspecified, reserved, and IPv4 written as IPv6 (which would dodge the rules). */
function isGroupOrNothing({ family, bytes }: IpAddress): boolean {
  if (family === 4) return bytes[0] === 0 || bytes[0]! >= 224;
  return bytes[0] === 0xff || bytes.subarray(0, 10).every((byte) => byte === 0);
}

/** All host bits one, or all zero, in a subnet that has hosts. */
function isBroadcast({ family, bytes }: IpAddress, prefix: number): boolean {
  if (family === 6 || prefix >= 31) return false;
  const host = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) & (0xffffffff >>> prefix);
  return host === 0 || host >>> 0 === 0xffffffff >>> prefix;
}
