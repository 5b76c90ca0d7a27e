import { loopback } from "./place.ts";
import { RunningNode } from "./running_node.ts";
import { Tab } from "./tab.ts";

/** A node of a {@linkcode Chain}, and a tab on it. */
export interface ChainNode {
  readonly node: RunningNode;
  readonly tab: Tab;
}

/** Real nodes on the loopback, each linked with the one before it and no other. */
export class Chain implements AsyncDisposable {
  readonly nodes: readonly ChainNode[];
  readonly #opened: AsyncDisposableStack;

  private constructor(nodes: readonly ChainNode[], opened: AsyncDisposableStack) {
    this.nodes = nodes;
    this.#opened = opened;
  }

  /** Starts a node for each name, with its data in a folder of `folder`. */
  static async open(folder: string, names: readonly string[]): Promise<Chain> {
    await using opened = new AsyncDisposableStack();
    const nodes: ChainNode[] = [];
    for (const name of names) {
      const before = nodes.at(-1)?.node.ready;
      const peer = before ? ["--peer", `127.0.0.1:${before.port}`] : [];
      const args = ["--no-discovery", "--name", name, ...peer];
      const node = opened.use(await RunningNode.start(loopback, `${folder}/${name}`, args));
      if (before) await node.linkedTo(before.peer);
      nodes.push({ node, tab: opened.use(await Tab.open(node.ready.url)) });
    }
    return new Chain(nodes, opened.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync();
  }
}
