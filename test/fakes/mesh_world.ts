import assert from "node:assert/strict";
import { parsePeerId, type PeerId } from "../../core/base/ids.ts";
import { silentLog } from "../../core/base/log.ts";
import type { Link } from "../../core/net/link.ts";
import { Mesh, type MeshOptions } from "../../core/net/mesh.ts";
import { OwnInstance } from "../../core/net/own_instance.ts";
import { type Door, hintTag, LOBBY_DOOR } from "../../core/trust/door.ts";
import { FakeClock } from "./clock.ts";
import { FAKE_MESSAGE_BYTES, openFakeLink } from "./fake_link.ts";
import { LateTransport } from "./late_transport.ts";
import { quiet } from "./quiet.ts";
import { seededBytes, seededUnit } from "./random.ts";
import { FakeNetwork } from "./transport.ts";

/** The port at which a node of a world listens unless another is asked for. */
export const WORLD_PORT = 4_000;

/** A node in a {@linkcode World}. */
export interface WorldNode {
  readonly peer: PeerId;
  readonly host: string;
  readonly port: number;
  readonly instance: OwnInstance;
  /** The doors that it has; the lobby's unless told. */
  doors: readonly Door[];
  mesh: Mesh;
  /** What was received on the link in use with a peer, in order; begins anew with each link. */
  readonly heard: Map<PeerId, number[]>;
  /** What was sent on it. */
  readonly said: Map<PeerId, number[]>;
  /** Links told so far. */
  linked: number;
  /** Handshakes that it began as the one that dialled. */
  dials: number;
}

/** How a node starts. */
export interface WorldStart extends Partial<MeshOptions> {
  /** The device: starts under one name have one PeerId. The host unless told. */
  readonly name?: string;
  /** The doors that it has. */
  readonly with?: readonly Door[];
  /** Not found by discovery. */
  readonly hidden?: boolean;
}

/** Nodes on hosts in memory, with latency, that find each other as by multicast; all by one seed. */
export class World {
  readonly clock = new FakeClock();
  readonly network = new FakeNetwork();
  readonly nodes = new Set<WorldNode>();
  readonly unit: () => number;
  readonly #seed: number;
  readonly #names: string[] = [];
  readonly #transports = new Map<string, LateTransport>();
  readonly #cuts = new Set<string>();
  readonly #hidden = new Set<WorldNode>();
  #started = 0;
  #said = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.unit = seededUnit(seed);
    // Whoever is there speaks every second; discovery hears all of it again every minute.
    this.clock.every(1_000, () => {
      for (const node of this.nodes) {
        for (const link of node.mesh.links.values()) this.say(node, link);
      }
    });
    this.clock.every(60_000, () => {
      for (const node of this.nodes) this.announce(node);
    });
  }

  /** The node at a host, if one runs there. */
  at(host: string): WorldNode | undefined {
    return [...this.nodes].find((node) => node.host === host);
  }

  /** Starts a node; others find it unless it is hidden. */
  async start(host: string, options: WorldStart = {}): Promise<WorldNode> {
    const random = seededBytes(this.#seed * 1_000 + this.#started++);
    const self = this.#peerOf(options.name ?? host);
    const instance = new OwnInstance(random);
    const heard = new Map<PeerId, number[]>();
    const said = new Map<PeerId, number[]>();
    const node: WorldNode = {
      peer: self,
      host,
      instance,
      doors: options.with ?? [LOBBY_DOOR],
      heard,
      said,
      linked: 0,
      dials: 0,
      get port() {
        return this.mesh.port;
      },
      mesh: undefined as never,
    };
    const mesh = await Mesh.open({
      self,
      instance,
      transport: this.#transport(host),
      doors: () => node.doors,
      admits: () => true,
      circles: () => [],
      seeks: () => false,
      openLink: (connection, door) => {
        if (door) node.dials++;
        return openFakeLink(connection, self, door, node.doors);
      },
      hosts: () => ["0.0.0.0"],
      port: WORLD_PORT,
      clock: this.clock,
      log: silentLog,
      random,
      onLink: (link) => {
        node.linked++;
        heard.set(link.peer, []);
        said.set(link.peer, []);
        const mine = heard.get(link.peer);
        link.start((messages) => {
          for (const message of messages) mine?.push(numberOf(message));
        });
        this.say(node, link);
      },
      ...options,
    });
    node.mesh = mesh;
    this.nodes.add(node);
    if (options.hidden) this.#hidden.add(node);
    else this.announce(node);
    return node;
  }

  /** Ends a node; `goodbye` tells the others' discovery. */
  async stop(node: WorldNode, goodbye: boolean): Promise<void> {
    this.nodes.delete(node);
    if (goodbye) { for (const other of this.nodes) other.mesh.lost(node.instance.current); }
    await node.mesh.close();
  }

  /** Lets a node go by another name; `goodbye` tells the others that the one of before is no more. */
  renew(node: WorldNode, goodbye: boolean): void {
    const before = node.instance.current;
    node.instance.renew();
    for (const other of this.nodes) if (goodbye && other !== node) other.mesh.lost(before);
    this.announce(node);
  }

  /** Lets `node` and all others find each other, as an announcement and the answers to a question do. */
  announce(node: WorldNode): void {
    for (const other of this.nodes) {
      if (other === node || this.#hidden.has(other) || this.#hidden.has(node)) continue;
      this.#find(other, node, this.unit() * 5);
      this.#find(node, other, 20 + this.unit() * 100);
    }
  }

  #find(who: WorldNode, whom: WorldNode, ms: number): void {
    const instance = whom.instance.current;
    const hints = whom.doors.map((door) => hintTag(door, instance));
    this.clock.after(ms, () => {
      if (
        !this.nodes.has(who) || whom.instance.current !== instance ||
        this.#cuts.has(pairOf(who.host, whom.host))
      ) return;
      const addresses = [{ host: whom.host, port: whom.port }];
      who.mesh.found({ instance, addresses, hints });
    });
  }

  /** Cuts the cable between two hosts: all hangs, nobody is told. */
  cut(one: string, other: string): void {
    this.#cuts.add(pairOf(one, other));
    this.network.cut(one, other);
  }

  /** Cuts the cable for so long that what is open hangs even when it is mended. */
  hang(one: string, other: string): void {
    this.cut(one, other);
    this.#transport(one).hang(other);
    this.#transport(other).hang(one);
  }

  mend(one: string, other: string): void {
    this.#cuts.delete(pairOf(one, other));
    this.network.mend(one, other);
  }

  mendAll(): void {
    for (const pair of [...this.#cuts]) {
      const [one, other] = pair.split(" ");
      this.mend(one!, other!);
    }
  }

  /** Sends the next number on a link. */
  say(node: WorldNode, link: Link): void {
    const number = ++this.#said;
    node.said.get(link.peer)?.push(number);
    const message = new Uint8Array(FAKE_MESSAGE_BYTES);
    new DataView(message.buffer).setUint32(0, number);
    link.send(message);
  }

  /** Lets time pass, and all that happens in it happen in order. */
  async run(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    await quiet();
    for (;;) {
      const next = this.clock.untilNext();
      if (next === undefined || this.clock.now() + next > end) break;
      this.clock.advance(next);
      await quiet();
    }
    this.clock.advance(end - this.clock.now());
    await quiet();
  }

  /** The two use the same link, and all that each said on it the other one heard. */
  async assertLinked(one: WorldNode, other: WorldNode): Promise<void> {
    const pairs = [[one, other], [other, one]] as const;
    const said = pairs.map(([from, to]) => [...from.said.get(to.peer) ?? []]);
    await this.run(30);
    const name = `${one.host} and ${other.host}`;
    const [there, back] = [one.mesh.links.get(other.peer), other.mesh.links.get(one.peer)];
    assert.ok(there && back, `${name} are linked`);
    assert.notEqual(there.initiator, back.initiator, `${name} agree`);
    for (const [index, [from, to]] of pairs.entries()) {
      const sent = said[index]!;
      assert.deepEqual(to.heard.get(from.peer)?.slice(0, sent.length), sent, `${name} hear all`);
    }
  }

  /** Every two nodes are linked, and there is no connection besides. */
  async assertMeshed(): Promise<void> {
    const nodes = [...this.nodes];
    for (const [index, one] of nodes.entries()) {
      assert.equal(one.mesh.links.size, nodes.length - 1, `links of ${one.host}`);
      for (const other of nodes.slice(index + 1)) await this.assertLinked(one, other);
    }
    assert.equal(this.network.openSides, nodes.length * (nodes.length - 1), "no link besides");
  }

  async close(): Promise<void> {
    this.mendAll();
    for (const transport of this.#transports.values()) transport.goOn();
    const closing = [...this.nodes].map((node) => this.stop(node, false));
    await this.run(10_000);
    await Promise.all(closing);
  }

  #transport(host: string): LateTransport {
    const there = this.#transports.get(host);
    if (there) return there;
    const latency = () => 0.2 + this.unit() * 20;
    const made = new LateTransport(this.network.host(host), this.clock, latency);
    this.#transports.set(host, made);
    return made;
  }

  /** The order of ids is by chance, as that of keys is. */
  #peerOf(name: string): PeerId {
    if (!this.#names.includes(name)) this.#names.push(name);
    const bytes = seededBytes(this.#seed * 7_919 + this.#names.indexOf(name))(32);
    return parsePeerId(Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  }
}

function numberOf(message: Uint8Array): number {
  return new DataView(message.buffer, message.byteOffset).getUint32(0);
}

function pairOf(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
