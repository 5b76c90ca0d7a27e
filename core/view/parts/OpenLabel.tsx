import type { SpaceView } from "../view.ts";

/** Says in a room's head that its space is open to the network, where no sidebar beside it does. */
export function OpenLabel({ space }: { space: SpaceView | null }) {
  if (!space?.open) return null;
  return <span class="room-open">{space.name} · open to everyone here</span>;
}
