import type { Clock } from "../../core/base/clock.ts";
import {
  type ChannelId,
  type DocId,
  type MessageId,
  type NoteId,
  parseNoteId,
  type PeerId,
  type SpaceId,
} from "../../core/base/ids.ts";
import type { RandomBytes } from "../../core/base/random.ts";
import type { Role } from "../../core/base/role.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import type { Documents } from "../../core/doc/documents.ts";
import { MessageClock } from "../../core/doc/message_id.ts";
import { channelEntry, messageEntry, noteEntry } from "../../core/doc/projection.ts";
import { loadFrom } from "../../core/node/load.ts";
import { Store } from "../../core/store/store.ts";
import { restDocument } from "../../core/sync/compaction.ts";
import { Meetings } from "../../core/sync/meetings.ts";
import { MembershipLog } from "../../core/sync/membership_log.ts";
import type { Replica } from "../../core/sync/replica.ts";
import type { SpaceSync } from "../../core/sync/space_sync.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { sealToAll } from "../../core/trust/epoch_keys.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Splice } from "../../core/view/view.ts";
import { deviceKeys } from "../fakes/device.ts";
import { directDocuments } from "../fakes/documents.ts";
import { seededBytes } from "../fakes/random.ts";
import { identityOf } from "../fakes/space_log.ts";
import { SimSpace, type SimSpaceParts } from "./sim_space.ts";

/** How long the first admin waits before it begins an epoch that is due; the next one twice as long. */
const REKEY_MS = 500;

/** What a node logged. */
export interface Logged {
  readonly level: string;
  readonly text: string;
  readonly facts: Record<string, unknown>;
}

/** A node of the simulation: all that is shipped but for sockets, threads and the web. */
export class SimNode {
  readonly keys: DeviceKeys;
  readonly logged: Logged[] = [];
  /** Where its data is. */
  readonly directory: string;
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  #running: Running | undefined;

  constructor(readonly number: number, directory: string, clock: Clock) {
    this.keys = deviceKeys(number + 1);
    this.directory = `${directory}/${number}`;
    this.#clock = clock;
    this.#random = seededBytes(number + 1000);
    Deno.mkdirSync(this.directory);
  }

  get peer(): PeerId {
    return this.keys.peer;
  }

  get isUp(): boolean {
    return this.#running !== undefined;
  }

  get #parts(): Running {
    if (!this.#running) throw new Error(`Cannot use node ${this.number}: it is down`);
    return this.#running;
  }

  get store(): Store {
    return this.#parts.store;
  }

  get meetings(): Meetings {
    return this.#parts.meetings;
  }

  get #lobby(): SimSpace {
    return this.space(LOBBY);
  }

  /** The replica of the lobby. */
  get replica(): Replica {
    return this.#lobby.replica;
  }

  /** Keeps the lobby in step. */
  get sync(): SpaceSync {
    return this.#lobby.sync;
  }

  get documents(): Documents {
    return this.#parts.documents;
  }

  /** Starts it from what its directory has. */
  async start(): Promise<void> {
    const store = Store.open(this.directory);
    const documents = await directDocuments(loadFrom(store, this.peer));
    const clock = this.#clock;
    // Of one who crashed nothing is heard, though here its last thoughts go on.
    const log = (level: string, text: string, facts = {}) => {
      if (this.#running?.store === store) this.logged.push({ level, text, facts });
    };
    const spaces = new Map<SpaceId, SimSpace>();
    const meetings = new Meetings({
      self: this.peer,
      spaces: () => [...spaces.values()],
      extraDoors: () => [],
      onDoor: () => {},
      onMessage: () => {},
      random: this.#random,
      clock,
      log,
    });
    this.#running = {
      store,
      documents,
      meetings,
      spaces,
      ids: new MessageClock(this.peer, clock),
      parts: {
        keys: this.keys,
        store,
        documents,
        clock,
        log,
        random: this.#random,
        heard: (space, peer) => meetings.heard(space, peer),
      },
    };
    this.#add(null);
    for (const space of store.entries.spaces()) {
      const log = this.#openLog(space);
      const { members, formers } = log.membership;
      if (members.has(this.peer) || formers.has(this.peer)) this.#add(log);
    }
    for (const { replica } of this.spaces) await replica.prepare();
  }

  /** Stops it; its links are to be cut before. */
  async stop(): Promise<void> {
    const { store, documents, meetings, spaces } = this.#parts;
    this.#running = undefined;
    await meetings.close();
    for (const space of spaces.values()) await space.close();
    await documents.close();
    store.close();
  }

  /** The spaces that it is or was in, the lobby first. */
  get spaces(): SimSpace[] {
    return [...this.#parts.spaces.values()];
  }

  /** @throws {RangeError} when it is not in that space. */
  space(id: SpaceId): SimSpace {
    const space = this.#parts.spaces.get(id);
    if (!space) throw new RangeError(`Node ${this.number} has no space "${id}"`);
    return space;
  }

  has(id: SpaceId): boolean {
    return this.#parts.spaces.has(id);
  }

  /** Makes a private space. */
  createSpace(name: string): SimSpace {
    const founder = identityOf(this.keys);
    const key = this.#random(32);
    const seals = sealToAll([founder], key, this.#random, null);
    const body = { type: "create", name, direct: false, founder, seals } as const;
    return this.#add(MembershipLog.create(this.keys, body, this.#logParts));
  }

  /** Lets a node in, which hears of it over a link to this one if there is one. */
  letIn(id: SpaceId, joiner: SimNode, role?: Role): void {
    joiner.await(id, this.peer);
    this.space(id).letIn(joiner.keys, role);
    this.meetings.offer(joiner.peer, id);
  }

  /** Takes the log of a space from a peer that lets this node in. */
  await(id: SpaceId, from: PeerId): void {
    const { meetings, spaces } = this.#parts;
    const log = spaces.get(id)?.log ?? this.#openLog(id);
    const stop = meetings.expect(from, id, (items) => {
      log.admit(items, from);
      if (!log.membership.members.has(this.peer)) return;
      stop();
      if (!spaces.has(id)) this.#add(log);
    });
  }

  get #logParts() {
    const { store, parts: { clock, log } } = this.#parts;
    return { entries: store.entries, clock, log };
  }

  #openLog(space: SpaceId): MembershipLog {
    return MembershipLog.open(space, this.#logParts);
  }

  #add(log: MembershipLog | null): SimSpace {
    const { spaces, parts, meetings, ids } = this.#parts;
    const space = new SimSpace(log, parts);
    spaces.set(space.space, space);
    for (const { id } of this.store.registers.channels(space.space)) {
      const newest = this.store.messages.newest(space.space, id);
      if (newest) ids.saw(newest.id);
    }
    space.replica.onCommit(({ rows }) => {
      for (const row of rows) if (row.type === "message") ids.saw(row.id);
    });
    log?.listen(() => {
      meetings.refresh();
      void space.replica.rightsChanged();
      // Admins do not all begin an epoch at once.
      this.#clock.after(REKEY_MS * (1 + this.number), () => {
        if (this.#running?.spaces.get(space.space) === space) space.rekeyIfDue();
      });
    });
    meetings.refresh();
    return space;
  }

  /** Writes a message; resolves when it is acknowledged. */
  async post(
    channel: ChannelId,
    text: string,
    segment = 0,
    space = LOBBY,
  ): Promise<MessageId> {
    const id = this.#parts.ids.next();
    const doc = segmentDoc(channel, segment);
    await this.space(space).replica.put(doc, [messageEntry(id, text)], { at: this.#clock.now() });
    return id;
  }

  async createChannel(name: string): Promise<ChannelId> {
    const channel = channelIdOf(LOBBY, name);
    if (this.store.registers.channel(LOBBY, channel)) return channel;
    await this.replica.put(SPACE_DOC, [channelEntry(LOBBY, name)], { at: this.#clock.now() });
    return channel;
  }

  async createNote(number: number): Promise<NoteId> {
    const note = parseNoteId(number.toString(16).padStart(32, "0"));
    if (this.store.registers.note(LOBBY, note)) return note;
    const entry = noteEntry(note, `Note ${number} of ${this.number}`);
    await this.replica.put(SPACE_DOC, [entry], { at: this.#clock.now() });
    return note;
  }

  async noteText(note: NoteId): Promise<{ heads: readonly string[]; text: string }> {
    return await this.documents.noteText(docKey(LOBBY, noteDoc(note)));
  }

  /** Edits a note at some heads; gives those of the branch. */
  async edit(
    note: NoteId,
    heads: readonly string[],
    splices: readonly Splice[],
    request: string,
  ): Promise<readonly string[]> {
    const at = this.#clock.now();
    return (await this.replica.noteEdit(note, heads, splices, { at, request })).heads;
  }

  /** Puts documents on bases; gives how many took one. What cannot rest stays as it is. */
  async rest(fits: (doc: DocId) => boolean = () => true, space = LOBBY): Promise<number> {
    const { store, documents } = this.#parts;
    const { replica } = this.space(space);
    let count = 0;
    for (const doc of replica.vectors.docs()) {
      if (!fits(doc)) continue;
      try {
        await restDocument({ replica, store, documents }, doc);
        while (store.sealed.sweep(space, doc));
        count++;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return count;
  }

  get digest(): string {
    return this.replica.vectors.digest().toHex();
  }

  /** All that people would see, as text, to be compared with other nodes'. */
  async picture(): Promise<unknown> {
    const { registers } = this.store;
    const channels = registers.channels(LOBBY);
    const notes = registers.notes(LOBBY);
    return {
      channels,
      people: registers.people(LOBBY),
      notes: await Promise.all(
        notes.map(async ({ id, title }) => ({ id, title, text: (await this.noteText(id)).text })),
      ),
      messages: channels.map(({ id }) =>
        allMessages(this.store, id).map(({ id, author, text, at, seq }) =>
          [id, author, text, at, seq] as const
        )
      ),
      vectors: [...this.replica.vectors.entries()].map(([doc, vector]) => [doc, vector.toSorted()]),
    };
  }
}

interface Running {
  readonly store: Store;
  readonly documents: Documents;
  readonly meetings: Meetings;
  readonly spaces: Map<SpaceId, SimSpace>;
  readonly ids: MessageClock;
  readonly parts: SimSpaceParts;
}

/** Every message of a channel, in order. */
export function allMessages(store: Store, channel: ChannelId, space = LOBBY) {
  const all = [];
  let before: MessageId | undefined;
  for (;;) {
    const page = store.messages.page(space, channel, before ? { before } : {});
    all.unshift(...page.messages);
    before = page.messages[0]?.id;
    if (!page.more || before === undefined) return all;
  }
}
