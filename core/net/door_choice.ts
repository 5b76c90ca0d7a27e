import type { Door } from "../trust/door.ts";
import type { Candidate } from "./candidates.ts";
import { hintedDoors, PUBLISHED_DOORS } from "./hints.ts";

/**
 * The doors to dial a candidate through, the likeliest first (MESH-11): that of its invite, those whose tag
 * it shows, those that the world has, and where no tags can be shown each of the others. Who was found and
 * shows none of this node's tags has nothing in common with it but what the world has.
 */
export function doorsFor(
  { source, instance, hints, invited }: Candidate,
  own: readonly Door[],
): readonly Door[] {
  const found = source === "discovery";
  const chosen = [
    ...invited ? [invited] : [],
    ...found ? hintedDoors(own, instance, hints) : [],
    ...PUBLISHED_DOORS.filter((door) => own.includes(door)),
    ...found ? [] : own,
  ];
  return [...new Set(chosen)];
}

/** The doors in the order of the next dial: after links that were closed at once another is the first. */
export function doorsInTurn({ doors, doorTurn }: Candidate): Door[] {
  const first = doors.length === 0 ? 0 : doorTurn % doors.length;
  return [...doors.slice(first), ...doors.slice(0, first)];
}
