import type { PeerId } from "../base/ids.ts";

/**
 * Eight digits of a key, to tell people of like names apart beside their marks. A help to the eye, as the
 * mark is: only the five words are a proof.
 */
export function keyText(peer: PeerId): string {
  return `${peer.slice(0, 4)}…${peer.slice(-4)}`;
}
