import type { Clock } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Link } from "../net/link.ts";
import type { Door } from "../trust/door.ts";
import { EnvelopeError } from "../trust/envelope.ts";
import { decodeMessage } from "../wire/decode.ts";
import { encodeMessage } from "../wire/encode.ts";
import type { LogMessage, MeetMessage, Message, NodeMessage, SentEntry } from "../wire/message.ts";
import type { HeardEntries } from "./heard_entries.ts";
import { MeetTags } from "./meet_tags.ts";
import { messageRuns } from "./message_runs.ts";
import { OpenedSpace } from "./opened_space.ts";
import type { SharedSpace } from "./shared_space.ts";

/** A peer that shows other doors more often than this within {@linkcode MEETS_MS} loses its link. */
export const MAX_MEETS = 64;
export const MEETS_MS = 60_000;

/** Node messages that are not about doors. */
export type OtherMessage = Exclude<NodeMessage, MeetMessage>;

/** A space and its doors of a moment. */
export interface SpaceDoors {
  readonly shared: SharedSpace;
  readonly doors: readonly Door[];
}

/** What a node has to show at a moment. */
export interface OwnDoors {
  readonly spaces: readonly SpaceDoors[];
  /** Doors of invites, open here or to be called at. */
  readonly extra: readonly Door[];
}

/** What every {@linkcode Meeting} of a node needs. */
export interface MeetingParts {
  readonly self: PeerId;
  readonly doors: () => OwnDoors;
  /** The peer showed that it has an extra door. */
  readonly onDoor: (link: Link, door: Door) => void;
  readonly onMessage: (link: Link, message: OtherMessage) => void;
  /** Takes entries of a space that is not here, if they are expected of the peer. */
  readonly onEntries: (peer: PeerId, space: SpaceId, items: readonly SentEntry[]) => void;
  readonly heard: HeardEntries;
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One link: what each side shows of its doors, and the spaces that are open between them because of that.
 * PROTOCOL.md, MEET.
 */
export class Meeting {
  readonly link: Link;
  readonly #parts: MeetingParts;
  readonly #tags: MeetTags;
  readonly #opened = new Map<SpaceId, OpenedSpace>();
  /** Tags that the peer showed last, in hex. */
  #shown: ReadonlySet<string> = new Set();
  /** What this node showed last. */
  #said: Uint8Array = new Uint8Array(0);
  /** Extra doors that the peer showed, by their tags. */
  readonly #met = new Set<string>();
  #meets = { since: -Infinity, count: 0 };
  readonly #ending = new Set<Promise<void>>();
  #updating = false;
  /** What is to be shown next. */
  #next: OwnDoors | undefined;
  #ended = false;

  constructor(link: Link, parts: MeetingParts) {
    this.link = link;
    this.#parts = parts;
    this.#tags = new MeetTags(link, parts.self, parts.random);
  }

  /** Shows this node's doors and begins to read. */
  start(): void {
    this.update(this.#parts.doors());
    this.link.start((bytes) => this.#read(bytes));
  }

  /** Doors, members or spaces changed, here or with the peer. */
  update(doors: OwnDoors): void {
    this.#next = doors;
    if (this.#updating) return;
    this.#updating = true;
    try {
      while (this.#next && !this.#ended) {
        const next = this.#next;
        this.#next = undefined;
        this.#update(next);
      }
    } finally {
      this.#updating = false;
    }
  }

  /** Sends new entries of a space, if it is open. */
  push(space: SpaceId): void {
    this.#opened.get(space)?.push();
  }

  beat(): void {
    for (const opened of this.#opened.values()) opened.beat();
  }

  shares(space: SpaceId): boolean {
    return this.#opened.get(space)?.isShared ?? false;
  }

  say(message: NodeMessage): void {
    this.link.send(encodeMessage(message));
  }

  /** Sends messages on the bulk lane, each when the one before was written. */
  stream(messages: Iterable<Uint8Array>): void {
    this.#await(this.#stream(messages));
  }

  /** Closes what is open on the link; resolves when nothing is under way, once it is closed at the latest. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const space of [...this.#opened.keys()]) this.#close(space);
    await Promise.all(this.#ending);
  }

  #update({ spaces, extra }: OwnDoors): void {
    // Who is removed by an entry gets that entry before the space is closed.
    for (const opened of this.#opened.values()) opened.push();
    const places = new Map(spaces.map(({ shared, doors }) => [shared, this.#placeIn(doors)]));
    for (const [space, { shared }] of [...this.#opened]) {
      if ((places.get(shared) ?? -1) < 0) this.#close(space);
    }
    this.#show(spaces, extra);
    for (const [shared, place] of places) if (place >= 0) this.#open(shared).update(place === 0);
    this.#tellMet(extra);
  }

  /** Which of these doors the peer showed first, 0 being the newest; -1 for none. */
  #placeIn(doors: readonly Door[]): number {
    return doors.findIndex((door) => this.#shown.has(this.#tags.theirs(door)));
  }

  /**
   * Shows the newest door of each space, and to its members the older ones that are still open: whoever of the
   * two did not hear of the newest, they have one in common. Nothing is said if it was said last.
   */
  #show(spaces: readonly SpaceDoors[], extra: readonly Door[]): void {
    const newest = spaces.flatMap(({ doors }) => doors.slice(0, 1));
    const older = spaces.flatMap(({ shared, doors }) =>
      doors.length > 1 && shared.meets(this.link.peer) ? doors.slice(1) : []
    );
    const message = encodeMessage(this.#tags.message([...newest, ...extra, ...older]));
    if (equal(message, this.#said)) return;
    this.#said = message;
    this.link.send(message);
  }

  /** Tells of extra doors that the peer showed, each once, until it was given up. */
  #tellMet(extra: readonly Door[]): void {
    const tags = new Map(extra.map((door) => [this.#tags.theirs(door), door]));
    for (const tag of this.#met) if (!tags.has(tag)) this.#met.delete(tag);
    for (const [tag, door] of tags) {
      if (!this.#shown.has(tag) || this.#met.has(tag)) continue;
      this.#met.add(tag);
      this.#parts.onDoor(this.link, door);
    }
  }

  #open(shared: SharedSpace): OpenedSpace {
    let opened = this.#opened.get(shared.space);
    if (!opened) {
      const { heard, clock, log } = this.#parts;
      opened = new OpenedSpace({ link: this.link, shared, heard, clock, log });
      this.#opened.set(shared.space, opened);
    }
    return opened;
  }

  #close(space: SpaceId): void {
    const opened = this.#opened.get(space);
    this.#opened.delete(space);
    if (opened) this.#await(opened.close());
  }

  /** Takes all that one read brought; the link reads on when it is done. */
  async #read(bytes: readonly Uint8Array[]): Promise<void> {
    const { log } = this.#parts;
    const { peer } = this.link;
    try {
      const messages = bytes.map(decodeMessage).filter((message) => message !== null);
      await this.#take(messages);
    } catch (error) {
      if (error instanceof SyntaxError) {
        log("warn", "A peer sent a malformed message", { peer, reason: error.message });
        this.link.close("malformed message");
      } else if (error instanceof EnvelopeError) {
        log("warn", "A peer sent a forged entry", { peer, reason: error.message });
        this.link.close("forged entry");
      } else throw error;
    }
  }

  async #take(messages: readonly Message[]): Promise<void> {
    for (const run of messageRuns(messages)) {
      if (this.#ended) return;
      switch (run.type) {
        case "content":
          await this.#opened.get(run.space)?.content(run.messages);
          break;
        case "entries":
          this.#entries(run.space, run.items);
          break;
        case "single":
          this.#takeOne(run.message);
      }
    }
  }

  #entries(space: SpaceId, items: readonly SentEntry[]): void {
    const opened = this.#opened.get(space);
    if (opened) opened.entries(items);
    else this.#parts.onEntries(this.link.peer, space, items);
  }

  #takeOne(message: LogMessage | NodeMessage): void {
    if (message.type === "meet") this.#meet(message);
    else if (message.type === "log") this.#opened.get(message.space)?.listed(message);
    else this.#parts.onMessage(this.link, message);
  }

  /** @throws {SyntaxError} if the peer says so without end. */
  #meet({ tags }: MeetMessage): void {
    const shown = new Set(tags.map((tag) => tag.toHex()));
    if (shown.size === this.#shown.size && this.#shown.isSupersetOf(shown)) return;
    const now = this.#parts.clock.now();
    if (now - this.#meets.since >= MEETS_MS) this.#meets = { since: now, count: 0 };
    if (++this.#meets.count > MAX_MEETS) {
      throw new SyntaxError(`Cannot meet: more than ${MAX_MEETS} times in a minute`);
    }
    this.#shown = shown;
    this.update(this.#parts.doors());
  }

  async #stream(messages: Iterable<Uint8Array>): Promise<void> {
    for (const message of messages) {
      this.link.send(message, "bulk");
      if (!await this.link.drained() || this.#ended) return;
    }
  }

  #await(work: Promise<void>): void {
    const ending: Promise<void> = work.then(() => void this.#ending.delete(ending));
    this.#ending.add(ending);
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);
