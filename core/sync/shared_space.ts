import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Door } from "../trust/door.ts";
import type { MembershipLog } from "./membership_log.ts";
import type { SpaceSync } from "./space_sync.ts";

/** A space as links see it: who may share it, and what is kept in step with them. */
export interface SharedSpace {
  readonly space: SpaceId;
  /** Those at which its members are met, the newest first; none while this node is no member. */
  doors(): readonly Door[];
  /** Whether a peer that has one of the doors is let in. */
  admits(peer: PeerId): boolean;
  /** Whether it is heard from a peer whether this node is a member after all, though it was removed. */
  awaits(peer: PeerId): boolean;
  /** `null` in the lobby, which anyone may enter. */
  readonly log: MembershipLog | null;
  readonly sync: SpaceSync;
}
