import type { PeerId } from "../base/ids.ts";
import type { MeshStatus } from "../net/mesh_status.ts";
import { addressText } from "../net/transport.ts";
import type { PeerView } from "../view/view.ts";

/** Tells of each node that the mesh knows, but for this one itself. */
export function peerViews(
  status: readonly MeshStatus[],
  name: (peer: PeerId) => string | null,
): PeerView[] {
  return status.flatMap(({ peer, addresses: [address], state, lastError }): PeerView[] => {
    if (state === "self") return [];
    return [{
      peer: peer ?? null,
      name: peer ? name(peer) : null,
      address: address ? addressText(address) : "",
      state,
      problem: state === "linked" ? null : lastError ?? null,
    }];
  });
}
