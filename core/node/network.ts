import type { Clock } from "../base/clock.ts";
import type { PeerId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import { Discovery, makeInstance } from "../net/discovery.ts";
import { InterfaceWatch } from "../net/interface_watch.ts";
import type { Link } from "../net/link.ts";
import { Mesh } from "../net/mesh.ts";
import type { MeshStatus } from "../net/mesh_status.ts";
import { openLink } from "../net/secure_link.ts";
import { tcpTransport } from "../net/tcp.ts";
import type { Address } from "../net/transport.ts";
import { remember } from "../store/remember.ts";
import type { Store } from "../store/store.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";

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
  /** The pre-shared key that linked nodes prove to each other. */
  readonly psk: Uint8Array;
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
    const { choices, keys, psk, store, clock, steady, random, log } = options;
    const instance = makeInstance(random);
    // What is open already is closed when the next cannot be opened.
    await using opened = new AsyncDisposableStack();
    const watch = InterfaceWatch.open({ selection: choices.interfaces, clock, log });
    opened.defer(() => watch.close());
    const mesh = await Mesh.open({
      self: keys.peer,
      instance,
      transport: tcpTransport,
      openLink: (connection, initiator) =>
        openLink(connection, { keys, psk, initiator, clock: steady, random, log }),
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

  status(): MeshStatus[] {
    return this.#mesh.status();
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
