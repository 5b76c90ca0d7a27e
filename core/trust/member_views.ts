import type { EntryHash, PeerId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";
import type { Cut, Identity, Seal } from "./entry_body.ts";

/** One who belongs to a space. */
export interface Member {
  readonly peer: PeerId;
  readonly role: Role;
  readonly identity: Identity;
  /** The entry by which it became a member: a join, or the create entry. */
  readonly since: EntryHash;
}

/** One who belonged to a space. */
export interface Former {
  readonly peer: PeerId;
  /** How far what it wrote counts. */
  readonly cut: Cut;
  /** Who ended it; itself if it left, or another device took its place. */
  readonly by: PeerId;
}

/** What counts of that which a peer writes: all, nothing, nothing (of a stranger), or what lies below a cut. */
export type Rights =
  | { readonly type: "writer" }
  | { readonly type: "reader" }
  | { readonly type: "none" }
  | { readonly type: "cut"; readonly cut: Cut };

/** An invitation. Whether it is over is for its reader's clock to say. */
export interface InviteState {
  readonly entry: EntryHash;
  /** The public key, 64 hex digits. */
  readonly key: string;
  /** The secret of its door, 32 bytes. */
  readonly door: Uint8Array;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly by: PeerId;
  /** `dead`: it does not count, or its author is no admin any more. */
  readonly state: "open" | "used" | "dead";
  readonly usedBy: PeerId | null;
}

/** A seal, and the entry that carries it. */
export interface EpochSeal extends Seal {
  readonly entry: EntryHash;
}

/** A time in which one key opens the space's door. */
export interface Epoch {
  /** The entry that began it. */
  readonly id: EntryHash;
  /** Who made its key, and so has it. */
  readonly by: PeerId;
  readonly seals: readonly EpochSeal[];
}

/** What a person may want to do in a space. `admit` is to let in whom an admin invited. */
export type Deed =
  | "write"
  | "admit"
  | "invite"
  | "join"
  | "role"
  | "remove"
  | "rekey"
  | "leave";
