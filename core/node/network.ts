import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import { Discovery } from "../net/discovery.ts";
import { InterfaceWatch } from "../net/interface_watch.ts";
import { ownAddresses } from "../net/interfaces.ts";
import type { Circles, Seeks } from "../net/chooser.ts";
import type { Link } from "../net/link.ts";
import { Mesh } from "../net/mesh.ts";
import type { MeshStatus } from "../net/mesh_status.ts";
import type { Admits } from "../net/open_link.ts";
import { OwnInstance } from "../net/own_instance.ts";
import { openLink } from "../net/secure_link.ts";
import { tcpTransport } from "../net/tcp.ts";
import type { Address } from "../net/transport.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { Door } from "../trust/door.ts";

/** Addresses of earlier days that are dialled at a start. */
const MAX_KNOWN = 64;

/** How a node reaches the network. */
export interface NetworkChoices {
  /** The port that others connect to; 0 for any. */
  readonly port: number;
  /** Names and addresses of the interfaces to use; empty for all. */
  readonly interfaces: readonly string[];
  /** Addresses to dial for ever. */
  readonly peers: readonly Address[];
  /** Whether to announce this node and look for others. */
  readonly discovery: boolean;
}

/** What {@linkcode Network} needs. */
export interface NetworkOptions {
  readonly choices: NetworkChoices;
  readonly keys: DeviceKeys;
  /**
   * The doors that this node has now, the likeliest first, each time the same objects; see
   * {@linkcode Network.doorsChanged}.
   */
  readonly doors: () => readonly Door[];
  /** Whether a peer may be linked that came through a door, asked when it has proved both. */
  readonly admits: Admits;
  /** The private spaces that this node has in common with others. */
  readonly circles: Circles;
  /** Who is to be linked though it was not chosen; see {@linkcode Network.doorsChanged}. */
  readonly seeks: Seeks;
  readonly store: Store;
  /** Tells when a peer was reached, and that the machine slept. */
  readonly clock: Clock;
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  /** Starts a link. */
  readonly onLink: (link: Link) => void;
}

/** Interfaces, mesh and discovery, opened and closed as one. */
export class Network {
  readonly #watch: InterfaceWatch;
  readonly #mesh: Mesh;
  readonly #discovery: Discovery | null;

  private constructor(watch: InterfaceWatch, mesh: Mesh, discovery: Discovery | null) {
    this.#watch = watch;
    this.#mesh = mesh;
    this.#discovery = discovery;
    watch.subscribe(() => {
      mesh.networkChanged();
      // It owns the change: its `close` waits for it.
      void discovery?.setInterfaces(watch.current);
    });
  }

  /**
   * Listens, dials what is known, and announces this node.
   *
   * @throws {Error} when the port is taken.
   */
  static async open(options: NetworkOptions): Promise<Network> {
    const { choices, keys, doors, admits, circles, seeks, store, clock, steady, random, log } =
      options;
    const instance = new OwnInstance(random);
    const common = { keys, clock: steady, random, log };
    // What is open already is closed when the next cannot be opened.
    await using opened = new AsyncDisposableStack();
    const watch = InterfaceWatch.open({ selection: choices.interfaces, clock, log });
    opened.defer(() => watch.close());
    const mesh = await Mesh.open({
      self: keys.peer,
      instance,
      doors,
      admits,
      circles,
      seeks,
      transport: tcpTransport,
      openLink: (connection, door) =>
        openLink(
          connection,
          door ? { ...common, initiator: true, door } : { ...common, initiator: false, doors },
        ),
      hosts: () => watch.hosts,
      port: choices.port,
      peers: choices.peers,
      known: knownAddresses(store),
      clock: steady,
      log,
      random,
      onLink: options.onLink,
      onReached: (peer, address) =>
        remember(log, () => store.addresses.add(peer, address, clock.now())),
    });
    opened.defer(() => mesh.close());
    const discovery = choices.discovery
      ? await Discovery.open({
        instance,
        doors,
        port: () => mesh.port,
        interfaces: watch.current,
        clock: steady,
        log,
        random,
        found: (found) => mesh.found(found),
        lost: (instance) => mesh.lost(instance),
      })
      : null;
    opened.move();
    return new Network(watch, mesh, discovery);
  }

  /** The port that others connect to; 0 while no interface is up. */
  get port(): number {
    return this.#mesh.port;
  }

  /** Where others may dial this node, the likeliest first; none while no interface is up. */
  addresses(): Address[] {
    return ownAddresses(this.#watch.current, this.#mesh.port);
  }

  status(): MeshStatus[] {
    return this.#mesh.status();
  }

  /** This node has other doors, which it announces, or looks for others: it dials who may be reached now. */
  doorsChanged(): void {
    this.#discovery?.doorsChanged();
    this.#mesh.doorsChanged();
  }

  /** Dials an address of an invite, its door first, until it is forgotten. */
  add(address: Address, invited: Door): void {
    this.#mesh.add(address, invited);
  }

  /** Dials an address of an invite no more. A link with who is there stays. */
  forget(address: Address, invited: Door): void {
    this.#mesh.forget(address, invited);
  }

  /** Dials a peer where it answered, when the link with it is gone: nobody announces it, maybe. */
  remember({ peer, initiator, remote }: Link): void {
    if (initiator) this.#mesh.remember(peer, [remote]);
  }

  /** Says goodbye and closes every link. */
  async close(): Promise<void> {
    this.#watch.close();
    await this.#discovery?.close();
    await this.#mesh.close();
  }
}

function knownAddresses(store: Store): { peer: PeerId; addresses: Address[] }[] {
  const known = new Map<PeerId, Address[]>();
  for (const { peer, host, port } of store.addresses.newest(MAX_KNOWN)) {
    known.set(peer, [...known.get(peer) ?? [], { host, port }]);
  }
  return [...known].map(([peer, addresses]) => ({ peer, addresses }));
}
