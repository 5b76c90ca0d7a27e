import { Buffer } from "node:buffer";
import type { PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Link } from "../net/link.ts";
import { type Door, MEET_TAG_BYTES, meetTag } from "../trust/door.ts";
import { MAX_MEET_TAGS, type MeetMessage } from "../wire/message.ts";

/** Tags go in multiples of this: how many of them mean something is nobody's business. */
export const MEET_PAD = 8;

interface Pair {
  readonly ours: string;
  readonly theirs: string;
}

/** The tags of doors on one link, in hex: what this node says there, and what its peer would. */
export class MeetTags {
  readonly #link: Pick<Link, "binding" | "peer">;
  readonly #self: PeerId;
  readonly #random: RandomBytes;
  readonly #made = new WeakMap<Door, Pair>();
  /** The same in every message: what stayed and what went would tell it from the rest. */
  readonly #padding: string[] = [];

  constructor(link: Pick<Link, "binding" | "peer">, self: PeerId, random: RandomBytes) {
    this.#link = link;
    this.#self = self;
    this.#random = random;
  }

  /** The tag by which the peer shows that it has a door. */
  theirs(door: Door): string {
    return this.#pair(door).theirs;
  }

  /** The message that shows these doors, in ascending order of tags, random ones among them. */
  message(doors: readonly Door[]): MeetMessage {
    const shown = new Set(doors.slice(0, MAX_MEET_TAGS).map((door) => this.#pair(door).ours));
    const padded = Math.max(MEET_PAD, Math.ceil(shown.size / MEET_PAD) * MEET_PAD);
    for (let i = 0; shown.size < padded; i++) shown.add(this.#pad(i));
    return { type: "meet", tags: [...shown].sort().map((tag) => Uint8Array.fromHex(tag)) };
  }

  #pad(index: number): string {
    return this.#padding[index] ??= Buffer.from(this.#random(MEET_TAG_BYTES)).toString("hex");
  }

  #pair(door: Door): Pair {
    let pair = this.#made.get(door);
    if (!pair) {
      const { binding, peer } = this.#link;
      const tag = (sender: PeerId) => Buffer.from(meetTag(door, binding, sender)).toString("hex");
      this.#made.set(door, pair = { ours: tag(this.#self), theirs: tag(peer) });
    }
    return pair;
  }
}
