import type { Timer } from "../base/clock.ts";
import type { EntryHash, PeerId, SpaceId } from "../base/ids.ts";
import { type Link, MAX_MESSAGE_BYTES } from "../net/link.ts";
import type { Door } from "../trust/door.ts";
import type { NodeMessage, SentEntry } from "../wire/message.ts";
import { packEntries } from "../wire/pack.ts";
import { HeardEntries } from "./heard_entries.ts";
import { Meeting, type MeetingParts, type OwnDoors } from "./meeting.ts";
import type { MembershipLog } from "./membership_log.ts";
import type { SharedSpace } from "./shared_space.ts";
import { BEAT_MS } from "./timing.ts";

/** What {@linkcode Meetings} needs. */
export interface MeetingsParts extends Omit<MeetingParts, "doors" | "heard" | "onEntries"> {
  readonly spaces: () => readonly SharedSpace[];
  /** Doors of invites, open here or to be called at. */
  readonly extraDoors: () => readonly Door[];
}

type TakeEntries = (items: readonly SentEntry[]) => void;

/**
 * All links of this node, each with the spaces that both sides share. It owns no link: who opens them closes
 * them.
 */
export class Meetings {
  readonly #parts: MeetingsParts;
  readonly #meetings = new Map<PeerId, Meeting>();
  readonly #heard = new HeardEntries();
  readonly #expected = new Map<string, TakeEntries>();
  /** Ends of listening to the logs of the spaces that are here. */
  readonly #unlisten = new Map<MembershipLog, () => void>();
  readonly #ending = new Set<Promise<void>>();
  #beat: Timer | undefined;
  #refreshing = false;
  /** Whether something changed since the doors were read. */
  #stale = false;
  #closed = false;

  constructor(parts: MeetingsParts) {
    this.#parts = parts;
  }

  /** Takes a link into use and starts it; it takes the place of an older one to the same peer. */
  addLink(link: Link): void {
    if (this.#closed) return;
    this.#listen();
    const meeting = new Meeting(link, {
      ...this.#parts,
      doors: () => this.#doors(),
      heard: this.#heard,
      onEntries: (peer, space, items) => this.#expected.get(`${peer} ${space}`)?.(items),
    });
    const before = this.#meetings.get(link.peer);
    if (before) this.#end(before);
    this.#meetings.set(link.peer, meeting);
    this.#beat ??= this.#parts.clock.every(BEAT_MS, () => this.#onBeat());
    void link.closed.then(() => this.#gone(meeting));
    meeting.start();
  }

  /** Doors, members or spaces changed: they are shown anew, and spaces opened and closed accordingly. */
  refresh(): void {
    this.#stale = true;
    if (this.#refreshing) return;
    this.#refreshing = true;
    try {
      while (this.#stale && !this.#closed) {
        this.#stale = false;
        this.#listen();
        const doors = this.#doors();
        for (const meeting of [...this.#meetings.values()]) meeting.update(doors);
      }
    } finally {
      this.#refreshing = false;
    }
  }

  /** Says something to a peer; gives whether there is a link to it. */
  send(peer: PeerId, message: NodeMessage): boolean {
    const meeting = this.#meetings.get(peer);
    meeting?.say(message);
    return meeting !== undefined;
  }

  link(peer: PeerId): Link | undefined {
    return this.#meetings.get(peer)?.link;
  }

  links(): readonly Link[] {
    return [...this.#meetings.values()].map(({ link }) => link);
  }

  /** The peers with whom a space is shared now. */
  sharing(space: SpaceId): readonly PeerId[] {
    return [...this.#meetings].filter(([, meeting]) => meeting.shares(space)).map(([peer]) => peer);
  }

  /** Sends the whole membership log of a space to one who was just let in and expects it. */
  offer(peer: PeerId, space: SpaceId): void {
    const log = this.#parts.spaces().find((shared) => shared.space === space)?.log;
    if (log) {
      this.#meetings.get(peer)?.stream(packEntries(space, log.since(0), MAX_MESSAGE_BYTES));
    }
  }

  /** Takes entries from a peer of a space that is not here yet, until the result is called. */
  expect(peer: PeerId, space: SpaceId, take: TakeEntries): () => void {
    const name = `${peer} ${space}`;
    this.#expected.set(name, take);
    return () => {
      if (this.#expected.get(name) === take) this.#expected.delete(name);
    };
  }

  /** What of a space's log a peer is known to hold; `undefined` if nothing was heard of it. */
  heard(space: SpaceId, peer: PeerId): EntryHash[] | undefined {
    const heard = this.#heard.of(space, peer);
    return heard && [...heard];
  }

  /** Ends it; resolves when nothing is under way. The links are to be closed by then, or it waits. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#beat?.cancel();
    for (const unlisten of this.#unlisten.values()) unlisten();
    this.#unlisten.clear();
    for (const meeting of this.#meetings.values()) this.#end(meeting);
    this.#meetings.clear();
    await Promise.all(this.#ending);
  }

  #gone(meeting: Meeting): void {
    const { peer } = meeting.link;
    if (this.#meetings.get(peer) !== meeting) return;
    this.#meetings.delete(peer);
    this.#end(meeting);
    if (this.#meetings.size > 0) return;
    this.#beat?.cancel();
    this.#beat = undefined;
  }

  #end(meeting: Meeting): void {
    const ending: Promise<void> = meeting.end().then(() => void this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #onBeat(): void {
    for (const meeting of this.#meetings.values()) meeting.beat();
  }

  /** Listens to the logs of the spaces that are here, and to no others. */
  #listen(): void {
    const spaces = this.#parts.spaces();
    const logs = new Set(spaces.map(({ log }) => log));
    for (const [log, unlisten] of this.#unlisten) {
      if (logs.has(log)) continue;
      unlisten();
      this.#unlisten.delete(log);
    }
    for (const log of logs) {
      if (log && !this.#unlisten.has(log)) {
        this.#unlisten.set(log, log.listen(() => this.#onEntries(log)));
      }
    }
    for (const space of this.#heard.spaces) {
      if (!spaces.some((shared) => shared.space === space)) this.#heard.drop(space);
    }
  }

  /** All who share a space get its new entries before anything follows from them. */
  #onEntries({ space }: MembershipLog): void {
    for (const meeting of this.#meetings.values()) meeting.push(space);
    this.refresh();
  }

  #doors(): OwnDoors {
    const spaces = this.#parts.spaces().map((shared) => ({ shared, doors: shared.doors() }));
    return { spaces, extra: this.#parts.extraDoors() };
  }
}
