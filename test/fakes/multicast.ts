import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import type { Clock } from "../../core/base/clock.ts";
import type { NetworkInterface } from "../../core/net/interfaces.ts";
import { parseIp, type Subnet } from "../../core/net/ip_address.ts";
import type { Datagram, OpenDatagram } from "../../core/net/mdns_datagram.ts";
import { MDNS_PORT } from "../../core/net/mdns_datagram.ts";

/** How long a packet is on its way, in milliseconds. */
const LATENCY_MS = 1;

/** An interface named `name` with addresses as in `10.0.0.1/24`. */
export function fakeInterface(
  name: string,
  cidrs: readonly string[],
  parts: Partial<NetworkInterface> = {},
): NetworkInterface {
  const subnets = cidrs.map((cidr): Subnet => {
    const [text, prefix] = cidr.split("/") as [string, string];
    return { ...parseIp(text)!, text, prefix: Number(prefix) };
  });
  return { name, zone: name, loopback: false, virtual: false, subnets, ...parts };
}

/** A packet that went over a {@linkcode Cable}. */
export interface Packet {
  readonly bytes: Buffer;
  readonly from: string;
  /** The group, or one address. */
  readonly to: string;
  readonly atMs: number;
}

class FakeDatagram extends EventEmitter implements Datagram {
  isClosed = false;

  constructor(
    readonly address: string,
    readonly put: (from: FakeDatagram, bytes: Buffer, to: string, port: number) => void,
    readonly unplug: (datagram: FakeDatagram) => void,
  ) {
    super();
  }

  send(
    bytes: Uint8Array,
    _offset: number,
    _length: number,
    port: number,
    address: string,
    callback: (error?: Error | null) => void,
  ): void {
    this.put(this, Buffer.from(bytes), address, port);
    callback(null);
  }

  close(callback?: () => void): void {
    // As `node:dgram` does.
    if (this.isClosed) throw new Error("Not running");
    this.isClosed = true;
    this.unplug(this);
    callback?.();
  }
}

/** One network segment in memory on which every socket hears every multicast, also its own. */
export class Cable {
  readonly packets: Packet[] = [];
  readonly #clock: Clock;
  readonly #sockets = new Set<FakeDatagram>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many sockets are open. */
  get open(): number {
    return this.#sockets.size;
  }

  /** Opens a socket that is plugged into this cable, as `openDatagram` does. */
  readonly plug: OpenDatagram = (on, family, failed) => {
    const subnet = on.subnets.find((one) => one.family === family);
    if (!subnet) return Promise.reject(new Error("no address"));
    return Promise.resolve(this.#socket(subnet.text).on("error", failed));
  };

  /** Closes every socket, as a system may whose interface is gone. */
  tearOut(): void {
    for (const socket of this.#sockets) socket.close();
  }

  /** Says `bytes` to all, as if from `address`. */
  inject(bytes: Uint8Array, address: string, port: number = MDNS_PORT): void {
    this.#deliver(Buffer.from(bytes), { address, port });
  }

  #socket(address: string): FakeDatagram {
    const socket = new FakeDatagram(
      address,
      (from, bytes, to, port) => {
        this.packets.push({ bytes, from: from.address, to, atMs: this.#clock.now() });
        if (port === MDNS_PORT) this.#deliver(bytes, { address: from.address, port: MDNS_PORT });
      },
      (closed) => this.#sockets.delete(closed),
    );
    this.#sockets.add(socket);
    return socket;
  }

  #deliver(bytes: Buffer, source: { address: string; port: number }): void {
    this.#clock.after(LATENCY_MS, () => {
      for (const socket of [...this.#sockets]) {
        // IPv4 and IPv6 do not hear each other.
        if (socket.address.includes(":") !== source.address.includes(":")) continue;
        socket.emit("message", Buffer.from(bytes), { ...source, size: bytes.length });
      }
    });
  }
}
