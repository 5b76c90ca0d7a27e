import type { ChannelId, SpaceId } from "../../base/ids.ts";
import { type TextStorage, tryKeep } from "./text_storage.ts";

const PREFIX = "earshot.draft.";

function keyOf(space: SpaceId, channel: ChannelId): string {
  return `${PREFIX}${space}.${channel}`;
}

/** What was typed and not yet sent, by space and channel; survives a reload. */
export class Drafts {
  readonly #storage: TextStorage;
  readonly #listeners = new Map<string, (draft: string) => void>();

  constructor(storage: TextStorage) {
    this.#storage = storage;
  }

  get(space: SpaceId, channel: ChannelId): string {
    return this.#storage.getItem(keyOf(space, channel)) ?? "";
  }

  set(space: SpaceId, channel: ChannelId, text: string): void {
    // Where there is no room, the composer still has the text.
    if (text) tryKeep(this.#storage, keyOf(space, channel), text);
    else this.#storage.removeItem(keyOf(space, channel));
  }

  /** Gives a text that was sent in vain back to be mended, before what is being typed. */
  putBack(space: SpaceId, channel: ChannelId, text: string): void {
    const draft = [text, this.get(space, channel)].filter((part) => part !== "").join("\n");
    this.set(space, channel, draft);
    this.#listeners.get(keyOf(space, channel))?.(draft);
  }

  /** Calls back with the draft of a channel when a text is put back; the result ends that. */
  onPutBack(
    space: SpaceId,
    channel: ChannelId,
    listener: (draft: string) => void,
  ): () => void {
    const key = keyOf(space, channel);
    this.#listeners.set(key, listener);
    return () => this.#listeners.delete(key);
  }
}
