import type { PeerId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";
import { SPACE_DOC } from "../doc/doc_id.ts";
import { personEntry } from "../doc/projection.ts";
import type { Changed } from "../store/projector.ts";
import { Turns } from "../sync/turns.ts";
import type { PersonView, WaitingView } from "../view/view.ts";
import { defaultColour } from "./default_colour.ts";
import type { Likenesses } from "./likenesses.ts";
import type { Parts } from "./parts.ts";
import type { Profile } from "./profile.ts";

/** The name shown of a person who has not chosen one yet. */
export const UNNAMED = "Someone new";

/** Who belongs to a private space. */
export interface Roles {
  /** `null` for who is no member. */
  role(peer: PeerId): Role | null;
  /** Those who are members, or were. */
  everyone(): Iterable<PeerId>;
  /** Whether a peer is one of those. */
  has(peer: PeerId): boolean;
}

/** What {@linkcode People} needs besides. */
export interface PeopleParts {
  readonly profile: Profile;
  readonly likenesses: Likenesses;
  /** `null` in the lobby, which is open to all. */
  readonly roles: Roles | null;
}

/** The people of one space. */
export class People {
  readonly #parts: Parts;
  readonly #profile: Profile;
  readonly #likenesses: Likenesses;
  readonly #roles: Roles | null;
  readonly #here = new Set<PeerId>();
  readonly #turns = new Turns<"introduce">();

  constructor(parts: Parts, { profile, likenesses, roles }: PeopleParts) {
    this.#parts = parts;
    this.#profile = profile;
    this.#likenesses = likenesses;
    this.#roles = roles;
  }

  /** Everyone else, by name. */
  others(): PersonView[] {
    const { space, store, self } = this.#parts;
    const named = store.registers.people(space).map(({ peer }) => peer);
    const everyone = this.#roles
      // What strangers wrote about themselves is not shown among members.
      ? new Set(this.#roles.everyone())
      : new Set([...named, ...this.#here]);
    everyone.delete(self);
    return [...everyone].map((peer) => this.view(peer)).sort(byName);
  }

  /** Whether a peer is one of them. */
  has(peer: PeerId): boolean {
    if (this.#roles) return this.#roles.has(peer);
    const { space, store } = this.#parts;
    return this.#here.has(peer) || store.registers.person(space, peer) !== undefined;
  }

  /** Whether this person may write here. */
  get mayWrite(): boolean {
    if (!this.#roles) return true;
    const role = this.#roles.role(this.#parts.self);
    return role === "admin" || role === "member";
  }

  /** Writes the person at this node into the space, if it does not say the same already. */
  introduce(): Promise<void> {
    // At a start two ask for it at once.
    return this.#turns.run("introduce", () => this.#introduce());
  }

  async #introduce(): Promise<void> {
    const { space, store, self, replica, clock } = this.#parts;
    const { name, colour } = this.#profile.view();
    if (name === null || !this.mayWrite) return;
    const said = store.registers.person(space, self);
    const [before] = store.successors.from(self);
    if (said?.name === name && said.colour === colour) return;
    await replica.put(SPACE_DOC, [personEntry(self, name, colour, before)], {
      at: clock.now(),
    });
  }

  /** A peer's node shares the space over a link now, or no longer. */
  setHere(peer: PeerId, here: boolean): void {
    if (here === this.#here.has(peer)) return;
    const wasShown = this.has(peer);
    if (here) this.#here.add(peer);
    else this.#here.delete(peer);
    // Who has no name is shown only while they are here.
    if (wasShown || this.has(peer)) this.#tell(peer);
  }

  /** Tells tabs what a commit brought. */
  committed({ people }: Changed): void {
    const { space, store, self } = this.#parts;
    const touched = new Set(people);
    for (const peer of people) {
      for (const other of this.#likenesses.of(peer).alike) touched.add(other);
      const person = store.registers.person(space, peer);
      if (person) this.#likenesses.met(peer, person.name);
      for (const other of this.#likenesses.of(peer).alike) touched.add(other);
    }
    touched.delete(self);
    for (const peer of touched) this.tell(peer);
  }

  /** Tells tabs of another person. */
  tell(peer: PeerId): void {
    if (this.has(peer)) this.#tell(peer);
  }

  #tell(peer: PeerId): void {
    if (peer === this.#parts.self) return;
    this.#parts.tell({ type: "person", person: this.view(peer) });
  }

  /** What is kept for a person. */
  waiting(peer: PeerId): WaitingView {
    const { space, store } = this.#parts;
    return store.waiting.of(space, peer);
  }

  view(peer: PeerId): PersonView {
    const { space, store } = this.#parts;
    const person = store.registers.person(space, peer);
    return {
      peer,
      name: person?.name ?? this.#likenesses.name(peer) ?? UNNAMED,
      colour: person?.colour ?? defaultColour(peer),
      here: this.#here.has(peer),
      lastSeenAt: store.seen.get(peer),
      role: this.#roles?.role(peer) ?? null,
      verified: store.marks.verifiedAt(peer) > 0,
      muted: store.marks.mutedAt(peer) > 0,
      ...this.#likenesses.of(peer),
      replaces: store.successors.from(peer)[0]?.old ?? null,
      disputed: store.disputes.has(space, peer),
    };
  }
}

function byName(one: PersonView, other: PersonView): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : one.peer < other.peer ? -1 : 1;
}
