import type { Clock, Timer } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { type RandomBytes, randomUnit } from "../base/random.ts";
import type { Door } from "../trust/door.ts";
import { Hints } from "./hints.ts";
import type { NetworkInterface } from "./interfaces.ts";
import { type OpenDatagram, openDatagram } from "./mdns_datagram.ts";
import type { Incoming, Source } from "./mdns_packet.ts";
import { MdnsPort } from "./mdns_port.ts";
import { readResponse } from "./mdns_reading.ts";
import { type Announced, goodbye, query, RECORD_TTL_S } from "./mdns_records.ts";
import type { OwnInstance } from "./own_instance.ts";
import { REPEAT_MS, Responder } from "./responder.ts";
import { type Found, Sightings } from "./sightings.ts";

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
/** How long a node goes by one name, by chance. */
export const INSTANCE_MS = { min: 50 * 60_000, max: 70 * 60_000 } as const;
/** Where there are more doors than room for their tags, the next ones are announced after this time. */
const TURN_MS = 60_000;

/** What discovery needs. */
export interface DiscoveryOptions {
  /** This process's name, which discovery makes anew from time to time. */
  readonly instance: OwnInstance;
  /** The doors that others may know this node by: see `hintTag`. */
  readonly doors: () => readonly Door[];
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
  /** {@linkcode INSTANCE_MS}; shorter in tests. */
  readonly instanceMs?: { readonly min: number; readonly max: number };
}

/** Finds nodes by multicast DNS and lets them find this one. It never dials. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #ports = new Map<string, { port: MdnsPort; responder: Responder }>();
  readonly #sightings = new Sightings();
  readonly #hints: Hints;
  #timers: Timer[] = [];
  #announcing: Timer[] = [];
  #announcedAt = -Infinity;
  /** The tags of the last announcement. */
  #told: readonly Uint8Array[] = [];
  #sweep: Timer | undefined;
  #turning: Timer | undefined;
  #renewal: Timer | undefined;
  #turn: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(options: DiscoveryOptions) {
    this.#options = options;
    this.#hints = new Hints(options.random);
  }

  /** Opens a socket per interface and family; one that cannot be had is logged and left out. */
  static async open(options: DiscoveryOptions): Promise<Discovery> {
    const discovery = new Discovery(options);
    discovery.#sweep = options.clock.every(SWEEP_MS, () => {
      discovery.#lose(discovery.#sightings.expire(options.clock.now()));
    });
    discovery.#turning = options.clock.every(TURN_MS, () => {
      if (discovery.#hints.turn(options.doors())) discovery.#announceTwice();
    });
    discovery.#awaitRenewal();
    await discovery.setInterfaces(options.interfaces);
    return discovery;
  }

  /** Joins and leaves groups so that they fit `interfaces`, and tells and asks anew everywhere. */
  setInterfaces(interfaces: readonly NetworkInterface[]): Promise<void> {
    this.#turn = this.#turn.then(() => this.#closing ? undefined : this.#fit(interfaces));
    return this.#turn;
  }

  /** This node has other doors: what is announced of them changes, if that is seen at all. */
  doorsChanged(): void {
    const { instance, doors } = this.#options;
    if (this.#closing) return;
    if (this.#hints.of(instance.current, doors()) !== this.#told) this.#announceTwice();
  }

  /** Says goodbye and closes every socket. */
  close(): Promise<void> {
    this.#closing ??= this.#turn.then(async () => {
      const timers = [this.#sweep, this.#turning, this.#renewal];
      for (const timer of [...timers, ...this.#timers, ...this.#announcing]) timer?.cancel();
      await Promise.all([...this.#ports.values()].map(async ({ port, responder }) => {
        responder.close();
        await port.send(goodbye(this.#announced(port.on)));
        await port.close();
      }));
      this.#ports.clear();
    });
    return this.#closing;
  }

  #awaitRenewal(): void {
    const { clock, random, instanceMs: { min, max } = INSTANCE_MS } = this.#options;
    this.#renewal = clock.after(min + randomUnit(random) * (max - min), () => this.#renew());
  }

  /** Goes by another name from now on: to others a node has left, and another one is there. */
  #renew(): void {
    if (this.#closing) return;
    for (const { port } of this.#ports.values()) {
      void port.send(goodbye(this.#announced(port.on)));
    }
    this.#options.instance.renew();
    this.#announceTwice();
    this.#awaitRenewal();
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
    this.#announceTwice();
    let at = 0;
    for (const pause of QUERY_PAUSES_MS) {
      at += pause;
      this.#timers.push(clock.after(at, () => this.#ask()));
    }
    const last = clock.after(at, () => this.#timers.push(clock.every(QUERY_MS, () => this.#ask())));
    this.#timers.push(last);
  }

  /** Tells all others; no sooner than they were told before allows. */
  #announceTwice(): void {
    for (const timer of this.#announcing) timer.cancel();
    const { clock } = this.#options;
    const wait = Math.max(0, this.#announcedAt + REPEAT_MS - clock.now());
    this.#announcing = ANNOUNCE_AT_MS.map((ms) => clock.after(wait + ms, () => this.#announce()));
  }

  #announce(): void {
    const { clock, instance, doors } = this.#options;
    this.#announcedAt = clock.now();
    this.#told = this.#hints.of(instance.current, doors());
    for (const { responder } of this.#ports.values()) responder.announce();
  }

  #ask(): void {
    const now = this.#options.clock.now();
    for (const [place, { port }] of this.#ports) {
      const known = this.#sightings.fresh(place, now, FRESH_MS);
      void port.send(query([this.#options.instance.current, ...known]));
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
      if (own.has(sighting.instance)) continue;
      const news = this.#sightings.heard(sighting, place, source.address, clock.now());
      if (news) found(news);
    }
  }

  #lose(instances: readonly string[]): void {
    for (const instance of instances) this.#options.lost(instance);
  }

  #announced(on: NetworkInterface): Announced {
    const { instance: { current: instance }, doors, port } = this.#options;
    const hints = this.#hints.of(instance, doors());
    return { instance, port: port(), addresses: on.subnets.map(({ text }) => text), hints };
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
