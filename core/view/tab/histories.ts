import type { ChannelId, SpaceId } from "../../base/ids.ts";
import type { Event } from "../event.ts";
import type { Asker } from "./asker.ts";
import { ChannelHistory } from "./channel_history.ts";

/**
 * What a tab has loaded of channels, in whatever space: while connected, events keep all of it current.
 * Channels of one name have one id in every space.
 */
export class Histories {
  readonly #asker: Asker;
  readonly #spaces = new Map<SpaceId, Map<ChannelId, ChannelHistory>>();
  /** What missed something, and is loaded again when it is shown. */
  readonly #stale = new Set<ChannelHistory>();

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /** A channel's messages; loading begins with the first call. */
  get(space: SpaceId, channel: ChannelId): ChannelHistory {
    const histories = this.#of(space);
    let history = histories.get(channel);
    if (!history) {
      history = new ChannelHistory(space, channel, this.#asker);
      histories.set(channel, history);
      this.#stale.add(history);
    }
    if (this.#asker.connected && this.#stale.delete(history)) void history.refresh();
    return history;
  }

  /** Takes what was told. */
  take(event: Event): void {
    if (event.type === "message") {
      this.#of(event.space).get(event.message.channel)?.add(event.message);
    } else if (event.type === "held") {
      for (const history of this.#of(event.space).values()) history.held(event.messages);
    }
  }

  /** What is loaded of all spaces, or of one, may be wrong now. */
  spoil(space?: SpaceId): void {
    for (const [id, histories] of this.#spaces) {
      if (space !== undefined && id !== space) continue;
      for (const history of histories.values()) this.#stale.add(history);
    }
  }

  /** Loads what is stale of a space again, as far back as before. */
  async refresh(space: SpaceId): Promise<void> {
    const stale = [...this.#of(space).values()].filter((history) => this.#stale.delete(history));
    await Promise.all(stale.map((history) => history.refresh()));
  }

  #of(space: SpaceId): Map<ChannelId, ChannelHistory> {
    let histories = this.#spaces.get(space);
    if (!histories) this.#spaces.set(space, histories = new Map());
    return histories;
  }
}
