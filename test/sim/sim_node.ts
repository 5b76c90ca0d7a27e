import type { Clock } from "../../core/base/clock.ts";
import {
  type ChannelId,
  type MessageId,
  type NoteId,
  parseNoteId,
  type PeerId,
} from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { docKey } from "../../core/doc/doc_key.ts";
import type { Documents } from "../../core/doc/documents.ts";
import { MessageClock } from "../../core/doc/message_id.ts";
import { channelEntry, messageEntry, noteEntry } from "../../core/doc/projection.ts";
import { loadFrom } from "../../core/node/load.ts";
import { Store } from "../../core/store/store.ts";
import { Replica } from "../../core/sync/replica.ts";
import { SpaceSync } from "../../core/sync/space_sync.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Splice } from "../../core/view/view.ts";
import { deviceKeys } from "../fakes/device.ts";
import { directDocuments } from "../fakes/documents.ts";

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
  readonly #directory: string;
  readonly #clock: Clock;
  #running: Running | undefined;

  constructor(readonly number: number, directory: string, clock: Clock) {
    this.keys = deviceKeys(number + 1);
    this.#directory = `${directory}/${number}`;
    this.#clock = clock;
    Deno.mkdirSync(this.#directory);
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

  get replica(): Replica {
    return this.#parts.replica;
  }

  get sync(): SpaceSync {
    return this.#parts.sync;
  }

  get documents(): Documents {
    return this.#parts.documents;
  }

  /** Starts it from what its directory has. */
  async start(): Promise<void> {
    const store = Store.open(this.#directory);
    const documents = await directDocuments(loadFrom(store, this.peer));
    const clock = this.#clock;
    const log = (level: string, text: string, facts = {}) => {
      this.logged.push({ level, text, facts });
    };
    const replica = new Replica({
      space: LOBBY,
      signer: this.keys,
      store,
      documents,
      clock,
      log,
    });
    const sync = new SpaceSync({ replica, store, clock, log });
    const ids = new MessageClock(this.peer, clock);
    replica.onCommit(({ rows }) => {
      for (const row of rows) if (row.type === "message") ids.saw(row.id);
    });
    this.#running = { store, documents, replica, sync, ids };
  }

  /** Stops it; its links are to be cut before. */
  async stop(): Promise<void> {
    const { store, documents, replica, sync } = this.#parts;
    this.#running = undefined;
    await sync.close();
    await replica.close();
    await documents.close();
    store.close();
  }

  /** Writes a message; resolves when it is acknowledged. */
  async post(channel: ChannelId, text: string, segment = 0): Promise<MessageId> {
    const id = this.#parts.ids.next();
    const doc = segmentDoc(channel, segment);
    await this.replica.put(doc, [messageEntry(id, text)], { at: this.#clock.now() });
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
  readonly replica: Replica;
  readonly sync: SpaceSync;
  readonly ids: MessageClock;
}

/** Every message of a channel, in order. */
export function allMessages(store: Store, channel: ChannelId) {
  const all = [];
  let before: MessageId | undefined;
  for (;;) {
    const page = store.messages.page(LOBBY, channel, before ? { before } : {});
    all.unshift(...page.messages);
    before = page.messages[0]?.id;
    if (!page.more || before === undefined) return all;
  }
}
