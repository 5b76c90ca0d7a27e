import { createHash } from "node:crypto";
import type { ChannelId, SpaceId } from "../base/ids.ts";

/**
 * Gives the id of the channel `name` (as `cleanChannelName` gives it) of a space: the first 8 bytes of
 * SHA-256("earshot/channel/1" || space || UTF-8 of the name), so that two people who create one channel
 * apart meet in it.
 */
export function channelIdOf(space: SpaceId, name: string): ChannelId {
  return createHash("sha256").update("earshot/channel/1").update(space, "hex").update(name)
    .digest("hex").slice(0, 16) as ChannelId;
}
