import type { EventEmitter } from "node:events";
import type { Incoming, Outgoing, Source } from "./mdns_packet.ts";

/** The part of multicast-dns 7.2.5 that is used here. */
export interface MulticastDns {
  on(event: "packet", listener: (packet: Incoming, source: Source) => void): this;
  on(event: "warning", listener: (error: Error) => void): this;
  query(packet: Outgoing, callback: (error?: Error | null) => void): void;
  respond(packet: Outgoing, to: Source | null, callback: (error?: Error | null) => void): void;
  destroy(callback: () => void): void;
}

export default function multicastDns(options: {
  socket: EventEmitter;
  type: "udp4" | "udp6";
  ip: string;
  port: number;
  interface: string;
  bind: false;
  multicast: false;
}): MulticastDns;
