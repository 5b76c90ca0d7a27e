import type { Clock } from "./base/clock.ts";
import type { PeerId } from "./base/ids.ts";
import type { Log } from "./base/log.ts";
import type { RandomBytes } from "./base/random.ts";
import { openDocuments } from "./doc/document_worker.ts";
import type { Documents } from "./doc/documents.ts";
import { doIn } from "./node/commands.ts";
import { Faults } from "./node/faults.ts";
import { loadFrom } from "./node/load.ts";
import { Network, type NetworkChoices } from "./node/network.ts";
import { Once } from "./node/once.ts";
import { peerViews } from "./node/peer_views.ts";
import { Space } from "./node/space.ts";
import { Listeners } from "./node/tell.ts";
import type { Link } from "./net/link.ts";
import { Meetings } from "./sync/meetings.ts";
import type { Store } from "./store/store.ts";
import type { DeviceKeys } from "./trust/device_keys.ts";
import { LOBBY_DOOR } from "./trust/door.ts";
import { LOBBY } from "./trust/lobby.ts";
import { type NodeApi, RefusedError } from "./view/api.ts";
import type { Answer, Command, CommandType } from "./view/command.ts";
import type { Event } from "./view/event.ts";
import type { PeerView, Snapshot } from "./view/view.ts";

/** What a node is opened with; it closes neither the store nor the keys. */
export interface NodeOptions {
  readonly version: string;
  readonly store: Store;
  readonly keys: DeviceKeys;
  /** The person's name, to be set at this start; `null` leaves it as it is. */
  readonly name: string | null;
  /** Offered to a person who has no name yet. */
  readonly suggestedName: string;
  /** Whether to take part in the lobby. Without it there is nobody to link with. */
  readonly lobby: boolean;
  readonly network: NetworkChoices;
  readonly clock: Clock;
  /** For pauses and deadlines: see `steadyClock`. */
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
}

/** This running program: opens and closes everything, does commands, tells events. */
export class EarshotNode implements NodeApi {
  readonly #options: NodeOptions;
  readonly #listeners: Listeners;
  readonly #faults: Faults;
  readonly #once: Once;
  readonly #documents: Documents;
  readonly #lobby: Space | null;
  readonly #meetings: Meetings;
  readonly #links = new Map<PeerId, Link>();
  #network: Network | null = null;
  #closing: Promise<void> | undefined;
  /** Called when a peer's node is linked, or no longer. */
  onLinked: (peer: PeerId, linked: boolean) => void = () => {};

  private constructor(options: NodeOptions, documents: Documents) {
    const { store, keys, lobby, clock, steady, random, log, suggestedName } = options;
    this.#options = options;
    this.#listeners = new Listeners(log);
    this.#faults = new Faults({
      tell: this.#listeners.tell,
      clock,
      tryWriting: () => store.tryWriting(),
      onOver: () => this.#lobby?.recover(),
    });
    this.#once = new Once(store.receipts, clock);
    this.#documents = documents;
    this.#lobby = lobby
      ? new Space({
        space: LOBBY,
        keys,
        store,
        documents,
        clock,
        steady,
        random,
        log,
        suggestedName,
        tell: this.#listeners.tell,
        onFault: (error) => void this.#faults.meaning(error),
        onWritten: () => this.#faults.clear(),
      })
      : null;
    this.#meetings = new Meetings({
      self: keys.peer,
      spaces: () => this.#lobby ? [this.#lobby] : [],
      extraDoors: () => [],
      onDoor: () => {},
      onMessage: () => {},
      random,
      clock: steady,
      log,
    });
  }

  /**
   * Opens documents, spaces and the network.
   *
   * @throws {Error} when a port is taken.
   */
  static async open(options: NodeOptions): Promise<EarshotNode> {
    const { store, keys, clock, log } = options;
    const documents = await openDocuments({ load: loadFrom(store, keys.peer), clock, log });
    const node = new EarshotNode(options, documents);
    try {
      await node.#start();
      return node;
    } catch (error) {
      await node.close();
      throw error;
    }
  }

  /** The id of this node. */
  get peer(): PeerId {
    return this.#options.keys.peer;
  }

  /** The port that other nodes connect to; 0 when there is none. */
  get port(): number {
    return this.#network?.port ?? 0;
  }

  /** The name of the person at this node, or `null`. */
  get name(): string | null {
    return this.#lobby?.people.self().name ?? null;
  }

  /** The peers that are linked now. */
  get linked(): PeerId[] {
    return [...this.#links.keys()];
  }

  subscribe(listener: (event: Event) => void): () => void {
    return this.#listeners.add(listener);
  }

  async execute<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string,
  ): Promise<Answer<T>> {
    try {
      return await this.#do(command, id) as Answer<T>;
    } catch (error) {
      throw this.#faults.meaning(error);
    }
  }

  /** Closes everything, the network first. Twice does nothing. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #start(): Promise<void> {
    const { name, network, keys, store, clock, steady, random, log } = this.#options;
    const lobby = this.#lobby;
    if (!lobby) return;
    if (name !== null) await lobby.people.setProfile({ name }, crypto.randomUUID());
    this.#network = await Network.open({
      choices: network,
      keys,
      doors: () => [LOBBY_DOOR],
      admits: () => true,
      store,
      clock,
      steady,
      random,
      log,
      onLink: (link) => this.#linked(lobby, link),
    });
  }

  #linked(space: Space, link: Link): void {
    const { peer } = link;
    this.#meetings.addLink(link);
    const before = this.#links.get(peer);
    this.#links.set(peer, link);
    if (!before) this.#tellLinked(space, peer, true);
    void link.closed.then(() => {
      // Another link with the same peer may have taken its place.
      if (this.#links.get(peer) !== link) return;
      this.#links.delete(peer);
      this.#tellLinked(space, peer, false);
    });
  }

  /** It never throws: a disk that cannot be read is no reason to lose a link, or the process. */
  #tellLinked(space: Space, peer: PeerId, linked: boolean): void {
    try {
      space.people.setLinked(peer, linked);
      this.onLinked(peer, linked);
    } catch (error) {
      this.#options.log("error", "Cannot take note of a link", { peer, error: String(error) });
    }
  }

  async #close(): Promise<void> {
    await this.#network?.close();
    await this.#meetings.close();
    await this.#lobby?.close();
    this.#faults.close();
    await this.#documents.close();
  }

  async #do(command: Command, id: string): Promise<unknown> {
    if (command.type === "snapshot") return this.#snapshot();
    if (command.type === "peers") return this.#peers();
    const space = this.#lobby;
    if (!space) throw new RefusedError("The Lobby is off here: start Earshot without --no-lobby");
    return await doIn(space, command, id, this.#once);
  }

  #snapshot(): Snapshot {
    const { version, suggestedName } = this.#options;
    const space = this.#lobby;
    return {
      version,
      self: space?.people.self() ?? { peer: this.peer, name: null, colour: 0, suggestedName },
      space: space ? { id: LOBBY, name: "Lobby", open: true } : null,
      channels: space?.chat.channels() ?? [],
      notes: space?.notebook.notes() ?? [],
      people: space?.people.others() ?? [],
      fault: this.#faults.current,
    };
  }

  #peers(): PeerView[] {
    const people = this.#lobby?.people.others() ?? [];
    return peerViews(this.#network?.status() ?? [], people);
  }
}
