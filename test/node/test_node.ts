import { type Clock, steadyClock, systemClock } from "../../core/base/clock.ts";
import type { PeerId, SpaceId } from "../../core/base/ids.ts";
import { type Log, silentLog } from "../../core/base/log.ts";
import { randomBytes } from "../../core/base/random.ts";
import type { Address } from "../../core/net/transport.ts";
import { EarshotNode } from "../../core/node.ts";
import { Store } from "../../core/store/store.ts";
import type { Answer, Command, CommandType } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import type { SpaceView } from "../../core/view/view.ts";
import { turn } from "../fakes/turn.ts";
import { openUnsealed } from "../store/made.ts";

/** How a {@linkcode TestNode} is opened. */
export interface TestNodeOptions {
  /** Nodes to dial. */
  readonly peers?: readonly { readonly node: { readonly port: number } }[];
  readonly lobby?: boolean;
  readonly port?: number;
  /** The wall clock. */
  readonly clock?: Clock;
  readonly steady?: Clock;
  readonly log?: Log;
  /** Sees the store before the node does. */
  readonly onStore?: (store: Store) => void;
}

/** A whole node on the loopback, with a store of its own, and what it told. */
export class TestNode implements AsyncDisposable {
  readonly directory: string;
  readonly store: Store;
  readonly node: EarshotNode;
  readonly #events: Event[] = [];
  #wakers: (() => void)[] = [];

  private constructor(directory: string, store: Store, node: EarshotNode) {
    this.directory = directory;
    this.store = store;
    this.node = node;
    node.subscribe((event) => {
      this.#events.push(event);
      const wakers = this.#wakers;
      this.#wakers = [];
      for (const wake of wakers) wake();
    });
  }

  static async open(
    directory: string,
    name: string | null,
    options: TestNodeOptions = {},
  ): Promise<TestNode> {
    const { peers = [], lobby = true, port = 0, clock = systemClock, steady = steadyClock } =
      options;
    await Deno.mkdir(directory, { recursive: true });
    using opened = new DisposableStack();
    const store = opened.adopt(Store.open(directory), (store) => store.close());
    options.onStore?.(store);
    const node = await EarshotNode.open({
      version: "0.0.0",
      store,
      vault: await openUnsealed(directory, store.envelopes.isEmpty),
      name,
      suggestedName: "Somebody",
      lobby,
      network: {
        port,
        interfaces: ["127.0.0.1"],
        peers: peers.map(({ node }): Address => ({ host: "127.0.0.1", port: node.port })),
        discovery: false,
      },
      clock,
      steady,
      random: randomBytes,
      log: options.log ?? silentLog,
    });
    opened.move();
    return new TestNode(directory, store, node);
  }

  get peer() {
    return this.node.peer;
  }

  ask<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string = crypto.randomUUID(),
  ): Promise<Answer<T>> {
    return this.node.execute(command, id);
  }

  /** Waits for an event, told already or to come, and takes it out. */
  async event<T extends Event["type"]>(
    type: T,
    wanted: (event: Extract<Event, { type: T }>) => boolean = () => true,
  ): Promise<Extract<Event, { type: T }>> {
    for (;;) {
      const index = this.#events.findIndex((event) =>
        event.type === type && wanted(event as Extract<Event, { type: T }>)
      );
      if (index >= 0) return this.#events.splice(index, 1)[0] as Extract<Event, { type: T }>;
      await this.#next();
    }
  }

  /** Waits until something holds, looking anew at whatever this node tells. */
  async until<T>(look: () => T | Promise<T>): Promise<Exclude<T, false | undefined | null>> {
    for (;;) {
      const next = this.#next();
      const seen = await look();
      if (seen) return seen as Exclude<T, false | undefined | null>;
      await next;
    }
  }

  async linked(peer: PeerId): Promise<void> {
    while (!this.node.linked.includes(peer)) await turn();
  }

  /** Waits until a peer is linked no longer. */
  async unlinked(peer: PeerId): Promise<void> {
    while (this.node.linked.includes(peer)) await turn();
  }

  async snapshot(space?: SpaceId) {
    return await this.ask({ type: "snapshot", ...(space ? { space } : {}) });
  }

  /** The channel that each space has; of the first space unless told. */
  async general(space?: SpaceId) {
    const { channels: [channel] } = await this.snapshot(space);
    if (!channel) throw new Error("There is no channel");
    return channel.id;
  }

  /** The texts in the general channel of a space. */
  async texts(space: SpaceId): Promise<string[]> {
    const channel = await this.general(space);
    const { messages } = await this.ask({ type: "message.list", space, channel });
    return messages.map(({ text }) => text);
  }

  async say(space: SpaceId, text: string): Promise<void> {
    const channel = await this.general(space);
    await this.ask({ type: "message.send", space, channel, text });
  }

  /** Waits until this node has a text in a space. */
  async hears(space: SpaceId, text: string): Promise<void> {
    await this.until(async () => (await this.texts(space)).includes(text));
  }

  async space(space: SpaceId): Promise<SpaceView | undefined> {
    return (await this.snapshot()).spaces.find(({ id }) => id === space);
  }

  async close(): Promise<void> {
    await this.node.close();
    this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }
}

/** A folder for the data of nodes, taken away afterwards. */
export async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "earshot-test-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
