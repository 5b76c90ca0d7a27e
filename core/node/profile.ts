import type { PeerId } from "../base/ids.ts";
import type { Store } from "../store/store.ts";
import { LOBBY } from "../trust/lobby.ts";
import { RefusedError } from "../view/api.ts";
import type { Commands } from "../view/command.ts";
import { COLOURS, type SelfView } from "../view/view.ts";
import { cleanName } from "../view/words.ts";
import { defaultColour } from "./default_colour.ts";
import type { Tell } from "./tell.ts";

/** What {@linkcode Profile} needs. */
export interface ProfileParts {
  readonly self: PeerId;
  readonly store: Store;
  /** Offered to a person who has no name yet. */
  readonly suggestedName: string;
  readonly tell: Tell;
}

/** The person at this node: the same in every space, and there without any. */
export class Profile {
  readonly #parts: ProfileParts;

  constructor(parts: ProfileParts) {
    this.#parts = parts;
    const { store, self } = parts;
    // Earlier versions kept it in the lobby alone.
    const said = store.registers.person(LOBBY, self);
    if (said && !store.profile.get()) store.profile.set(said);
  }

  view(): SelfView {
    const { self, store, suggestedName } = this.#parts;
    const profile = store.profile.get();
    return {
      peer: self,
      name: profile?.name ?? null,
      colour: profile?.colour ?? defaultColour(self),
      suggestedName,
    };
  }

  /** Names the person; the documents of spaces do not say it yet. Gives whether that is news. */
  set({ name, colour }: Commands["profile.set"]["ask"]): boolean {
    const { store, tell } = this.#parts;
    const before = this.view();
    const next = { name: cleanName(name), colour: colour ?? before.colour };
    if (!Number.isInteger(next.colour) || next.colour < 0 || next.colour >= COLOURS) {
      throw new RefusedError(`There is no colour ${next.colour}: choose 0 to ${COLOURS - 1}`);
    }
    if (next.name === before.name && next.colour === before.colour) return false;
    store.profile.set(next);
    tell({ type: "self", self: this.view() });
    return true;
  }
}
