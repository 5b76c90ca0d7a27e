import type { ChannelId } from "../../base/ids.ts";
import { type TextStorage, tryKeep } from "./text_storage.ts";

const PREFIX = "earshot.draft.";

/** What was typed and not yet sent, by channel; survives a reload. */
export class Drafts {
  readonly #storage: TextStorage;

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
}
