import type { ChannelId } from "../../base/ids.ts";
import { type TextStorage, tryKeep } from "./text_storage.ts";

const PREFIX = "earshot.draft.";

/** What was typed and not yet sent, by channel; survives a reload. */
export class Drafts {
  readonly #storage: TextStorage;
  readonly #listeners = new Map<ChannelId, (draft: string) => void>();

  constructor(storage: TextStorage) {
    this.#storage = storage;
  }

  get(channel: ChannelId): string {
    return this.#storage.getItem(PREFIX + channel) ?? "";
  }

  set(channel: ChannelId, text: string): void {
    // Where there is no room, the composer still has the text.
    if (text) tryKeep(this.#storage, PREFIX + channel, text);
    else this.#storage.removeItem(PREFIX + channel);
  }

  /** Gives a text that was sent in vain back to be mended, before what is being typed. */
  putBack(channel: ChannelId, text: string): void {
    const draft = [text, this.get(channel)].filter((part) => part !== "").join("\n");
    this.set(channel, draft);
    this.#listeners.get(channel)?.(draft);
  }

  /** Calls back with the draft of a channel when a text is put back; the result ends that. */
  onPutBack(channel: ChannelId, listener: (draft: string) => void): () => void {
    this.#listeners.set(channel, listener);
    return () => this.#listeners.delete(channel);
  }
}
