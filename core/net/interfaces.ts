import os from "node:os";
import { isLinkLocalIpv6, parseIp, type Subnet } from "./ip_address.ts";
import type { Address } from "./transport.ts";

/** A network interface that is up, with the addresses that may be used. */
export interface NetworkInterface {
  readonly name: string;
  /** What follows `%` in a link-local address: the name, on Windows the index. */
  readonly zone: string;
  readonly loopback: boolean;
  /** Bridges of containers, virtual machines and VPNs: peers are rarely behind them. */
  readonly virtual: boolean;
  readonly subnets: readonly Subnet[];
}

/** A machine full of containers has hundreds; real ones come first. */
export const MAX_INTERFACES = 16;

const VIRTUAL =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|vethernet|tun|tap|utun|wg|tailscale|zt|cni)/i;

/** Reads this machine's interfaces; those without a carrier (a pulled cable) are left out. */
export function readInterfaces(): NetworkInterface[] {
  const found: NetworkInterface[] = [];
  for (const [name, addresses] of Object.entries(os.networkInterfaces())) {
    if (!addresses || !hasCarrier(name)) continue;
    const subnets: Subnet[] = [];
    let index = 0;
    for (const { address, cidr, scopeid } of addresses) {
      const ip = parseIp(address);
      const prefix = Number(cidr?.split("/")[1]);
      if (!ip || !Number.isInteger(prefix)) continue;
      subnets.push({ ...ip, text: address, prefix });
      if (scopeid) index = scopeid;
    }
    found.push({
      name,
      zone: Deno.build.os === "windows" ? String(index) : name,
      loopback: addresses.some(({ internal }) => internal),
      virtual: VIRTUAL.test(name),
      subnets,
    });
  }
  return found;
}

/** Linux keeps the addresses of an interface whose cable is out, and says so only here. */
function hasCarrier(name: string): boolean {
  if (Deno.build.os !== "linux" || !/^[\w.@-]+$/.test(name)) return true;
  const path = `/sys/class/net/${name}/operstate`;
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return true;
  try {
    return !/^(down|lowerlayerdown|notpresent|dormant)/.test(Deno.readTextFileSync(path));
  } catch {
    return true; // An alias such as eth0:1, or gone this moment: the socket will tell.
  }
}

/**
 * Picks the interfaces to use. `selection` holds names and addresses as in `--interface`; an address
 * picks itself alone. Without selection: all but the loopback, or the loopback when it is all there is.
 */
export function selectInterfaces(
  all: readonly NetworkInterface[],
  selection: readonly string[],
): NetworkInterface[] {
  const usable = all.filter(({ subnets }) => subnets.length > 0);
  if (selection.length === 0) {
    const outer = usable.filter(({ loopback }) => !loopback);
    return (outer.length > 0 ? outer : usable)
      .sort((a, b) => Number(a.virtual) - Number(b.virtual)).slice(0, MAX_INTERFACES);
  }
  const picked: NetworkInterface[] = [];
  for (const one of usable) {
    const subnets = selection.includes(one.name)
      ? one.subnets
      : one.subnets.filter(({ text }) => selection.includes(text));
    if (subnets.length > 0) picked.push({ ...one, subnets });
  }
  return picked.slice(0, MAX_INTERFACES);
}

/** Of a machine with hundreds of addresses this many go into an invite. */
const MAX_OWN_ADDRESSES = 8;

/**
 * Where others may dial a node with these interfaces, the likeliest first: real interfaces, the loopback only
 * when it is all there is, and no address that means nothing on another machine.
 */
export function ownAddresses(interfaces: readonly NetworkInterface[], port: number): Address[] {
  if (port === 0) return [];
  const outer = interfaces.filter(({ loopback }) => !loopback);
  return (outer.length > 0 ? outer : interfaces)
    .toSorted((a, b) => Number(a.virtual) - Number(b.virtual))
    .flatMap(({ subnets }) => subnets.toSorted((a, b) => a.family - b.family))
    .filter((subnet) => !isLinkLocalIpv6(subnet))
    .slice(0, MAX_OWN_ADDRESSES)
    .map(({ text }) => ({ host: text, port }));
}

/** The hosts to listen on: every address of this machine, or those of the selected interfaces. */
export function listenHosts(
  selected: readonly NetworkInterface[],
  selection: readonly string[],
): string[] {
  if (selection.length === 0) return ["0.0.0.0", "::"];
  return selected.flatMap(({ zone, subnets }) =>
    subnets.map((subnet) => isLinkLocalIpv6(subnet) ? `${subnet.text}%${zone}` : subnet.text)
  );
}
