import type { PeerId } from "../../core/base/ids.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import type { Message } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import { SimLink } from "./sim_link.ts";
import type { SimNode } from "./sim_node.ts";
import type { SimWorld } from "./sim_world.ts";

/** A peer that says what the test wants, over a link of its own to one node. */
export class Intruder {
  readonly peer: PeerId;
  /** What the node said, in order. */
  readonly heard: Message[] = [];
  readonly #link: SimLink;
  readonly #nodeEnd: SimLink;

  /** Links device number `seed` to the node; `delay` is that of the link, in milliseconds. */
  constructor(world: SimWorld, node: Pick<SimNode, "peer" | "sync">, seed: number, delay = 1) {
    this.peer = deviceKeys(seed).peer;
    const [here, there] = SimLink.pair(world.clock, this.peer, node.peer, () => delay);
    this.#link = here;
    here.start((messages) => {
      for (const bytes of messages) {
        const message = decodeMessage(bytes);
        if (message) this.heard.push(message);
      }
    });
    this.#nodeEnd = there;
    node.sync.addLink(there);
  }

  /** What the node sent and has not arrived. */
  get unreadBytes(): number {
    return this.#nodeEnd.queuedBytes;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  /** What the node said of one type. */
  all<T extends Message["type"]>(type: T): Extract<Message, { type: T }>[] {
    return this.heard.filter((message): message is Extract<Message, { type: T }> =>
      message.type === type
    );
  }

  send(...messages: readonly Message[]): void {
    for (const message of messages) this.#link.send(encodeMessage(message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#link.send(bytes);
  }

  close(): void {
    this.#link.cut();
  }
}
