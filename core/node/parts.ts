import type { Clock } from "../base/clock.ts";
import type { PeerId, SpaceId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Documents } from "../doc/documents.ts";
import type { Store } from "../store/store.ts";
import type { Replica } from "../sync/replica.ts";
import type { TellInSpace } from "./tell.ts";

/** What the parts of a node that do commands in one space share. */
export interface Parts {
  readonly space: SpaceId;
  /** The peer id of this node. */
  readonly self: PeerId;
  readonly store: Store;
  readonly documents: Documents;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly tell: TellInSpace;
}
