import { type Clock, systemClock } from "../../core/base/clock.ts";
import type { ChannelId, MessageId, NoteId, PeerId, SpaceId } from "../../core/base/ids.ts";
import { FaultError, type NodeApi, RefusedError } from "../../core/view/api.ts";
import type { Answer, Command, Commands, CommandType } from "../../core/view/command.ts";
import type { Event } from "../../core/view/event.ts";
import type {
  ChannelView,
  MessageView,
  NoteView,
  PeerView,
  PersonView,
  SelfView,
  Snapshot,
} from "../../core/view/view.ts";
import { cleanChannelName, cleanName, cleanText } from "../../core/view/words.ts";

const PAGE = 200;

interface Note {
  view: NoteView;
  text: string;
}

/** A node in memory, as routes see it: nobody is linked, others are worked by hand. */
export class FakeNode implements NodeApi {
  self: SelfView;
  people: PersonView[] = [];
  peers: PeerView[] = [];
  fault: string | null = null;
  /** Refuses every writing command with a fault while set. */
  failing: string | null = null;
  /** Refuses every message while set. */
  refusing: string | null = null;
  /** Commands that were done, in order. */
  readonly done: Command[] = [];
  readonly #clock: Clock;
  readonly #listeners = new Set<(event: Event) => void>();
  readonly #answers = new Map<string, unknown>();
  readonly #channels = new Map<ChannelId, ChannelView>();
  readonly #messages = new Map<ChannelId, MessageView[]>();
  readonly #notes = new Map<NoteId, Note>();
  #lobby = true;
  #counter = 1;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.self = { peer: this.peerId(0), name: null, colour: 7, suggestedName: "Robin" };
    this.addChannel("general");
  }

  /** Peer number `n`; all differ from the first digit on. */
  peerId(n: number): PeerId {
    return [0, 1, 2, 3].map((i) =>
      (Math.imul(n * 4 + i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(16, "7")
    ).join("") as PeerId;
  }

  /** The node was started without the Lobby, and there is nothing else. */
  closeLobby(): void {
    this.#lobby = false;
    this.#channels.clear();
  }

  addChannel(name: string): ChannelView {
    const known = [...this.#channels.values()].find((channel) => channel.name === name);
    if (known) return known;
    const id = this.#id(16) as ChannelId;
    const channel: ChannelView = { id, name, unread: 0, readTo: null, lastAt: 0 };
    this.#channels.set(id, channel);
    this.#messages.set(id, []);
    this.tell({ type: "channel", channel });
    return channel;
  }

  addNote(title: string, text = ""): NoteView {
    const view = { id: this.#id(32) as NoteId, title, changedAt: this.#clock.now() };
    this.#notes.set(view.id, { view, text });
    this.tell({ type: "note", note: view });
    return view;
  }

  setPerson(n: number, changes: Partial<PersonView>): PersonView {
    const peer = this.peerId(n);
    const before = this.people.find((person) => person.peer === peer) ??
      { peer, name: `Person ${n}`, colour: n % 12, here: true, lastSeenAt: this.#clock.now() };
    const person = { ...before, ...changes };
    this.people = [...this.people.filter((one) => one.peer !== peer), person];
    this.tell({ type: "person", person });
    return person;
  }

  /** A message of peer `n`, whose own is 0, `ago` milliseconds old. */
  say(n: number, channelName: string, text: string, ago = 0, heldBy = 0): MessageView {
    const channel = this.addChannel(channelName);
    const at = this.#clock.now() - ago;
    const author = this.peerId(n);
    const id = `${at.toString(16).padStart(12, "0")}${this.#number(4)}${author.slice(0, 16)}`;
    const message: MessageView = {
      id: id as MessageId,
      channel: channel.id,
      author,
      text,
      at,
      ...(author === this.self.peer && { heldBy }),
    };
    const messages = this.#messages.get(channel.id) ?? [];
    messages.push(message);
    messages.sort((a, b) => a.id < b.id ? -1 : 1);
    this.tell({ type: "message", message });
    this.#put(channel.id);
    return message;
  }

  /** How many hold one of this person's messages from now on. */
  hold(message: MessageView, heldBy: number): void {
    const messages = this.#messages.get(message.channel) ?? [];
    const at = messages.findIndex(({ id }) => id === message.id);
    messages[at] = { ...message, heldBy };
    this.tell({ type: "held", messages: [[message.id, heldBy]] });
  }

  typing(channelName: string, ...people: number[]): void {
    const channel = this.addChannel(channelName).id;
    this.tell({ type: "typing", channel, peers: people.map((n) => this.peerId(n)) });
  }

  setFault(text: string | null): void {
    this.fault = text;
    this.tell({ type: "fault", text });
  }

  tell(event: Event): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  subscribe(listener: (event: Event) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  async execute<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    id: string,
  ): Promise<Answer<T>> {
    await Promise.resolve();
    if (!this.#answers.has(id)) {
      this.#answers.set(id, this.#do(command));
      this.done.push(command);
    }
    return this.#answers.get(id) as Answer<T>;
  }

  #do(command: Command): unknown {
    if (this.failing && /send|create|set$/.test(command.type)) throw new FaultError(this.failing);
    try {
      return this.#act(command);
    } catch (error) {
      if (error instanceof RangeError) throw new RefusedError(error.message);
      throw error;
    }
  }

  #act(command: Command): unknown {
    switch (command.type) {
      case "snapshot":
        return this.#snapshot();
      case "peers":
        return this.peers;
      case "profile.set": {
        this.self = {
          ...this.self,
          name: cleanName(command.name),
          colour: command.colour ?? this.self.colour,
        };
        this.tell({ type: "self", self: this.self });
        return this.self;
      }
      case "channel.create":
        return this.addChannel(cleanChannelName(command.name));
      case "message.list":
        return this.#list(command);
      case "message.send": {
        if (this.refusing) throw new RefusedError(this.refusing);
        const text = cleanText(command.text);
        return this.say(0, this.#channel(command.channel).name, text);
      }
      case "read.mark":
        return this.#put(command.channel, command.message);
      case "note.create":
        return this.addNote(cleanName(command.title));
      case "note.rename": {
        const note = this.#note(command.note);
        note.view = { ...note.view, title: cleanName(command.title) };
        this.tell({ type: "note", note: note.view });
        return note.view;
      }
      case "note.open":
        return { heads: [], text: this.#note(command.note).text, cursors: [] };
      case "note.edit": {
        const note = this.#note(command.note);
        for (const { at, remove, insert } of command.splices) {
          note.text = note.text.slice(0, at) + insert + note.text.slice(at + remove);
        }
        return { heads: [], merged: { heads: [], splices: [] } };
      }
      case "note.merge":
        return { merged: { heads: [], splices: [] }, cursors: [] };
      case "place.set":
        return {};
    }
  }

  #snapshot(): Snapshot {
    return {
      version: "0.1.0",
      self: this.self,
      space: this.#lobby ? { id: "1".repeat(32) as SpaceId, name: "Lobby", open: true } : null,
      channels: [...this.#channels.values()],
      notes: [...this.#notes.values()].map(({ view }) => view),
      people: this.people,
      fault: this.fault,
    };
  }

  #list({ channel, before, after, limit = PAGE }: Commands["message.list"]["ask"]) {
    const all = this.#messages.get(this.#channel(channel).id) ?? [];
    const range = all.filter(({ id }) => (!before || id < before) && (!after || id > after));
    const messages = after ? range.slice(0, limit) : range.slice(-limit);
    return { messages, more: messages.length < range.length };
  }

  #put(id: ChannelId, readTo?: MessageId): ChannelView {
    const before = this.#channel(id);
    const messages = this.#messages.get(id) ?? [];
    const mark = readTo ?? before.readTo;
    const channel: ChannelView = {
      ...before,
      readTo: mark,
      unread:
        messages.filter((one) => one.author !== this.self.peer && (!mark || one.id > mark)).length,
      lastAt: messages.at(-1)?.at ?? 0,
    };
    this.#channels.set(id, channel);
    this.tell({ type: "channel", channel });
    return channel;
  }

  #channel(id: ChannelId): ChannelView {
    const channel = this.#channels.get(id);
    if (!channel) throw new RefusedError("There is no such channel (any more)");
    return channel;
  }

  #note(id: NoteId): Note {
    const note = this.#notes.get(id);
    if (!note) throw new RefusedError("There is no such note (any more)");
    return note;
  }

  #number(digits: number): string {
    return (this.#counter++).toString(16).padStart(digits, "0");
  }

  #id(digits: number): string {
    return `c0${this.#number(digits - 2)}`;
  }
}
