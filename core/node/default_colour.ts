import type { PeerId } from "../base/ids.ts";
import { COLOURS } from "../view/view.ts";

/** A colour for who has not chosen one, the same at every node. */
export function defaultColour(peer: PeerId): number {
  return parseInt(peer.slice(0, 8), 16) % COLOURS;
}
