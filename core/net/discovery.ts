import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { NetworkInterface } from "./interfaces.ts";
import { type OpenDatagram, openDatagram } from "./mdns_datagram.ts";
import type { Incoming, Source } from "./mdns_packet.ts";
import { MdnsPort } from "./mdns_port.ts";
import { readResponse } from "./mdns_reading.ts";
import { type Announced, goodbye, query, RECORD_TTL_S } from "./mdns_records.ts";
import { Responder } from "./responder.ts";
import { Sightings } from "./sightings.ts";
import type { Address } from "./transport.ts";

/** A node tells of itself at its start, and once more for those who missed it (RFC 6762 §8.3). */
const ANNOUNCE_AT_MS = [0, 1_000];
/** It asks at its start, then after growing pauses (RFC 6762 §5.2). */
const QUERY_PAUSES_MS = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
/** Then for ever at this pace, so that every record is renewed before it ends. */
const QUERY_MS = RECORD_TTL_S * 1_000 / 2;
/** Records that hold for longer than this are known answers: their owner need not repeat them. */
const FRESH_MS = QUERY_MS;
/** How often ended records are looked for. */
const SWEEP_MS = 5_000;

/** A node that was found: where it may be dialled, best first. */
export interface Found {
  readonly instance: string;
  readonly addresses: readonly Address[];
}

/** What discovery needs. */
export interface DiscoveryOptions {
  /** This process's nonce: see {@linkcode makeInstance}. */
  readonly instance: string;
  /** The port at which this node listens, asked whenever it is told. */
  readonly port: () => number;
  readonly interfaces: readonly NetworkInterface[];
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /** Called when a node is new, has other addresses, or is heard again after a while. */
  readonly found: (found: Found) => void;
  /** Called when a node said goodbye or was silent too long. A hint: it may be linked all the same. */
  readonly lost: (instance: string) => void;
  /** Opens sockets; replaced in tests. */
  readonly openDatagram?: OpenDatagram;
}

/** Makes the nonce that names this process on the network, 16 hex digits; a new one at each start. */
export function makeInstance(random: RandomBytes): string {
  return Array.from(random(8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Finds nodes by multicast DNS and lets them find this one. It never dials. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #ports = new Map<string, { port: MdnsPort; responder: Responder }>();
  readonly #sightings = new Sightings();
  #timers: Timer[] = [];
  #sweep: Timer | undefined;
  #turn: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Opens a socket per interface and family; one that cannot be had is logged and left out. */
  static async open(options: DiscoveryOptions): Promise<Discovery> {
    const discovery = new Discovery(options);
    discovery.#sweep = options.clock.every(SWEEP_MS, () => {
      discovery.#lose(discovery.#sightings.expire(options.clock.now()));
    });
    await discovery.setInterfaces(options.interfaces);
    return discovery;
  }

  /** Joins and leaves groups so that they fit `interfaces`, and tells and asks anew everywhere. */
  setInterfaces(interfaces: readonly NetworkInterface[]): Promise<void> {
    this.#turn = this.#turn.then(() => this.#closing ? undefined : this.#fit(interfaces));
    return this.#turn;
  }

  /** Says goodbye and closes every socket. */
  close(): Promise<void> {
    this.#closing ??= this.#turn.then(async () => {
      this.#sweep?.cancel();
      for (const timer of this.#timers) timer.cancel();
      await Promise.all([...this.#ports.values()].map(async ({ port, responder }) => {
        responder.close();
        await port.send(goodbye(this.#announced(port.on)));
        await port.close();
      }));
      this.#ports.clear();
    });
    return this.#closing;
  }

  async #fit(interfaces: readonly NetworkInterface[]): Promise<void> {
    const wanted = new Map<string, { on: NetworkInterface; family: 4 | 6 }>();
    for (const on of interfaces) {
      for (const family of families(on)) wanted.set(placeOf(on, family), { on, family });
    }
    for (const [place, { port, responder }] of this.#ports) {
      if (wanted.has(place)) continue;
      this.#ports.delete(place);
      responder.close();
      await port.close();
      this.#lose(this.#sightings.leave(place));
    }
    for (const [place, { on, family }] of wanted) {
      if (!this.#ports.has(place)) await this.#openPort(place, on, family);
    }
    this.#schedule();
  }

  async #openPort(place: string, on: NetworkInterface, family: 4 | 6): Promise<void> {
    const { clock, log, random, openDatagram: open = openDatagram } = this.#options;
    const receive = (packet: Incoming, source: Source) => this.#receive(place, packet, source);
    try {
      const port = await MdnsPort.open({ on, family, open, clock, log, receive });
      const responder = new Responder({ port, self: () => this.#announced(on), clock, random });
      this.#ports.set(place, { port, responder });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log("warn", `Cannot discover peers on ${on.name} (IPv${family}): ${why}`);
    }
  }

  /** Starts the round of announcements and questions from its beginning. */
  #schedule(): void {
    for (const timer of this.#timers) timer.cancel();
    const { clock } = this.#options;
    this.#timers = [];
    for (const ms of ANNOUNCE_AT_MS) this.#timers.push(clock.after(ms, () => this.#announce()));
    let at = 0;
    for (const pause of QUERY_PAUSES_MS) {
      at += pause;
      this.#timers.push(clock.after(at, () => this.#ask()));
    }
    const last = clock.after(at, () => this.#timers.push(clock.every(QUERY_MS, () => this.#ask())));
    this.#timers.push(last);
  }

  #announce(): void {
    for (const { responder } of this.#ports.values()) responder.announce();
  }

  #ask(): void {
    const now = this.#options.clock.now();
    for (const [place, { port }] of this.#ports) {
      const known = this.#sightings.fresh(place, now, FRESH_MS);
      void port.send(query([this.#options.instance, ...known]));
    }
  }

  #receive(place: string, packet: Incoming, source: Source): void {
    const open = this.#ports.get(place);
    if (!open || this.#closing) return;
    if (packet.type === "query") return open.responder.asked(packet, source);
    if (packet.type !== "response") return;
    const { instance: own, clock, found } = this.#options;
    const { sightings, goodbyes } = readResponse(packet, open.port.on);
    this.#lose(goodbyes.filter((instance) => this.#sightings.remove(instance)));
    for (const sighting of sightings) {
      const { instance } = sighting;
      if (instance === own) continue;
      const addresses = this.#sightings.heard(sighting, place, source.address, clock.now());
      if (addresses) found({ instance, addresses });
    }
  }

  #lose(instances: readonly string[]): void {
    for (const instance of instances) this.#options.lost(instance);
  }

  #announced(on: NetworkInterface): Announced {
    const { instance, port } = this.#options;
    return { instance, port: port(), addresses: on.subnets.map(({ text }) => text) };
  }
}

/** IPv6 multicast does not work on the loopback of every system; IPv4 does. */
function families(on: NetworkInterface): (4 | 6)[] {
  const has = (family: 4 | 6) => on.subnets.some((subnet) => subnet.family === family);
  const both: (4 | 6)[] = [4, 6];
  return both.filter((family) => has(family) && !(family === 6 && on.loopback));
}

/** Names a socket; another address on the interface makes another one, which announces it. */
function placeOf(on: NetworkInterface, family: 4 | 6): string {
  return JSON.stringify([on.name, family, ...on.subnets.map(({ text, prefix }) => [text, prefix])]);
}
