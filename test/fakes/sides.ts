import { type Door, LOBBY_DOOR } from "../../core/trust/door.ts";

/** What a handshake needs to know of its side: who dials has one door, who is dialled has several. */
type Side =
  | { readonly initiator: true; readonly door: Door }
  | { readonly initiator: false; readonly doors: () => readonly Door[] };

/** The side that dialled, through the first of these doors, or the one that was dialled. */
export function sideOf(initiator: boolean, doors: readonly Door[] = [LOBBY_DOOR]): Side {
  return initiator ? { initiator, door: doors[0]! } : { initiator, doors: () => doors };
}
