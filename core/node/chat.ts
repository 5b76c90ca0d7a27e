import type { ChannelId, MessageId } from "../base/ids.ts";
import { MAX_PAGE_MESSAGES, SEGMENT_MESSAGES } from "../base/limits.ts";
import { channelIdOf } from "../doc/channel_id.ts";
import { docKind, segmentDoc, SPACE_DOC } from "../doc/doc_id.ts";
import { MessageClock, messageTime } from "../doc/message_id.ts";
import { channelEntry, messageEntry } from "../doc/projection.ts";
import type { StoredMessage } from "../store/messages.ts";
import type { Changed } from "../store/projector.ts";
import type { HeldRange } from "../sync/held.ts";
import { RefusedError } from "../view/api.ts";
import type { Answer, Commands } from "../view/command.ts";
import type { ChannelView, MessageView } from "../view/view.ts";
import { cleanChannelName, cleanText } from "../view/words.ts";
import type { Parts } from "./parts.ts";

/** The channel that every space has without anyone making it. */
export const GENERAL = "general";

/** A writing command's request id: done once, whatever comes again. */
type RequestId = string;

/** Channels and messages of one space. */
export class Chat {
  readonly #parts: Parts;
  readonly #clock: MessageClock;
  readonly #general: ChannelId;
  /** How many are unread, of the channels that were looked at. */
  readonly #unread = new Map<ChannelId, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#clock = new MessageClock(parts.self, parts.clock);
    this.#general = channelIdOf(parts.space, GENERAL);
    for (const { id } of this.#named()) {
      const newest = parts.store.messages.newest(parts.space, id);
      if (newest) this.#clock.saw(newest.id);
    }
  }

  /** All channels, the one that is always there first, the others by name. */
  channels(): ChannelView[] {
    return this.#named().map(({ id, name }) => this.#view(id, name));
  }

  /** Messages of others after the read marks, in all channels. */
  unread(): number {
    const counts = this.#named().map(({ id, name }) =>
      this.#unread.get(id) ?? this.#view(id, name).unread
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What is counted may be other than it was. */
  reset(): void {
    this.#unread.clear();
  }

  /** Makes a channel; one of that name that is there already is given as it is. */
  async create({ name }: Commands["channel.create"]["ask"], id: RequestId): Promise<ChannelView> {
    const { space, replica, clock } = this.#parts;
    const clean = cleanChannelName(name);
    const channel = channelIdOf(space, clean);
    if (!this.#nameOf(channel)) {
      const view: ChannelView = { id: channel, name: clean, unread: 0, readTo: null, lastAt: 0 };
      await replica.put(SPACE_DOC, [channelEntry(space, clean)], {
        at: clock.now(),
        receipt: { id, answer: view },
      });
    }
    return this.#view(channel, clean);
  }

  /** One page of a channel's messages. */
  list(ask: Commands["message.list"]["ask"]): Answer<"message.list"> {
    const { space, store } = this.#parts;
    this.#known(ask.channel);
    const limit = Math.min(ask.limit ?? MAX_PAGE_MESSAGES, MAX_PAGE_MESSAGES);
    const page = store.messages.page(space, ask.channel, {
      limit,
      ...(ask.before ? { before: ask.before } : {}),
      ...(ask.after ? { after: ask.after } : {}),
    });
    return { messages: page.messages.map((message) => this.#message(message)), more: page.more };
  }

  /** Writes a message; it is on disk when the promise resolves. */
  async send(
    { channel, text }: Commands["message.send"]["ask"],
    id: RequestId,
  ): Promise<MessageView> {
    const { self, replica, clock } = this.#parts;
    this.#known(channel);
    const clean = cleanText(text);
    const message = this.#newId(channel);
    const at = clock.now();
    const view: MessageView = {
      id: message,
      channel,
      author: self,
      text: clean,
      at: messageTime(message),
      heldBy: 0,
    };
    const doc = segmentDoc(channel, this.#segmentWithRoom(channel));
    await replica.put(doc, [messageEntry(message, clean)], { at, receipt: { id, answer: view } });
    return view;
  }

  /** The clock may be set back to where this node has been: an id that is taken is passed over. */
  #newId(channel: ChannelId): MessageId {
    const { space, store } = this.#parts;
    for (;;) {
      const id = this.#clock.next();
      if (!store.messages.get(space, channel, id)) return id;
    }
  }

  /** Messages by their words. */
  search({ channel, text }: Commands["message.search"]["ask"]): Answer<"message.search"> {
    const { space, store } = this.#parts;
    if (channel !== undefined) this.#known(channel);
    const found = store.search.find(space, channel ?? null, text);
    return {
      messages: found.flatMap(([channel, id]) => {
        const message = store.messages.get(space, channel, id);
        return message ? [this.#message(message)] : [];
      }),
      partial: store.words.isBehind,
    };
  }

  /** Who else is known to hold a message. */
  holders({ channel, message }: Commands["message.holders"]["ask"]): Answer<"message.holders"> {
    const { space, store } = this.#parts;
    this.#known(channel);
    const found = store.messages.get(space, channel, message);
    if (!found) throw new RefusedError("There is no such message (any more)");
    const { doc, actor, seq } = found;
    return { holders: store.holdings.namesOfHolders(space, doc, actor, seq) };
  }

  /** Notes that the person has seen a channel up to a message. It never goes back. */
  markRead({ channel, message }: Commands["read.mark"]["ask"]): ChannelView {
    const { space, store, tell } = this.#parts;
    const name = this.#known(channel);
    store.readMarks.mark(space, channel, message);
    const view = this.#view(channel, name);
    tell({ type: "channel", channel: view });
    return view;
  }

  /** Takes note of messages that tabs ask for themselves. */
  saw({ messages }: Changed): void {
    for (const [, id] of messages) this.#clock.saw(id);
  }

  /** Tells tabs what a commit brought. */
  committed({ messages, channels }: Changed): void {
    const { space, store, tell } = this.#parts;
    for (const [channel, id] of messages) {
      this.#clock.saw(id);
      const message = store.messages.get(space, channel, id);
      if (message) tell({ type: "message", message: this.#message(message) });
    }
    // A message changes what its channel's view says: how many are unread, and when the newest came.
    for (const channel of new Set([...channels, ...messages.map(([channel]) => channel)])) {
      const name = this.#nameOf(channel);
      if (name) tell({ type: "channel", channel: this.#view(channel, name) });
    }
  }

  /** Tells tabs how many hold the messages that these changes of this node brought. */
  held(ranges: readonly HeldRange[]): void {
    const { space, store, tell } = this.#parts;
    const messages = ranges.flatMap(({ doc, actor, from, to }) => {
      const kind = docKind(doc);
      if (kind.type !== "segment") return [];
      return store.messages.inLog(space, doc, actor, from, to).flatMap((id) => {
        const message = store.messages.get(space, kind.channel, id);
        return message ? [[id, this.#holders(message)] as const] : [];
      });
    });
    if (messages.length > 0) tell({ type: "held", messages });
  }

  #named(): { id: ChannelId; name: string }[] {
    const { space, store } = this.#parts;
    const made = store.registers.channels(space).filter(({ id }) => id !== this.#general);
    return [{ id: this.#general, name: GENERAL }, ...made];
  }

  #nameOf(channel: ChannelId): string | undefined {
    if (channel === this.#general) return GENERAL;
    return this.#parts.store.registers.channel(this.#parts.space, channel)?.name;
  }

  #known(channel: ChannelId): string {
    const name = this.#nameOf(channel);
    if (name === undefined) throw new RefusedError("There is no such channel (any more)");
    return name;
  }

  #view(id: ChannelId, name: string): ChannelView {
    const { space, store, self } = this.#parts;
    const readTo = store.readMarks.get(space, id);
    const unread = store.messages.unread(space, id, readTo, self);
    this.#unread.set(id, unread);
    return {
      id,
      name,
      unread,
      readTo,
      lastAt: store.messages.newest(space, id)?.at ?? 0,
    };
  }

  #message(message: StoredMessage): MessageView {
    const { id, channel, author, text, at } = message;
    const view = { id, channel, author, text, at };
    return author === this.#parts.self ? { ...view, heldBy: this.#holders(message) } : view;
  }

  #holders({ doc, actor, seq }: StoredMessage): number {
    return this.#parts.store.holdings.holders(this.#parts.space, doc, actor, seq);
  }

  /** The first segment with room: so those who roll apart meet in the same one, and nobody can push on. */
  #segmentWithRoom(channel: ChannelId): number {
    const counts = this.#parts.store.messages.segments(this.#parts.space, channel);
    let segment = 0;
    while ((counts.get(segment) ?? 0) >= SEGMENT_MESSAGES) segment++;
    return segment;
  }
}
