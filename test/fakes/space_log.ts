import type { EntryHash, PeerId, SpaceId } from "../../core/base/ids.ts";
import type { Role } from "../../core/base/role.ts";
import { WHOLE_CUT } from "../../core/trust/cut.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { signEntry, type VerifiedEntry } from "../../core/trust/entry.ts";
import type { Cut, EntryBody, Identity, Seal } from "../../core/trust/entry_body.ts";
import { inviteKeys, inviteProof } from "../../core/trust/invite.ts";
import { Membership } from "../../core/trust/membership.ts";
import { deviceKeys } from "./device.ts";

/** What the log says of a device. */
export function identityOf(keys: DeviceKeys): Identity {
  return { peer: keys.peer, noiseKey: keys.noise.publicKey, certificate: keys.certificate };
}

/** A seal that nobody opens. */
export function fakeSeal(peer: PeerId): Seal {
  return { peer, box: new Uint8Array(80) };
}

export const NOTHING_CUT: Cut = { docs: [], rest: false };
/** A time before any invite of these tests ends. */
export const AT = 1_700_000_000_000;

export interface Options {
  /** What the entry rests on; by default all that this log has. */
  readonly on?: readonly VerifiedEntry[];
  readonly at?: number;
}

/** Writes entries into the log of one space, whether they count or not. */
export class SpaceLog {
  readonly space: SpaceId;
  readonly entries: VerifiedEntry[] = [];
  readonly founder: DeviceKeys;

  constructor(founder: DeviceKeys = deviceKeys(1), direct = false) {
    this.founder = founder;
    const created = signEntry(founder, {
      space: null,
      author: founder.peer,
      parents: [],
      at: AT,
      body: {
        type: "create",
        name: "Crew",
        direct,
        founder: identityOf(founder),
        seals: [fakeSeal(founder.peer)],
      },
    });
    this.space = created.space;
    this.entries.push(created);
  }

  get membership(): Membership {
    return Membership.of(this.space, this.entries);
  }

  get created(): VerifiedEntry {
    return this.entries[0]!;
  }

  add(author: DeviceKeys, body: EntryBody, { on, at = AT }: Options = {}): VerifiedEntry {
    const parents = on ? on.map(({ hash }) => hash) : this.#heads();
    const entry = signEntry(author, {
      space: this.space,
      author: author.peer,
      parents,
      at,
      body,
    });
    if (!this.entries.some(({ hash }) => hash === entry.hash)) this.entries.push(entry);
    return entry;
  }

  join(author: DeviceKeys, joiner: DeviceKeys, role: Role = "member", options: Options = {}) {
    return this.add(author, {
      type: "join",
      identity: identityOf(joiner),
      role,
      invite: null,
      replaces: null,
      seals: [fakeSeal(joiner.peer)],
    }, options);
  }

  succeed(old: DeviceKeys, next: DeviceKeys, role: Role = "member", options: Options = {}) {
    return this.add(old, {
      type: "join",
      identity: identityOf(next),
      role,
      invite: null,
      replaces: old.peer,
      seals: [],
    }, options);
  }

  invite(author: DeviceKeys, secret: number, role: Role = "member", options: Options = {}) {
    const { key, door } = inviteKeys(new Uint8Array(16).fill(secret));
    return this.add(
      author,
      { type: "invite", key, door, role, expiresAt: AT + 1000 },
      options,
    );
  }

  admit(
    author: DeviceKeys,
    joiner: DeviceKeys,
    secret: number,
    role: Role = "member",
    options: Options = {},
  ) {
    const bytes = new Uint8Array(16).fill(secret);
    return this.add(author, {
      type: "join",
      identity: identityOf(joiner),
      role,
      invite: {
        key: inviteKeys(bytes).key,
        proof: inviteProof(bytes, this.space, joiner.peer),
      },
      replaces: null,
      seals: [fakeSeal(joiner.peer)],
    }, options);
  }

  role(author: DeviceKeys, peer: DeviceKeys, role: Role, options?: Options) {
    const cut = role === "reader" ? NOTHING_CUT : null;
    return this.add(author, { type: "role", peer: peer.peer, role, cut }, options);
  }

  /** Removes a peer, or leaves; `stay` are those who get a key. */
  remove(
    author: DeviceKeys,
    peer: DeviceKeys,
    { cut = WHOLE_CUT, stay = [], ...options }: Options & {
      readonly cut?: Cut;
      readonly stay?: readonly DeviceKeys[];
    } = {},
  ) {
    const seals = stay.map(({ peer }) => fakeSeal(peer));
    return this.add(author, { type: "remove", peer: peer.peer, cut, seals }, options);
  }

  rekey(author: DeviceKeys, stay: readonly DeviceKeys[], options?: Options) {
    const seals = stay.map(({ peer }) => fakeSeal(peer));
    return this.add(author, { type: "rekey", seals }, options);
  }

  #heads(): EntryHash[] {
    const rested = new Set(this.entries.flatMap(({ entry }) => entry.parents));
    return this.entries.map(({ hash }) => hash).filter((hash) => !rested.has(hash)).slice(-16);
  }
}
