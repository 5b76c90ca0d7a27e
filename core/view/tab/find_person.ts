import type { PeerId } from "../../base/ids.ts";
import { unknownPerson } from "../people_words.ts";
import type { PersonView } from "../view.ts";
import type { TabState } from "./tab_state.ts";

/** Finds a person in the space that is shown, or in one that was; what is not known is left open. */
export function findPerson(state: TabState, peer: PeerId): PersonView | undefined {
  for (const { people } of [state, ...state.elsewhere.values()]) {
    const person = people.find((one) => one.peer === peer);
    if (person) return person;
  }
  const ask = state.asks.find((one) => one.peer === peer);
  const named = ask ?? state.spaces.find((one) => one.peer === peer);
  return named && { ...unknownPerson(peer), name: named.name };
}
