import type { PeerId, SpaceId } from "../base/ids.ts";
import { docKey } from "../doc/doc_key.ts";
import { MembershipLog } from "../sync/membership_log.ts";
import { type Door, LOBBY_DOOR } from "../trust/door.ts";
import { LOBBY } from "../trust/lobby.ts";
import { sealTo } from "../trust/seal_box.ts";
import { RefusedError } from "../view/api.ts";
import type { Place } from "../view/command.ts";
import type { SpaceView } from "../view/view.ts";
import { cleanName } from "../view/words.ts";
import type { SentEntry } from "../wire/message.ts";
import type { EpochKeys } from "./epoch_keys.ts";
import { ownIdentity } from "./identity.ts";
import { EPOCH_KEY_BYTES, Members } from "./members.ts";
import { Space, type SpaceParts } from "./space.ts";

/** What {@linkcode Spaces} needs. */
export interface SpacesParts extends SpaceParts {
  readonly lobby: boolean;
  readonly epochKeys: EpochKeys;
  /** Doors, members or spaces changed. */
  readonly onChange: () => void;
  /** A space is open here, since the start or from now on. */
  readonly onOpen: (space: Space) => void;
}

/** All spaces of this node. */
export class Spaces {
  readonly #parts: SpacesParts;
  readonly #spaces = new Map<SpaceId, Space>();
  /** Logs of spaces in which this node is no member yet. */
  readonly #arriving = new Map<SpaceId, MembershipLog>();
  /** Which space a door that was open once belongs to. */
  readonly #doors = new WeakMap<Door, Space>();

  constructor(parts: SpacesParts) {
    this.#parts = parts;
  }

  /** Opens the lobby, unless it is off, and every space of the store. */
  open(): void {
    const { lobby, store } = this.#parts;
    if (lobby) this.#add(new Space(LOBBY, null, this.#parts));
    for (const space of store.entries.spaces()) {
      const log = this.#openLog(space);
      // It was let in nowhere before the node ended.
      if (this.#hasBeen(log)) this.#open(log);
      else store.entries.drop(space);
    }
  }

  /** All of them, in no order. */
  list(): Space[] {
    return [...this.#spaces.values()];
  }

  ids(): SpaceId[] {
    return [...this.#spaces.keys()];
  }

  /** The lobby first, then by name. */
  all(): Space[] {
    const views = new Map([...this.#spaces.values()].map((space) => [space, space.view()]));
    return [...views].sort(([, one], [, other]) => order(one, other)).map(([space]) => space);
  }

  views(): SpaceView[] {
    return [...this.#spaces.values()].map((space) => space.view()).sort(order);
  }

  find(space: SpaceId): Space | undefined {
    return this.#spaces.get(space);
  }

  /** @throws {RefusedError} when it is not here. */
  get(space: SpaceId): Space {
    const found = this.#spaces.get(space);
    if (found) return found;
    throw new RefusedError(
      space === LOBBY
        ? "The Lobby is off here: start Earshot without --no-lobby"
        : "There is no such space here (any more)",
    );
  }

  /** @throws {RefusedError} when it is not here, or is the lobby, which has no members. */
  private(space: SpaceId): { readonly space: Space; readonly members: Members } {
    const found = this.get(space);
    if (found.members) return { space: found, members: found.members };
    throw new RefusedError("The Lobby is open to everyone on the network: it has no members");
  }

  /** Each private space with its members. */
  *privates(): Generator<{ readonly space: Space; readonly members: Members }> {
    for (const space of this.#spaces.values()) {
      if (space.members) yield { space, members: space.members };
    }
  }

  /** Makes a private space; `direct` for one of two. */
  create(name: string, direct = false): { readonly space: Space; readonly members: Members } {
    const { keys, random } = this.#parts;
    const founder = ownIdentity(keys);
    const { peer, noiseKey } = founder;
    const seals = [{ peer, box: sealTo(noiseKey, random(EPOCH_KEY_BYTES), random, null) }];
    const body = { type: "create", name: cleanName(name), direct, founder, seals } as const;
    return this.#open(MembershipLog.create(keys, body, this.#logParts()));
  }

  /** The space of two that this person and a peer are both in. */
  direct(peer: PeerId): Space | undefined {
    for (const { space, members } of this.privates()) {
      if (members.isDirect && members.role(this.#self) && members.role(peer)) return space;
    }
    return undefined;
  }

  /**
   * Admits entries of a space in which this node is no member. Gives whether it is one now, and the space is
   * open.
   *
   * @throws {SyntaxError | EnvelopeError} for forged ones.
   */
  admit(space: SpaceId, items: readonly SentEntry[], from: PeerId): boolean {
    const known = this.#spaces.get(space)?.log;
    let log = known ?? this.#arriving.get(space);
    if (!log) this.#arriving.set(space, log = this.#openLog(space));
    log.admit(items, from);
    if (!log.membership.members.has(this.#self)) return false;
    if (!known) {
      this.#arriving.delete(space);
      this.#open(log);
    }
    return true;
  }

  /** Why a space cannot come here, if so. */
  refusal(space: SpaceId): RefusedError | null {
    if (!this.#parts.store.forgotten.has(space)) return null;
    return new RefusedError("You took this space off this device: it cannot come back here");
  }

  /** A space that was awaited did not come. */
  missed(space: SpaceId): void {
    if (this.#arriving.delete(space)) this.#parts.store.entries.drop(space);
  }

  /** Takes a space off this device. */
  async forget(space: SpaceId): Promise<void> {
    const { store, documents, tell, epochKeys } = this.#parts;
    const { space: found, members } = this.private(space);
    if (members.role(this.#self)) {
      throw new RefusedError("You are still in this space: leave it first");
    }
    this.#spaces.delete(space);
    this.#parts.onChange();
    await found.close();
    for (const doc of store.envelopes.vectors(space).keys()) documents.drop(docKey(space, doc));
    epochKeys.forget(space);
    store.forgotten.forget(space);
    tell({ type: "space.gone", id: space });
  }

  /** Whether a peer may be linked that comes through a door of a space. */
  admits(peer: PeerId, door: Door): boolean {
    const space = this.#doors.get(door);
    const [newest, ...older] = space?.doors() ?? [];
    if (!space || !newest) return false;
    if (space.meets(peer)) return door === newest || older.includes(door);
    // Who was let in while this node was away has the newest key, and is unknown here (MEET-3).
    return door === newest && space.members?.has(peer) === false;
  }

  /** The private spaces that a peer is in; of one not known yet, those that these doors are of. */
  circles(peer: PeerId | undefined, doors: readonly Door[]): SpaceId[] {
    if (peer === undefined) {
      const spaces = doors.flatMap((door) => this.#doors.get(door) ?? []);
      return [...new Set(spaces.filter(({ members }) => members).map(({ space }) => space))];
    }
    return [...this.privates()].filter(({ members }) => members.meets(peer))
      .map(({ space }) => space.space);
  }

  /** The doors of all spaces, the newest of each first. */
  doors(): Door[] {
    const spaces = [...this.#spaces.values()];
    const rank = (door: Door) => door === LOBBY_DOOR ? 1 : 0;
    return spaces.flatMap((space) => {
      const doors = space.doors();
      for (const door of doors) this.#doors.set(door, space);
      return doors;
    }).sort((one, other) => rank(one) - rank(other));
  }

  /** The person is in this place of a space, and nowhere in the others. */
  async place(space: Space, place: Place): Promise<void> {
    for (const other of this.#spaces.values()) {
      if (other !== space) await other.places.set(null);
    }
    await space.places.set(place);
  }

  async recover(): Promise<void> {
    for (const space of this.#spaces.values()) await space.recover();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#spaces.values()].map((space) => space.close()));
  }

  get #self(): PeerId {
    return this.#parts.keys.peer;
  }

  #hasBeen({ membership }: MembershipLog): boolean {
    return membership.members.has(this.#self) || membership.formers.has(this.#self);
  }

  #logParts() {
    const { store, clock, log } = this.#parts;
    return { entries: store.entries, clock, log };
  }

  #openLog(space: SpaceId): MembershipLog {
    return MembershipLog.open(space, this.#logParts());
  }

  #open(log: MembershipLog): { readonly space: Space; readonly members: Members } {
    const members = new Members(log, this.#parts);
    const space = new Space(log.space, members, this.#parts);
    this.#add(space);
    return { space, members };
  }

  #add(space: Space): void {
    const { onChange, onOpen } = this.#parts;
    this.#spaces.set(space.space, space);
    onOpen(space);
    onChange();
    space.tellView();
  }
}

function order(one: SpaceView, other: SpaceView): number {
  const rank = ({ kind, name }: SpaceView) => `${kind === "lobby" ? 0 : 1}${name.toLowerCase()}`;
  const [a, b] = [rank(one), rank(other)];
  return a < b ? -1 : a > b ? 1 : one.id < other.id ? -1 : 1;
}
