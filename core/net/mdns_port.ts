import { EventEmitter } from "node:events";
// @ts-types="./multicast_dns.d.ts"
import multicastDns from "multicast-dns";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { isNeighbour } from "./address_rules.ts";
import type { NetworkInterface } from "./interfaces.ts";
import { parseIp, withoutZone } from "./ip_address.ts";
import { type Datagram, MDNS_GROUP, MDNS_PORT, type OpenDatagram } from "./mdns_datagram.ts";
import type { Incoming, Outgoing, Source } from "./mdns_packet.ts";
import type { MulticastDns } from "./multicast_dns.d.ts";
import { SourceLimit } from "./source_limit.ts";

/** The longest packet of multicast DNS (RFC 6762 §17). */
export const MAX_PACKET_BYTES = 9_000;
/** Questions and records of one packet; longer ones are amplifiers, not neighbours. */
export const MAX_RECORDS = 64;

/** What a port needs. */
export interface MdnsPortOptions {
  readonly on: NetworkInterface;
  readonly family: 4 | 6;
  readonly open: OpenDatagram;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes each packet that passed the bounds. */
  readonly receive: (packet: Incoming, source: Source) => void;
}

/** Multicast DNS on one interface in one family: bounds before decoding, errors that only this loses. */
export class MdnsPort {
  readonly #log: Log;
  readonly #told = new Set<string>();
  #mdns: MulticastDns | undefined;
  readonly on: NetworkInterface;
  readonly family: 4 | 6;

  private constructor({ on, family, log }: MdnsPortOptions) {
    this.on = on;
    this.family = family;
    this.#log = log;
  }

  /** @throws {Error} when the socket cannot be had. */
  static async open(options: MdnsPortOptions): Promise<MdnsPort> {
    const { on, family, log } = options;
    const port = new MdnsPort(options);
    const datagram = await options.open(on, family, (error) => port.#tell(error));
    port.#mdns = multicastDns({
      socket: new Gate(options, datagram),
      type: family === 4 ? "udp4" : "udp6",
      ip: MDNS_GROUP[family],
      port: MDNS_PORT,
      interface: on.name,
      bind: false,
      multicast: false,
    });
    port.#mdns.on("packet", options.receive);
    port.#mdns.on("warning", ({ message }) => log("debug", `Unreadable mDNS: ${message}`));
    return port;
  }

  /** Sends to the group, or to `to` alone; a failure is logged, once for each cause. */
  async send(packet: Outgoing, to: Source | null = null): Promise<void> {
    const mdns = this.#mdns;
    if (!mdns) return;
    try {
      const error = await new Promise<Error | null | undefined>((resolve) => {
        if (packet.type === "query") mdns.query(packet, resolve);
        else mdns.respond(packet, to, resolve);
      });
      if (error) throw error;
    } catch (error) {
      this.#tell(asError(error));
    }
  }

  async close(): Promise<void> {
    const mdns = this.#mdns;
    this.#mdns = undefined;
    if (!mdns) return;
    try {
      await new Promise<void>((resolve) => mdns.destroy(resolve));
    } catch (error) {
      // The system has closed the socket already, its interface being gone.
      this.#tell(asError(error));
    }
  }

  #tell(error: Error): void {
    const cause = (error as { code?: string }).code ?? error.message;
    const level = this.#told.has(cause) ? "debug" : "warn";
    this.#told.add(cause);
    this.#log(level, `mDNS on ${this.on.name} (IPv${this.family}) failed: ${error.message}`);
  }
}

/** Stands between the socket and multicast-dns, which would decode whatever comes. */
class Gate extends EventEmitter {
  readonly #datagram: Datagram;
  readonly #limit = new SourceLimit();

  constructor({ on, clock }: MdnsPortOptions, datagram: Datagram) {
    super();
    this.#datagram = datagram;
    datagram.on("message", (bytes: Uint8Array, source: Source) => {
      const address = withoutZone(source.address);
      if (bytes.length > MAX_PACKET_BYTES || countRecords(bytes) > MAX_RECORDS) return;
      const ip = parseIp(address);
      if (!ip || !isNeighbour(ip, on)) return;
      if (this.#limit.admit(address, clock.now())) {
        this.emit("message", bytes, { ...source, address });
      }
    });
  }

  send(...args: Parameters<Datagram["send"]>): void {
    this.#datagram.send(...args);
  }

  close(callback: () => void): void {
    this.#datagram.close(callback);
  }
}

/** The sum of the four counts of a DNS header (RFC 1035 §4.1.1). */
function countRecords(bytes: Uint8Array): number {
  if (bytes.length < 12) return Infinity;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint16(4) + view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
