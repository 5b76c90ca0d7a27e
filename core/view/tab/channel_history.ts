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

/** What a tab has of a channel: the newest messages without a gap. */
export interface HistoryView {
  readonly messages: MessageList;
  /** Whether there are older ones. */
  readonly more: boolean;
  readonly state: "loading" | "ready" | "older";
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
    state: "loading",
    problem: null,
  });
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
   * Loads the newest messages, after a cut as far back as before. Messages that come from elsewhere have
   * their author's time, so what came meanwhile may belong anywhere.
   */
  async refresh(): Promise<void> {
    const oldest = this.#view.value.messages[0]?.id;
    const told: MessageView[] = this.#meanwhile = [];
    await this.#load(async () => {
      let page = await this.#page();
      let messages = page.messages;
      while (page.more && oldest && messages[0] && messages[0].id > oldest) {
        page = await this.#page(messages[0].id);
        messages = mergeMessages(messages, page.messages);
      }
      // A later refresh knows more.
      if (this.#meanwhile !== told) return;
      this.#view.value = { messages, more: page.more, state: "ready", problem: null };
      this.#meanwhile = null;
      for (const message of told) this.add(message);
    });
    if (this.#meanwhile === told) this.#meanwhile = null;
  }

  /** Loads the page before the oldest message. */
  async loadOlder(): Promise<void> {
    const { messages, more, state } = this.#view.value;
    const oldest = messages[0];
    if (!more || state !== "ready" || !oldest) return;
    this.#view.value = { ...this.#view.value, state: "older" };
    await this.#load(async () => {
      const page = await this.#page(oldest.id);
      this.#view.value = {
        messages: mergeMessages(this.#view.value.messages, page.messages),
        more: page.more,
        state: "ready",
        problem: null,
      };
    });
    if (this.#view.value.state === "older") this.#view.value = { ...this.#view.value, state };
  }

  /** Takes a new message; one older than all that is loaded waits until its page is. */
  add(message: MessageView): void {
    this.#meanwhile?.push(message);
    const { messages, more, state } = this.#view.value;
    if (state === "loading") return;
    const oldest = messages[0];
    if (more && oldest && message.id < oldest.id) return;
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

  #page(before?: MessageId): Promise<{ messages: readonly MessageView[]; more: boolean }> {
    return this.#asker.ask({
      type: "message.list",
      space: this.#space,
      channel: this.#channel,
      limit: PAGE_MESSAGES,
      ...(before && { before }),
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
