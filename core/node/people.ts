import type { PeerId } from "../base/ids.ts";
import { SPACE_DOC } from "../doc/doc_id.ts";
import { personEntry } from "../doc/projection.ts";
import type { Changed } from "../store/projector.ts";
import { remember } from "../store/remember.ts";
import { RefusedError } from "../view/api.ts";
import type { Commands } from "../view/command.ts";
import { COLOURS, type PersonView, type SelfView } from "../view/view.ts";
import { cleanName } from "../view/words.ts";
import type { Parts } from "./parts.ts";

/** The name shown of a person who has not chosen one yet. */
export const UNNAMED = "Someone new";

/** The people of one space: this node's own person, and the others. */
export class People {
  readonly #parts: Parts;
  readonly #suggestedName: string;
  readonly #linked = new Set<PeerId>();

  constructor(parts: Parts, suggestedName: string) {
    this.#parts = parts;
    this.#suggestedName = suggestedName;
  }

  /** The person at this node. */
  self(): SelfView {
    const { space, store, self } = this.#parts;
    const person = store.registers.person(space, self);
    return {
      peer: self,
      name: person?.name ?? null,
      colour: person?.colour ?? defaultColour(self),
      suggestedName: this.#suggestedName,
    };
  }

  /** Everyone else, by name. */
  others(): PersonView[] {
    const { space, store, self } = this.#parts;
    const named = store.registers.people(space).map(({ peer }) => peer);
    const everyone = new Set([...named, ...this.#linked]);
    everyone.delete(self);
    return [...everyone].map((peer) => this.#view(peer));
  }

  /** Names the person at this node. */
  async setProfile(
    { name, colour }: Commands["profile.set"]["ask"],
    id: string,
  ): Promise<SelfView> {
    const { self, replica, clock } = this.#parts;
    const before = this.self();
    const view: SelfView = { ...before, name: cleanName(name), colour: colour ?? before.colour };
    if (!Number.isInteger(view.colour) || view.colour < 0 || view.colour >= COLOURS) {
      throw new RefusedError(`There is no colour ${view.colour}: choose 0 to ${COLOURS - 1}`);
    }
    if (view.name === before.name && view.colour === before.colour) return before;
    await replica.put(SPACE_DOC, [personEntry(self, view.name ?? "", view.colour)], {
      at: clock.now(),
      receipt: { id, answer: view },
    });
    return view;
  }

  /** A peer's node is linked, or no longer. */
  setLinked(peer: PeerId, linked: boolean): void {
    if (linked) this.#linked.add(peer);
    else this.#linked.delete(peer);
    const { store, clock, log, tell } = this.#parts;
    remember(log, () => store.seen.set(peer, clock.now()));
    tell({ type: "person", person: this.#view(peer) });
  }

  /** Tells tabs what a commit brought. */
  committed({ people }: Changed): void {
    const { self, tell } = this.#parts;
    for (const peer of people) {
      if (peer === self) tell({ type: "self", self: this.self() });
      else tell({ type: "person", person: this.#view(peer) });
    }
  }

  #view(peer: PeerId): PersonView {
    const { space, store } = this.#parts;
    const person = store.registers.person(space, peer);
    return {
      peer,
      name: person?.name ?? UNNAMED,
      colour: person?.colour ?? defaultColour(peer),
      here: this.#linked.has(peer),
      lastSeenAt: store.seen.get(peer),
    };
  }
}

/** A colour for who has not chosen one, the same at every node. */
function defaultColour(peer: PeerId): number {
  return parseInt(peer.slice(0, 8), 16) % COLOURS;
}
