import { type ReadonlySignal, signal } from "@preact/signals";
import type { ChannelId, MessageId, SpaceId } from "../../base/ids.ts";
import type { MessageView } from "../view.ts";
import { FaultError, RefusedError } from "../api.ts";
import { type Asker, DisconnectedError } from "./asker.ts";
import { markHeld, mergeMessages, type MessageList } from "./message_list.ts";

/** Messages asked for at once. */
export const PAGE_MESSAGES = 60;
/** Messages kept while nobody reads back; older ones are loaded again when wanted. */
export const KEPT_MESSAGES = 240;

/** A message that the person wants to see. */
export interface Sought {
  readonly id: MessageId;
}

/** What a tab has of a channel, without a gap: the newest messages, or those around one further back. */
export interface HistoryView {
  readonly messages: MessageList;
  /** Whether there are older ones. */
  readonly more: boolean;
  /** Whether there are newer ones. */
  readonly later: boolean;
  /** Where the person is to be taken, `null` when that is done. */
  readonly sought: Sought | null;
  readonly state: "loading" | "ready" | "older" | "later";
  /** Why the node could not give messages, or `null`. */
  readonly problem: string | null;
}

/** Loads a channel's messages page by page and keeps them current. */
export class ChannelHistory {
  readonly #space: SpaceId;
  readonly #channel: ChannelId;
  readonly #asker: Asker;
  readonly #view = signal<HistoryView>({
    messages: [],
    more: false,
    later: false,
    sought: null,
    state: "loading",
    problem: null,
  });
  /** The message to which the person went last. */
  #gone: MessageView | null = null;
  /** Whether the person reads further up, so that nothing may be let go of. */
  #readingBack = false;
  /** What was told while a refresh is under way, else `null`. */
  #meanwhile: MessageView[] | null = null;

  constructor(space: SpaceId, channel: ChannelId, asker: Asker) {
    this.#space = space;
    this.#channel = channel;
    this.#asker = asker;
  }

  get view(): ReadonlySignal<HistoryView> {
    return this.#view;
  }

  /**
   * Loads what there is now: the newest messages, after a cut as far back as before. Messages that come from
   * elsewhere have their author's time, so what came meanwhile may belong anywhere.
   */
  async refresh(): Promise<void> {
    const { messages, later, sought } = this.#view.value;
    if (later && this.#gone) await this.#loadAround(this.#gone, sought);
    else await this.#loadNewest(messages[0]?.id);
  }

  /** Takes the person to a message, however far back. */
  async goTo(message: MessageView): Promise<void> {
    const sought = { id: message.id };
    this.#gone = message;
    // What asks for it, a dialog say, closes first.
    await Promise.resolve();
    const view = this.#view.value;
    if (view.messages.some(({ id }) => id === message.id)) this.#view.value = { ...view, sought };
    else await this.#loadAround(message, sought);
  }

  /** The person was taken to what was sought. */
  arrived(sought: Sought): void {
    const view = this.#view.value;
    if (view.sought === sought) this.#view.value = { ...view, sought: null };
  }

  /** Comes back to the newest messages. */
  async toNewest(): Promise<void> {
    const view = this.#view.value;
    if (!view.later) return;
    this.#view.value = { ...view, sought: null, state: "later" };
    await this.#loadNewest();
    this.#idle("later");
  }

  /** Loads the page before the oldest message. */
  async loadOlder(): Promise<void> {
    const { messages: [oldest], more, state } = this.#view.value;
    if (!more || state !== "ready" || !oldest) return;
    this.#view.value = { ...this.#view.value, state: "older" };
    await this.#load(async () => {
      const page = await this.#page({ before: oldest.id });
      const { messages } = this.#view.value;
      // The person went elsewhere meanwhile.
      if (messages[0]?.id !== oldest.id) return;
      this.#view.value = {
        ...this.#view.value,
        messages: mergeMessages(messages, page.messages),
        more: page.more,
        problem: null,
      };
    });
    this.#idle("older");
  }

  /** Loads the page after the newest message of those that are loaded. */
  async loadLater(): Promise<void> {
    const { messages, later, state } = this.#view.value;
    const newest = messages.at(-1);
    if (!later || state !== "ready" || !newest) return;
    this.#view.value = { ...this.#view.value, state: "later" };
    await this.#load(async () => {
      const page = await this.#page({ after: newest.id });
      const { messages } = this.#view.value;
      if (messages.at(-1)?.id !== newest.id) return;
      this.#view.value = {
        ...this.#view.value,
        messages: mergeMessages(messages, page.messages),
        later: page.more,
        problem: null,
      };
    });
    this.#idle("later");
  }

  /** Takes a new message; one beyond all that is loaded waits until its page is. */
  add(message: MessageView): void {
    this.#meanwhile?.push(message);
    const { messages, more, later, state } = this.#view.value;
    if (state === "loading") return;
    const [oldest, newest] = [messages[0], messages.at(-1)];
    if (more && oldest && message.id < oldest.id) return;
    if (later && newest && message.id > newest.id) return;
    this.#setMessages(mergeMessages(messages, [message]));
  }

  held(held: readonly (readonly [MessageId, number])[]): void {
    const messages = markHeld(this.#view.value.messages, held);
    if (messages !== this.#view.value.messages) {
      this.#view.value = { ...this.#view.value, messages };
    }
  }

  /** Lets go of old messages once the person is back at the newest, so that a long day stays small. */
  readBack(readingBack: boolean): void {
    this.#readingBack = readingBack;
    this.#setMessages(this.#view.value.messages);
  }

  #setMessages(messages: MessageList): void {
    const view = this.#view.value;
    const tooMany = messages.length > 2 * KEPT_MESSAGES && view.state === "ready";
    if (tooMany && !this.#readingBack) {
      this.#view.value = { ...view, messages: messages.slice(-KEPT_MESSAGES), more: true };
    } else if (messages !== view.messages) {
      this.#view.value = { ...view, messages };
    }
  }

  /** Loads the newest messages, as far back as `oldest`. */
  async #loadNewest(oldest?: MessageId): Promise<void> {
    await this.#replace(async () => {
      let page = await this.#page({});
      let messages = page.messages;
      while (page.more && oldest && messages[0] && messages[0].id > oldest) {
        page = await this.#page({ before: messages[0].id });
        messages = mergeMessages(messages, page.messages);
      }
      return { messages, more: page.more, later: false, sought: this.#view.value.sought };
    });
  }

  async #loadAround(message: MessageView, sought: Sought | null): Promise<void> {
    await this.#replace(async () => {
      const before = await this.#page({ before: message.id });
      const last = before.messages.at(-1);
      const after = await this.#page({ after: last?.id ?? message.id });
      return {
        // What comes after the last one before it begins with the message, if it is still there.
        messages: [...before.messages, ...(last ? [] : [message]), ...after.messages],
        more: before.more,
        later: after.more,
        sought,
      };
    });
  }

  /** Shows what is loaded in place of what was there; what is told meanwhile is not lost. */
  async #replace(load: () => Promise<Pick<HistoryView, "messages" | "more" | "later" | "sought">>) {
    const told: MessageView[] = this.#meanwhile = [];
    await this.#load(async () => {
      const loaded = await load();
      // A later one knows more.
      if (this.#meanwhile !== told) return;
      this.#view.value = { ...loaded, state: "ready", problem: null };
      this.#meanwhile = null;
      for (const message of told) this.add(message);
    });
    if (this.#meanwhile === told) this.#meanwhile = null;
  }

  /** Nothing is loading any more, if that still was. */
  #idle(state: HistoryView["state"]): void {
    if (this.#view.value.state === state) {
      this.#view.value = { ...this.#view.value, state: "ready" };
    }
  }

  #page(
    side: { before?: MessageId; after?: MessageId },
  ): Promise<{ messages: readonly MessageView[]; more: boolean }> {
    return this.#asker.ask({
      type: "message.list",
      space: this.#space,
      channel: this.#channel,
      limit: PAGE_MESSAGES,
      ...side,
    });
  }

  async #load(load: () => Promise<void>): Promise<void> {
    try {
      await load();
    } catch (error) {
      // After a cut the whole is refreshed, so what was cut off need not be mended.
      if (error instanceof DisconnectedError) return;
      if (!(error instanceof RefusedError || error instanceof FaultError)) throw error;
      this.#view.value = { ...this.#view.value, problem: error.message };
    }
  }
}
