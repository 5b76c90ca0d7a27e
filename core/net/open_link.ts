import type { PeerId } from "../base/ids.ts";
import type { Door } from "../trust/door.ts";
import type { Link } from "./link.ts";
import type { Connection } from "./transport.ts";

/**
 * Shakes hands over a connection: through `door` as the one that dialled, without one as the one that was
 * dialled. It closes the connection when that fails.
 */
export type OpenLink = (connection: Connection, door: Door | null) => Promise<Link>;

/** Whether a peer may be linked that came through this door. */
export type Admits = (peer: PeerId, door: Door) => boolean;

/** A peer proved to have a door through which it may not come. */
export class NotAdmitted extends Error {
  override readonly name = "NotAdmitted";

  constructor(peer: PeerId, door: Door) {
    super(`Cannot link with "${peer}": it may not come through the door "${door.name}"`);
  }
}

/** Opens links as `openLink` does, to admitted peers only: others are cut off before anything is said. */
export function admitting(openLink: OpenLink, admits: Admits): OpenLink {
  return async (connection, door) => {
    const link = await openLink(connection, door);
    if (admits(link.peer, link.door)) return link;
    const error = new NotAdmitted(link.peer, link.door);
    link.close(error.message);
    connection.close();
    throw error;
  };
}
