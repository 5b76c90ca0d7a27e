import type { PersonView, SpaceView } from "../view.ts";
import { SpaceFacts } from "./SpaceFacts.tsx";

interface SpaceLabelProps {
  readonly space: SpaceView | null;
  readonly people: readonly PersonView[];
}

/** Says in a room's head which space it is in and who reads it, where no sidebar beside it does. */
export function SpaceLabel({ space, people }: SpaceLabelProps) {
  if (!space) return null;
  return (
    <span class="room-space">
      <bdi>{space.name}</bdi> <SpaceFacts space={space} people={people} brief />
    </span>
  );
}
