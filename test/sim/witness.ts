import assert from "node:assert/strict";
import type { ActorId, ChannelId, DocId, MessageId } from "../../core/base/ids.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { SimNode } from "./sim_node.ts";
import type { SimWorld } from "./sim_world.ts";

type Log = `${DocId} ${ActorId}`;

/** A message that its author acknowledged. */
export interface Posted {
  readonly author: SimNode;
  readonly channel: ChannelId;
  readonly id: MessageId;
  readonly text: string;
}

/** How much a node has of each log, since it started. */
interface Holding {
  readonly store: SimNode["store"];
  readonly logs: ReadonlyMap<Log, number>;
}

/** Who holds the same shows the same, said by the first who was seen to hold it. */
interface Shown {
  readonly node: SimNode;
  readonly picture: unknown;
}

/**
 * Looks at all nodes that are up after each thing that happens, where nobody is hostile: a log is the same on
 * every node, what a node acknowledged it has, through crashes too, as what it once had on disk and what it has since
 * it started, and nodes of one digest show the same.
 */
export class Witness {
  /** Each log as it was first seen anywhere. */
  readonly #logs = new Map<Log, string[]>();
  /** How much of each log a node was seen to have. */
  readonly #held = new Map<SimNode, Holding>();
  /** The same, when all of it was on disk. */
  readonly #sure = new Map<SimNode, Holding>();
  readonly #shown = new Map<string, Shown>();
  readonly #seen = new Map<SimNode, string>();

  constructor(readonly world: SimWorld, readonly posted: readonly Posted[]) {}

  async look(): Promise<void> {
    for (const { author, channel, id, text } of this.posted) {
      if (!author.isUp) continue;
      const found = author.store.messages.get(LOBBY, channel, id);
      assert.equal(found?.text, text, `node ${author.number} has its own message ${id}`);
    }
    for (const node of this.world.nodes) {
      if (!node.isUp) continue;
      const held = this.#held.get(node);
      const isSame = node.digest === this.#seen.get(node) && node.store === held?.store;
      if (isSame && node.store.secured === null) this.#sure.set(node, held);
      if (isSame) continue;
      this.#lookAtLogs(node);
      await this.#lookAtPicture(node);
      this.#seen.set(node, node.digest);
    }
  }

  #lookAtLogs(node: SimNode): void {
    const { store } = node;
    const last = this.#held.get(node);
    const before = (last?.store === store ? last : this.#sure.get(node))?.logs ??
      new Map<Log, number>();
    const held = new Map<Log, number>();
    this.#held.set(node, { store, logs: held });
    if (store.secured === null) this.#sure.set(node, { store, logs: held });
    for (const [doc, vector] of node.replica.vectors.entries()) {
      for (const [actor, seq] of vector) {
        const name: Log = `${doc} ${actor}`;
        const log = this.#logs.get(name) ?? [];
        this.#logs.set(name, log);
        held.set(name, seq);
        for (let at = (before.get(name) ?? 0) + 1; at <= seq; at++) {
          const head = node.store.envelopes.headAt(LOBBY, doc, actor, at);
          assert.ok(head, `node ${node.number} has change ${at} of ${name}`);
          log[at - 1] ??= head;
          assert.equal(head, log[at - 1], `node ${node.number}: change ${at} of ${name}`);
        }
      }
    }
    for (const [name, seq] of before) {
      assert.ok((held.get(name) ?? 0) >= seq, `node ${node.number} still has ${seq} of ${name}`);
    }
  }

  async #lookAtPicture(node: SimNode): Promise<void> {
    const { digest } = node;
    const picture = await node.picture();
    assert.equal(node.digest, digest, "nothing goes on while it is looked at");
    const shown = this.#shown.get(digest);
    if (!shown) return void this.#shown.set(digest, { node, picture });
    const both = `nodes ${shown.node.number} and ${node.number}`;
    assert.deepEqual(picture, shown.picture, `${both} have one digest`);
  }
}
