import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Door } from "../trust/door.ts";
import { MAX_LINKS, spareLink } from "./choice.ts";
import type { Circles, Seeks } from "./chooser.ts";
import { ConnectionCount } from "./connection_count.ts";
import { Dialer } from "./dialer.ts";
import { Doorway } from "./doorway.ts";
import type { HeardConnection } from "./heard_connection.ts";
import type { Link } from "./link.ts";
import { Listening } from "./listening.ts";
import { type MeshStatus, meshStatus } from "./mesh_status.ts";
import { type Admits, admitting, type OpenLink } from "./open_link.ts";
import type { OwnInstance } from "./own_instance.ts";
import { Pairs } from "./pairs.ts";
import type { Found } from "./sightings.ts";
import type { Address, Connection, Transport } from "./transport.ts";

/** What a mesh needs. */
export interface MeshOptions {
  readonly self: PeerId;
  /** This process's name, the same as discovery's. */
  readonly instance: OwnInstance;
  /** The doors that this node has now, each time the same objects. */
  readonly doors: () => readonly Door[];
  /** Whether a peer may be linked that came through a door, asked when it has proved both. */
  readonly admits: Admits;
  /** The circles that must hang together, and who is in them. */
  readonly circles: Circles;
  /** Who is to be linked though it was not chosen. */
  readonly seeks: Seeks;
  readonly transport: Transport;
  /**
   * Shakes hands over a connection, within a deadline of its own.
   * @throws {HandshakeError} whose failure is `self` when this very device is at the other end.
   */
  readonly openLink: OpenLink;
  /** Where to listen, asked again when the network changes; none while nothing is up. */
  readonly hosts: () => readonly string[];
  /** 0 for any. */
  readonly port: number;
  /** Addresses to dial for ever, as in `--peer`. */
  readonly peers?: readonly Address[];
  /** Where peers answered in earlier days. */
  readonly known?: readonly { readonly peer: PeerId; readonly addresses: readonly Address[] }[];
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /**
   * Called once for each link that is used, before anything flows on it: it starts the link. When one
   * takes the place of another with the same peer, the new one is told before the old one is closed.
   */
  readonly onLink: (link: Link) => void;
  /** Told where a peer answered a dial. */
  readonly onReached?: (peer: PeerId, address: Address) => void;
}

/** Keeps one link with each node that it can reach, of many with some; decides whom to dial, never syncs. */
export class Mesh {
  readonly #options: MeshOptions;
  readonly #count = new ConnectionCount();
  readonly #pairs: Pairs;
  readonly #dialer: Dialer;
  readonly #doorway: Doorway;
  readonly #open = new Set<Link>();
  /** Those that make room for others, until they are closed. */
  readonly #spared = new WeakSet<Link>();
  readonly #listening: Listening;
  #closing: Promise<void> | undefined;

  private constructor(options: MeshOptions) {
    this.#options = options;
    const { clock, onReached } = options;
    const openLink = admitting(options.openLink, options.admits);
    const common = { ...options, openLink, count: this.#count };
    this.#pairs = new Pairs({
      self: options.self,
      clock,
      kept: (link) => this.#announce(link),
      parted: (peer, { madeAt }) => this.#dialer.parted(peer, clock.now() - madeAt),
      suspected: (peer) => this.#dialer.suspected(peer),
    });
    this.#dialer = new Dialer({
      ...common,
      pairs: this.#pairs,
      linked: ({ link, connection, release }) => this.#enter(link, connection, release),
      reached: (peer, address) => onReached?.(peer, address),
    });
    this.#doorway = new Doorway({
      ...common,
      enter: (link, connection, release) => this.#enter(link, connection, release),
    });
    const accept = (connection: Connection) => this.#doorway.accept(connection);
    this.#listening = new Listening({ ...options, accept });
  }

  /**
   * Listens, and dials what is known.
   * @throws {Error} when the port is taken.
   */
  static async open(options: MeshOptions): Promise<Mesh> {
    const mesh = new Mesh(options);
    await mesh.#listening.open();
    mesh.#pairs.watch();
    for (const address of options.peers ?? []) mesh.#dialer.add(address);
    for (const { peer, addresses } of options.known ?? []) mesh.#dialer.remember(peer, addresses);
    return mesh;
  }

  /** The link in use with each peer. */
  get links(): ReadonlyMap<PeerId, Link> {
    return this.#pairs.links;
  }

  /** The port at which this node listens; 0 as long as none is chosen, since no interface is up. */
  get port(): number {
    return this.#listening.port;
  }

  /** Discovery found a node, or heard it again after a while. */
  found(found: Found): void {
    if (!this.#closing) this.#dialer.found(found);
  }

  /** Discovery lost a node. A link with it stays. */
  lost(instance: string): void {
    this.#dialer.lost(instance);
  }

  /** Adds an address to dial for ever; with the door of an invite, until it is forgotten. */
  add(address: Address, invited?: Door): void {
    if (!this.#closing) this.#dialer.add(address, invited);
  }

  /** Dials an address of an invite no more. */
  forget(address: Address, invited: Door): void {
    this.#dialer.forget(address, invited);
  }

  /** Adds the addresses at which a peer answered, to be dialled when it is linked no longer. */
  remember(peer: PeerId, addresses: readonly Address[]): void {
    if (!this.#closing) this.#dialer.remember(peer, addresses);
  }

  /** This node has other doors, or looks for others: they may be reached now. Links stay. */
  doorsChanged(): void {
    if (!this.#closing) this.#dialer.doorsChanged();
  }

  /** Listens where that is possible now, dials all anew, and doubts every link. */
  networkChanged(): void {
    if (this.#closing) return;
    this.#listening.renew();
    for (const peer of this.links.keys()) this.#pairs.doubt(peer);
    this.#dialer.renewAll();
  }

  /** Who is linked, dialled or waited for, and why a dial failed. */
  status(): MeshStatus[] {
    return meshStatus(this.#dialer.candidates, this.links, this.#options.clock.now());
  }

  /** Stops listening and dialling and closes every link. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#pairs.stop();
    await Promise.all([this.#listening.close(), this.#dialer.close(), this.#doorway.close()]);
    const links = [...this.#open];
    for (const link of links) link.close("this node is closing");
    await Promise.all(links.map(({ closed }) => closed));
    this.#pairs.stop();
  }

  #enter(link: Link, connection: HeardConnection, release: () => void): void {
    this.#open.add(link);
    void link.closed.then(() => {
      release();
      this.#open.delete(link);
    });
    if (this.#closing) link.close("this node is closing");
    else if (this.#hasRoom(link)) {
      this.#pairs.add({ link, connection, madeAt: this.#options.clock.now() });
    }
  }

  /** Makes room for a link with one more peer, or closes it when others are needed more. */
  #hasRoom(link: Link): boolean {
    const standing = [...this.links.values()].filter((one) => !this.#spared.has(one));
    if (this.links.has(link.peer) || standing.length < MAX_LINKS) return true;
    const spare = spareLink(
      [...standing, link].map((one) => ({
        link: one,
        circles: this.#options.circles(one.peer, [one.door]),
        isChosen: this.#dialer.isChosen(one.peer),
      })),
    );
    if (!spare) return false;
    this.#spared.add(spare.link);
    spare.link.close("there are links enough");
    return spare.link !== link;
  }

  #announce(link: Link): void {
    try {
      this.#options.onLink(link);
    } catch (error) {
      this.#options.log("error", `Cannot use a link: ${error}`, { peer: link.peer });
      link.close("this node failed to use the link");
    }
  }
}
