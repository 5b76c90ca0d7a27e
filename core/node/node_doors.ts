import type { PeerId } from "../base/ids.ts";
import type { Link } from "../net/link.ts";
import type { Meetings } from "../sync/meetings.ts";
import { type Door, PAIRING_DOOR } from "../trust/door.ts";
import type { Spaces } from "./spaces.ts";
import type { WaysIn } from "./ways_in.ts";

/** What {@linkcode NodeDoors} needs. */
export interface NodeDoorsParts {
  readonly spaces: Spaces;
  readonly meetings: Meetings;
  /** `null` until the network is open. */
  readonly ways: () => WaysIn | null;
}

/** The doors of this node, and who may be linked because of them. */
export class NodeDoors {
  readonly #parts: NodeDoorsParts;

  constructor(parts: NodeDoorsParts) {
    this.#parts = parts;
  }

  /** All of them, those of spaces first. */
  all(): Door[] {
    const { spaces, ways } = this.#parts;
    const pairing = ways()?.isPairing ? [PAIRING_DOOR] : [];
    return [...spaces.doors(), ...ways()?.doors() ?? [], ...pairing];
  }

  /** Whether a peer may be linked that comes through a door. */
  admits(peer: PeerId, door: Door): boolean {
    const { spaces, ways } = this.#parts;
    if (door === PAIRING_DOOR) return ways()?.isPairing ?? false;
    return spaces.admits(peer, door) || (ways()?.admits(peer, door) ?? false);
  }

  /** Closes links by which nothing is shared, and that could not be opened now. */
  shut(): void {
    for (const link of this.#parts.meetings.links()) {
      if (this.#mayShare(link) || this.admits(link.peer, link.door)) continue;
      link.close("nothing is shared any more");
    }
  }

  /** Whether a space is shared with a peer, or would be: it is a member. */
  #mayShare({ peer }: Link): boolean {
    const { spaces, meetings } = this.#parts;
    return spaces.list().some(({ space, members }) =>
      members?.meets(peer) ?? meetings.sharing(space).includes(peer)
    );
  }
}
