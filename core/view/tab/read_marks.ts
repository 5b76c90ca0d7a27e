import type { ChannelId, MessageId, SpaceId } from "../../base/ids.ts";
import type { Event } from "../event.ts";

/** How far the person has read in this tab, which the node may not have heard yet. */
export class ReadMarks {
  readonly #spaces = new Map<SpaceId, Map<ChannelId, MessageId>>();

  set(space: SpaceId, channel: ChannelId, message: MessageId): void {
    const marks = this.#spaces.get(space) ?? new Map<ChannelId, MessageId>();
    this.#spaces.set(space, marks.set(channel, message));
  }

  /** The marks of a space's channels. */
  of(space: SpaceId): ReadonlyMap<ChannelId, MessageId> {
    return this.#spaces.get(space) ?? new Map();
  }

  /** What was told before the node heard of the newest read mark does not take that back. */
  keep(event: Event): Event {
    if (event.type !== "channel") return event;
    const readTo = this.of(event.space).get(event.channel.id);
    if (!readTo || (event.channel.readTo ?? "") >= readTo) return event;
    return { ...event, channel: { ...event.channel, readTo, unread: 0 } };
  }
}
