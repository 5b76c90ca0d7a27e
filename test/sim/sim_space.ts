import type { Clock } from "../../core/base/clock.ts";
import type { EntryHash, PeerId, SpaceId } from "../../core/base/ids.ts";
import type { RandomBytes } from "../../core/base/random.ts";
import type { Role } from "../../core/base/role.ts";
import type { MembershipLog } from "../../core/sync/membership_log.ts";
import { Replica, type ReplicaOptions } from "../../core/sync/replica.ts";
import type { SharedSpace } from "../../core/sync/shared_space.ts";
import { SpaceSync } from "../../core/sync/space_sync.ts";
import { WHOLE_CUT } from "../../core/trust/cut.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { type Door, LOBBY_DOOR } from "../../core/trust/door.ts";
import type { EntryBody, Seal } from "../../core/trust/entry_body.ts";
import { epochKeys, sealToAll } from "../../core/trust/epoch_keys.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import type { Membership } from "../../core/trust/membership.ts";
import { epochDoor } from "../../core/trust/seal_box.ts";
import { identityOf } from "../fakes/space_log.ts";

/** What every space of a node needs. */
export interface SimSpaceParts extends Omit<ReplicaOptions, "space" | "signer"> {
  readonly keys: DeviceKeys;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** What of a log a peer is known to hold. */
  readonly heard: (space: SpaceId, peer: PeerId) => readonly EntryHash[] | undefined;
}

/** One space of a node of the simulation, the lobby if it has no log: as far as links and sync go. */
export class SimSpace implements SharedSpace {
  readonly space: SpaceId;
  readonly log: MembershipLog | null;
  readonly replica: Replica;
  readonly sync: SpaceSync;
  readonly #parts: SimSpaceParts;
  readonly #doors = new Map<EntryHash, Door>();

  constructor(log: MembershipLog | null, parts: SimSpaceParts) {
    const { keys, store } = parts;
    this.space = log?.space ?? LOBBY;
    this.log = log;
    this.#parts = parts;
    this.replica = new Replica({
      ...parts,
      space: this.space,
      signer: keys,
      pause: () => Promise.resolve(),
      flush: () => Promise.resolve(),
      ...(log && { rights: (author) => log.membership.rights(author) }),
    });
    this.sync = new SpaceSync({
      replica: this.replica,
      store,
      signer: keys,
      clock: parts.clock,
      wall: parts.clock,
      log: parts.log,
      admits: (peer) => this.admits(peer),
    });
  }

  /** @throws {Error} in the lobby. */
  get membership(): Membership {
    if (!this.log) throw new Error("The lobby has no members");
    return this.log.membership;
  }

  get isMember(): boolean {
    return this.membership.members.has(this.#self);
  }

  doors(): readonly Door[] {
    if (!this.log) return [LOBBY_DOOR];
    const { membership } = this.log;
    const wasRemoved = membership.wasRemoved(this.#self);
    if (!this.#isAtDoors && !wasRemoved) return [];
    const current = membership.epochs[0]?.id;
    const isOld = [...membership.members.keys()].some((peer) =>
      peer !== this.#self && !(current && this.#parts.heard(this.space, peer)?.includes(current))
    );
    const doors = membership.epochs.flatMap(({ id }) => this.#door(membership, id) ?? []);
    return isOld || wasRemoved ? doors : doors.slice(0, 1);
  }

  admits(peer: PeerId): boolean {
    if (!this.log) return true;
    return this.#isAtDoors && this.membership.members.has(peer);
  }

  meets(peer: PeerId): boolean {
    if (!this.log) return true;
    const { membership } = this.log;
    return (this.#isAtDoors || membership.wasRemoved(this.#self)) && membership.members.has(peer);
  }

  /** Who left by itself stays at the doors to tell so. */
  get #isAtDoors(): boolean {
    return this.isMember || this.membership.hasLeft(this.#self);
  }

  /** The digest of log and content, as text. */
  get digest(): string {
    return `${this.log?.digest.toHex()} ${this.replica.vectors.digest().toHex()}`;
  }

  /** The epochs whose keys it has. */
  get keys(): ReadonlySet<EntryHash> {
    return new Set(this.#keys(this.membership).keys());
  }

  letIn(joiner: DeviceKeys, role: Role = "member"): void {
    const { keys, random } = this.#parts;
    const identity = identityOf(joiner);
    const key = this.#keys(this.membership).get(this.membership.epochs[0]!.id);
    const seals = key ? sealToAll([identity], key, random, this.space) : [];
    this.log?.write(keys, { type: "join", identity, role, invite: null, replaces: null, seals });
  }

  remove(peer: PeerId): void {
    const cut = { docs: this.replica.logsOf(peer), rest: false };
    this.#write({ type: "remove", peer, cut, seals: this.#newKey(peer) });
  }

  setRole(peer: PeerId, role: "admin" | "member"): void {
    this.#write({ type: "role", peer, role, cut: null });
  }

  leave(): void {
    this.#write({ type: "remove", peer: this.#self, cut: WHOLE_CUT, seals: [] });
  }

  /** Begins an epoch if that is due and this is an admin, as its program would by itself. */
  rekeyIfDue(): void {
    const { rekeyDue } = this.membership;
    if (rekeyDue && this.membership.may(this.#self, "rekey")) {
      this.#write({ type: "rekey", seals: this.#newKey(null) });
    }
  }

  async close(): Promise<void> {
    await this.sync.close();
    await this.replica.close();
  }

  #write(body: EntryBody): void {
    this.log?.write(this.#parts.keys, body);
  }

  #newKey(without: PeerId | null): readonly Seal[] {
    const { random } = this.#parts;
    const stay = [...this.membership.members.values()].filter(({ peer }) => peer !== without);
    return sealToAll(stay.map(({ identity }) => identity), random(32), random, this.space);
  }

  #door(membership: Membership, epoch: EntryHash): Door | undefined {
    if (!this.#doors.has(epoch)) {
      for (const [id, key] of this.#keys(membership)) {
        if (!this.#doors.has(id)) this.#doors.set(id, epochDoor(key, id.slice(0, 8)));
      }
    }
    return this.#doors.get(epoch);
  }

  #keys(membership: Membership): ReadonlyMap<EntryHash, Uint8Array> {
    const { peer, noise } = this.#parts.keys;
    return epochKeys(membership, peer, noise);
  }

  get #self(): PeerId {
    return this.#parts.keys.peer;
  }
}
