import type { PeerId } from "../../core/base/ids.ts";
import type { Meetings } from "../../core/sync/meetings.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { type Door, LOBBY_DOOR, meetTag } from "../../core/trust/door.ts";
import { decodeMessage } from "../../core/wire/decode.ts";
import { encodeMessage } from "../../core/wire/encode.ts";
import type { MeetMessage, Message } from "../../core/wire/message.ts";
import { deviceKeys } from "../fakes/device.ts";
import { SimLink } from "./sim_link.ts";
import type { SimWorld } from "./sim_world.ts";

/** What an intruder links to. */
export interface Target {
  readonly keys: DeviceKeys;
  readonly meetings: Meetings;
}

/** A peer that says what the test wants, over a link of its own to one node. It shows the lobby's door first. */
export class Intruder {
  readonly peer: PeerId;
  /** What the node said, in order. */
  readonly heard: Message[] = [];
  readonly #link: SimLink;
  readonly #nodeEnd: SimLink;

  /** Links device number `seed` to the node, whose words need `delay` milliseconds to it. */
  constructor(world: SimWorld, node: Target, seed: number, delay = 1) {
    const keys = deviceKeys(seed);
    this.peer = keys.peer;
    const [here, there] = SimLink.pair(world.clock, keys, node.keys, () => 1, () => delay);
    this.#link = here;
    here.start((messages) => {
      for (const bytes of messages) {
        const message = decodeMessage(bytes);
        if (message) this.heard.push(message);
      }
    });
    this.#nodeEnd = there;
    node.meetings.addLink(there);
    this.meet(LOBBY_DOOR);
  }

  /** The name of its link. */
  get binding(): Uint8Array {
    return this.#link.binding;
  }

  /** Shows that it has these doors. */
  meet(...doors: readonly Door[]): void {
    this.send(this.meetMessage(...doors));
  }

  meetMessage(...doors: readonly Door[]): MeetMessage {
    return { type: "meet", tags: doors.map((door) => meetTag(door, this.binding, this.peer)) };
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
