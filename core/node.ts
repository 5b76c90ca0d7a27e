import type { Clock } from "./base/clock.ts";
import type { PeerId } from "./base/ids.ts";
import type { Log } from "./base/log.ts";
import type { RandomBytes } from "./base/random.ts";
import { Indexing } from "./node/indexing.ts";
import { KeyedNode } from "./node/keyed_node.ts";
import type { NetworkChoices } from "./node/network.ts";
import { Renewal } from "./node/renewal.ts";
import { Listeners } from "./node/tell.ts";
import type { Store } from "./store/store.ts";
import type { Vault } from "./store/vault.ts";
import { FaultError, type NodeApi } from "./view/api.ts";
import type { Answer, Command, CommandType } from "./view/command.ts";
import type { Event } from "./view/event.ts";

/** What a node is opened with; it closes neither the store nor the vault. */
export interface NodeOptions {
  readonly version: string;
  readonly store: Store;
  /** The keys of this device; a node whose key is in use elsewhere puts others into it. */
  readonly vault: Vault;
  /** The person's name, to be set at this start; `null` leaves it as it is. */
  readonly name: string | null;
  /** Offered to a person who has no name yet. */
  readonly suggestedName: string;
  /** Whether to take part in the lobby. */
  readonly lobby: boolean;
  readonly network: NetworkChoices;
  readonly clock: Clock;
  /** For pauses and deadlines: see `steadyClock`. */
  readonly steady: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
}

const RENEWED =
  "What is on this device is in use elsewhere too: it was copied, or restored from a " +
  "backup. So that nothing is written twice, this device goes on under a key of its own; all that was " +
  "here is still here, and others see that the new key follows the old one. If it was not you who copied " +
  "it, somebody else has your old key: tell your spaces to remove it.";

/** This running program, whatever keys it has: does commands, tells events. */
export class EarshotNode implements NodeApi {
  readonly #options: NodeOptions;
  readonly #listeners: Listeners;
  readonly #renewal: Renewal;
  #indexing: Indexing | undefined;
  #node: KeyedNode | null = null;
  /** The port at which this node was reached first: it stays there under other keys. */
  #port = 0;
  #renewing: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  /** Called when a peer's node is linked, or no longer. */
  onLinked: (peer: PeerId, linked: boolean) => void = () => {};

  private constructor(options: NodeOptions) {
    this.#options = options;
    this.#listeners = new Listeners(options.log);
    this.#renewal = new Renewal(options);
  }

  /**
   * Opens documents, spaces and the network.
   *
   * @throws {Error} when a port is taken.
   */
  static async open(options: NodeOptions): Promise<EarshotNode> {
    const node = new EarshotNode(options);
    await node.#open();
    node.#indexing = new Indexing(options);
    const { name } = options;
    if (name !== null) await node.execute({ type: "profile.set", name }, crypto.randomUUID());
    return node;
  }

  /** The id of this node. */
  get peer(): PeerId {
    return this.#options.vault.keys.peer;
  }

  /** The port that other nodes connect to; 0 when there is none. */
  get port(): number {
    return this.#node?.port ?? 0;
  }

  /** The name of the person at this node, or `null`. */
  get name(): string | null {
    return this.#node?.profile.view().name ?? null;
  }

  /** The peers that are linked now. */
  get linked(): PeerId[] {
    return this.#node?.linked ?? [];
  }

  subscribe(listener: (event: Event) => void): () => void {
    return this.#listeners.add(listener);
  }

  async execute<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string,
  ): Promise<Answer<T>> {
    await this.#renewing;
    if (!this.#node) throw new FaultError("Earshot is not running any more: start it again");
    return await this.#node.execute(command, id);
  }

  /** Closes everything, the network first. Twice does nothing. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #open(): Promise<void> {
    const { network } = this.#options;
    const isRenewed = this.#renewal.settle();
    const node = await KeyedNode.open({
      ...this.#options,
      network: { ...network, port: this.#port || network.port },
      tell: this.#listeners.tell,
      onLinked: (peer, linked) => this.onLinked(peer, linked),
      onClone: () => this.#renew(),
    });
    this.#node = node;
    this.#port ||= node.port;
    if (isRenewed) node.notices.add({ kind: "new-device", text: RENEWED });
  }

  /** This device's key is in use elsewhere: the node goes on under another one. */
  #renew(): void {
    const cloned = this.#node;
    if (!cloned || this.#closing) return;
    this.#node = null;
    this.#renewing = this.#reopen(cloned).catch((error) =>
      this.#options.log("error", "Cannot go on under another key", { error: String(error) })
    );
  }

  async #reopen(cloned: KeyedNode): Promise<void> {
    await cloned.close();
    if (this.#closing) return;
    await this.#open();
    this.#node?.tellAll();
  }

  async #close(): Promise<void> {
    this.#indexing?.close();
    await this.#renewing;
    await this.#node?.close();
    this.#node = null;
  }
}
