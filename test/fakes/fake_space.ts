import type { Clock } from "../../core/base/clock.ts";
import type { ChannelId, MessageId, NoteId, PeerId } from "../../core/base/ids.ts";
import { RefusedError } from "../../core/view/api.ts";
import type { Commands } from "../../core/view/command.ts";
import type { Event, SpaceEvent } from "../../core/view/event.ts";
import { unknownPerson } from "../../core/view/people_words.ts";
import type {
  ChannelView,
  MessageView,
  NoteView,
  PersonView,
  SpaceView,
  WaitingView,
} from "../../core/view/view.ts";

const PAGE = 200;

interface Note {
  view: NoteView;
  text: string;
}

/** What a space needs of the node that it is in. */
export interface FakeHost {
  readonly clock: Clock;
  readonly own: PeerId;
  peerId(n: number): PeerId;
  /** A number that was not there before, in so many hex digits. */
  number(digits: number): string;
  tell(event: Event): void;
}

/** A space of a fake node; others in it are worked by hand. */
export class FakeSpace {
  people: PersonView[] = [];
  /** What waits for whoever is asked about. */
  waiting: WaitingView = { messages: 0, more: false, keepers: [] };
  readonly #host: FakeHost;
  readonly #channels = new Map<ChannelId, ChannelView>();
  readonly #messages = new Map<ChannelId, MessageView[]>();
  readonly #notes = new Map<NoteId, Note>();
  #view: SpaceView;

  constructor(host: FakeHost, view: SpaceView) {
    this.#host = host;
    this.#view = view;
  }

  get id(): SpaceView["id"] {
    return this.#view.id;
  }

  get view(): SpaceView {
    const unread = [...this.#channels.values()].reduce((sum, channel) => sum + channel.unread, 0);
    return { ...this.#view, unread };
  }

  get channels(): ChannelView[] {
    return [...this.#channels.values()];
  }

  get notes(): NoteView[] {
    return [...this.#notes.values()].map(({ view }) => view);
  }

  /** Changes the space's own view: a role, say. */
  change(changes: Partial<SpaceView>): void {
    this.#view = { ...this.#view, ...changes };
    this.#host.tell({ type: "space", view: this.view });
  }

  /** The same name has the same id in every space, as in the real node. */
  addChannel(name: string): ChannelView {
    const id = [...name].reduce((hash, char) => Math.imul(hash, 31) + char.codePointAt(0)! >>> 0, 7)
      .toString(16).padStart(
        16,
        "c",
      ) as ChannelId;
    const known = this.#channels.get(id);
    if (known) return known;
    const channel: ChannelView = { id, name, unread: 0, readTo: null, lastAt: 0 };
    this.#channels.set(id, channel);
    this.#messages.set(id, []);
    this.tell({ type: "channel", channel });
    return channel;
  }

  addNote(title: string, text = ""): NoteView {
    const id = `c0${this.#host.number(30)}` as NoteId;
    const view = { id, title, changedAt: this.#host.clock.now() };
    this.#notes.set(view.id, { view, text });
    this.tell({ type: "note", note: view });
    return view;
  }

  rename(id: NoteId, title: string): NoteView {
    const note = this.#note(id);
    note.view = { ...note.view, title };
    this.tell({ type: "note", note: note.view });
    return note.view;
  }

  textOf(id: NoteId): string {
    return this.#note(id).text;
  }

  edit({ note: id, splices }: Commands["note.edit"]["ask"]): void {
    const note = this.#note(id);
    for (const { at, remove, insert } of splices) {
      note.text = note.text.slice(0, at) + insert + note.text.slice(at + remove);
    }
  }

  setPerson(n: number, changes: Partial<PersonView> = {}): PersonView {
    const peer = this.#host.peerId(n);
    const before = this.people.find((person) => person.peer === peer) ?? {
      ...unknownPerson(peer),
      name: `Person ${n}`,
      colour: n % 12,
      here: true,
      lastSeenAt: this.#host.clock.now(),
      role: this.#view.kind === "lobby" ? null : "member",
    };
    return this.putPerson({ ...before, ...changes });
  }

  putPerson(person: PersonView): PersonView {
    this.people = [...this.people.filter(({ peer }) => peer !== person.peer), person];
    this.tell({ type: "person", person });
    return person;
  }

  /** A message of peer `n`, whose own is 0, `ago` milliseconds old. */
  say(n: number, channelName: string, text: string, ago = 0, heldBy = 0): MessageView {
    const channel = this.addChannel(channelName);
    const at = this.#host.clock.now() - ago;
    const author = this.#host.peerId(n);
    const id = `${at.toString(16).padStart(12, "0")}${this.#host.number(4)}${author.slice(0, 16)}`;
    const message: MessageView = {
      id: id as MessageId,
      channel: channel.id,
      author,
      text,
      at,
      ...(author === this.#host.own && { heldBy }),
    };
    const messages = this.#messages.get(channel.id) ?? [];
    messages.push(message);
    messages.sort((a, b) => a.id < b.id ? -1 : 1);
    this.tell({ type: "message", message });
    this.mark(channel.id);
    return message;
  }

  /** Takes a message back, as a dispute may. */
  retract({ id, channel }: MessageView): void {
    this.#messages.set(channel, this.#messages.get(channel)?.filter((one) => one.id !== id) ?? []);
    this.tell({ type: "reset" });
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
    this.tell({ type: "typing", channel, peers: people.map((n) => this.#host.peerId(n)) });
  }

  list({ channel, before, after, limit = PAGE }: Commands["message.list"]["ask"]) {
    const all = this.#messages.get(this.channel(channel).id) ?? [];
    const range = all.filter(({ id }) => (!before || id < before) && (!after || id > after));
    const messages = after ? range.slice(0, limit) : range.slice(-limit);
    return { messages, more: messages.length < range.length };
  }

  /** Counts a channel's unread anew, after a read mark say. */
  mark(id: ChannelId, readTo?: MessageId): ChannelView {
    const before = this.channel(id);
    const messages = this.#messages.get(id) ?? [];
    const mark = readTo ?? before.readTo;
    const channel: ChannelView = {
      ...before,
      readTo: mark,
      unread:
        messages.filter((one) => one.author !== this.#host.own && (!mark || one.id > mark)).length,
      lastAt: messages.at(-1)?.at ?? 0,
    };
    this.#channels.set(id, channel);
    this.tell({ type: "channel", channel });
    this.#host.tell({ type: "space", view: this.view });
    return channel;
  }

  channel(id: ChannelId): ChannelView {
    const channel = this.#channels.get(id);
    if (!channel) throw new RefusedError("There is no such channel (any more)");
    return channel;
  }

  tell(event: SpaceEvent): void {
    this.#host.tell({ ...event, space: this.id });
  }

  #note(id: NoteId): Note {
    const note = this.#notes.get(id);
    if (!note) throw new RefusedError("There is no such note (any more)");
    return note;
  }
}
