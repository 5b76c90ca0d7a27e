import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Door } from "../trust/door.ts";
import type { MembershipLog } from "./membership_log.ts";
import type { SpaceSync } from "./space_sync.ts";

/** A space as links see it: who may share it, and what is kept in step with them. */
export interface SharedSpace {
  readonly space: SpaceId;
  /** Those at which its members are met, the newest first; none for who has left. */
  doors(): readonly Door[];
  /** Whether a peer that has one of the doors is let in. */
  admits(peer: PeerId): boolean;
  /** Whether a peer is let in, or is to be heard whether this node is a member after all, though it was removed. */
  meets(peer: PeerId): boolean;
  /** `null` in the lobby, which anyone may enter. */
  readonly log: MembershipLog | null;
  readonly sync: SpaceSync;
}
