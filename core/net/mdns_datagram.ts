import dgram from "node:dgram";
import type { EventEmitter } from "node:events";
import type { NetworkInterface } from "./interfaces.ts";

/** The port of multicast DNS (RFC 6762 §3). */
export const MDNS_PORT = 5_353;
/** The groups of multicast DNS, by family. */
export const MDNS_GROUP = { 4: "224.0.0.251", 6: "ff02::fb" } as const;
/** RFC 6762 §11: packets leave with a hop count that no router can have lowered. */
const HOPS = 255;

/** The part of a datagram socket that multicast DNS needs; one of memory in tests. */
export interface Datagram extends EventEmitter {
  send(
    bytes: Uint8Array,
    offset: number,
    length: number,
    port: number,
    address: string,
    callback: (error?: Error | null) => void,
  ): void;
  close(callback?: () => void): void;
}

/**
 * Opens a socket that hears and speaks multicast DNS on one interface in one family; `failed` is told
 * of each error after that.
 */
export type OpenDatagram = (
  on: NetworkInterface,
  family: 4 | 6,
  failed: (error: Error) => void,
) => Promise<Datagram>;

/**
 * Opens a socket on the shared port 5353, joined to the group on `on` alone. Several programs may hold
 * the port at once: each hears every multicast.
 * @throws {Error} when another program holds the port for itself, or the interface is gone.
 */
export const openDatagram: OpenDatagram = async (on, family, failed) => {
  const socket = dgram.createSocket(
    family === 4
      ? { type: "udp4", reuseAddr: true }
      : { type: "udp6", reuseAddr: true, ipv6Only: true },
  );
  try {
    await bind(socket, hostToBind(on, family), failed);
    const device = deviceOf(on, family);
    socket.addMembership(MDNS_GROUP[family], device);
    socket.setMulticastInterface(device);
    socket.setMulticastTTL(HOPS);
    socket.setMulticastLoopback(true); // Another node may run on this machine.
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
};

/**
 * A socket bound to a group with a zone hears that group on that interface only; without that, Linux
 * gives each socket what any other joined, and a link-local source does not tell where it came in.
 * Windows cannot bind to a group, and needs not.
 */
function hostToBind(on: NetworkInterface, family: 4 | 6): string {
  if (Deno.build.os === "windows") return family === 4 ? "0.0.0.0" : "::";
  return family === 4 ? MDNS_GROUP[4] : `${MDNS_GROUP[6]}%${on.zone}`;
}

/** How `node:dgram` names an interface: by an IPv4 address, or by an IPv6 zone. */
function deviceOf(on: NetworkInterface, family: 4 | 6): string {
  if (family === 6) return `::%${on.zone}`;
  const subnet = on.subnets.find((one) => one.family === 4);
  if (!subnet) throw new Error(`Cannot use interface "${on.name}": no IPv4 address`);
  return subnet.text;
}

function bind(
  socket: dgram.Socket,
  address: string,
  failed: (error: Error) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = reject;
    // Never without a listener: an error nobody listens to would end the process.
    socket.on("error", (error) => told(error));
    socket.bind({ port: MDNS_PORT, address }, () => {
      told = failed;
      resolve();
    });
  });
}
