import type { EntryHash, PeerId } from "../base/ids.ts";
import type { RandomBytes } from "../base/random.ts";
import type { Role } from "../base/role.ts";
import type { Store } from "../store/store.ts";
import type { MembershipLog } from "../sync/membership_log.ts";
import { WHOLE_CUT } from "../trust/cut.ts";
import type { DeviceKeys } from "../trust/device_keys.ts";
import type { Door } from "../trust/door.ts";
import {
  type Cut,
  type EntryBody,
  type Identity,
  type InviteProof,
  MAX_MEMBERS,
  type Seal,
} from "../trust/entry_body.ts";
import type { Deed, InviteState, Rights } from "../trust/member_views.ts";
import type { Membership } from "../trust/membership.ts";
import { sealTo } from "../trust/seal_box.ts";
import { RefusedError } from "../view/api.ts";
import type { EpochKeys } from "./epoch_keys.ts";
import type { Roles } from "./people.ts";
import { unheardOf } from "./unheard.ts";

/** Older doors that stay open for those who have not heard of the newest. */
export const MAX_OLD_DOORS = 8;
/** Bytes of the key of an epoch. */
export const EPOCH_KEY_BYTES = 32;

/** What {@linkcode Members} needs. */
export interface MembersParts {
  readonly keys: DeviceKeys;
  readonly store: Store;
  readonly epochKeys: EpochKeys;
  readonly random: RandomBytes;
}

/** Who belongs to one private space, what this person may do about it, and its doors. */
export class Members implements Roles {
  readonly log: MembershipLog;
  readonly #parts: MembersParts;

  constructor(log: MembershipLog, parts: MembersParts) {
    this.log = log;
    this.#parts = parts;
  }

  get name(): string {
    return this.#now.name;
  }

  /** Whether it is the space of two. */
  get isDirect(): boolean {
    return this.#now.direct;
  }

  /** In a space of two: the other one, also when they have left. */
  get other(): PeerId | null {
    if (!this.isDirect) return null;
    return [...this.everyone()].find((peer) => peer !== this.#self) ?? null;
  }

  /** What this person is. */
  get own(): Role | null {
    return this.role(this.#self);
  }

  get mayWrite(): boolean {
    return this.#now.may(this.#self, "write");
  }

  get isFull(): boolean {
    return this.#now.members.size >= MAX_MEMBERS;
  }

  role(peer: PeerId): Role | null {
    return this.#now.members.get(peer)?.role ?? null;
  }

  everyone(): Set<PeerId> {
    const { members, formers } = this.#now;
    return new Set([...members.keys(), ...formers.keys()]);
  }

  has(peer: PeerId): boolean {
    const { members, formers } = this.#now;
    return members.has(peer) || formers.has(peer);
  }

  rights(author: PeerId): Rights {
    return this.#now.rights(author);
  }

  /** Whether a peer may share the space with this node. */
  admits(peer: PeerId): boolean {
    return this.#isAtDoors && this.#now.members.has(peer);
  }

  /**
   * Whether a peer may share the space, or may have to say that this person is a member after all: a removal
   * does not count if who did it was removed at the same time.
   */
  meets(peer: PeerId): boolean {
    return this.#mayMeet && this.#now.members.has(peer);
  }

  /** The newest first; older ones only while a member has not heard of the newest, or this person was removed. */
  doors(): Door[] {
    if (!this.#mayMeet) return [];
    const { epochs } = this.#now;
    const open = this.#now.wasRemoved(this.#self) || this.unheard().length > 0
      ? epochs.slice(0, 1 + MAX_OLD_DOORS)
      : epochs.slice(0, 1);
    const { epochKeys } = this.#parts;
    return open.flatMap((epoch) => epochKeys.door(this.#now, epoch) ?? []);
  }

  /** The entry by which this person left, while no member is known to have heard of it. */
  get untoldLeave(): EntryHash | null {
    const { members, entries } = this.#now;
    if (!this.#now.hasLeft(this.#self)) return null;
    const left = entries.findLast(({ entry: { author, body } }) =>
      author === this.#self && body.type === "remove" && body.peer === this.#self
    );
    if (!left) return null;
    const { heardEpochs } = this.#parts.store;
    const { space } = this.log;
    const isHeard = [...members.keys()].some((peer) => heardEpochs.get(space, peer) === left.hash);
    return isHeard || members.size === 0 ? null : left.hash;
  }

  /** Other members who may not have heard yet that the newest epoch began. */
  unheard(): PeerId[] {
    return unheardOf(this.#now, this.#self, this.#parts.store.heardEpochs);
  }

  /** @throws {RefusedError} when this person may not do it. */
  must(deed: Deed): void {
    if (this.#now.may(this.#self, deed)) return;
    throw new RefusedError(
      this.own ? "Only an admin can do this: ask one" : "You are not in this space any more",
    );
  }

  /** The invitations that end after `since`, in milliseconds since 1970: the `most` that end last. */
  invites(since: number, most: number): InviteState[] {
    return this.#now.invites.filter(({ expiresAt }) => expiresAt > since)
      .sort((one, other) => other.expiresAt - one.expiresAt).slice(0, most);
  }

  /** The invitation with this public key, 64 hex digits. */
  invite(key: string): InviteState | undefined {
    return this.#now.invites.find((invite) => invite.key === key);
  }

  write(body: EntryBody): void {
    this.log.write(this.#parts.keys, body);
  }

  /** Lets a peer in, which gets the current key. */
  letIn(identity: Identity, role: Role, invite: InviteProof | null): void {
    this.must(invite ? "admit" : "join");
    if (this.isFull) throw new RefusedError("This space is full: nobody else can be let in");
    const [current] = this.#now.epochs;
    const key = current && this.#parts.epochKeys.key(this.#now, current);
    const seals = key ? [this.#seal(identity, key)] : [];
    this.write({ type: "join", identity, role, invite, replaces: null, seals });
  }

  /** Ends a membership, and begins an epoch for those who stay. */
  remove(peer: PeerId, cut: Cut): void {
    this.must("remove");
    this.write({ type: "remove", peer, cut, seals: this.#newKey(peer) });
  }

  /** @param cut for a reader, and no other: how far what they wrote counts. */
  setRole(peer: PeerId, role: Role, cut: Cut | null): void {
    this.must("role");
    this.#mustStayAdmin(peer, role);
    this.write({ type: "role", peer, role, cut });
  }

  /** Leaves in peace: all that was written stays. */
  leave(): void {
    this.must("leave");
    this.#mustStayAdmin(this.#self, null);
    this.write({ type: "remove", peer: this.#self, cut: WHOLE_CUT, seals: [] });
  }

  /** Begins an epoch. */
  rekey(): void {
    this.must("rekey");
    this.write({ type: "rekey", seals: this.#newKey(null) });
  }

  #newKey(without: PeerId | null): Seal[] {
    const key = this.#parts.random(EPOCH_KEY_BYTES);
    // To this device too: so that one who ends right now has the key when it starts again.
    return [...this.#now.members.values()].filter(({ peer }) => peer !== without)
      .map(({ identity }) => this.#seal(identity, key));
  }

  #seal({ peer, noiseKey }: Identity, key: Uint8Array): Seal {
    return { peer, box: sealTo(noiseKey, key, this.#parts.random, this.log.space) };
  }

  #mustStayAdmin(peer: PeerId, role: Role | null): void {
    if (role === "admin" || this.role(peer) !== "admin") return;
    const others = [...this.#now.members.values()].filter((member) => member.peer !== peer);
    if (others.length === 0 || others.some((other) => other.role === "admin")) return;
    throw new RefusedError("Make someone else an admin first");
  }

  /** Who left stays at the doors until one member was told. */
  get #isAtDoors(): boolean {
    return this.#now.members.has(this.#self) || this.untoldLeave !== null;
  }

  /** Who was removed stays there too, not to share anything but to hear whether that counts. */
  get #mayMeet(): boolean {
    return this.#isAtDoors || this.#now.wasRemoved(this.#self);
  }

  get #now(): Membership {
    return this.log.membership;
  }

  get #self(): PeerId {
    return this.#parts.keys.peer;
  }
}
