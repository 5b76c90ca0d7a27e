import type { ActorId, DocId, EntryHash, PeerId, SpaceId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";

/** A device as the log knows it. */
export interface Identity {
  readonly peer: PeerId;
  /** Its X25519 key of 32 bytes: the Noise static key, to which epoch keys are sealed. */
  readonly noiseKey: Uint8Array;
  /** 96 bytes, by which `peer` says that `noiseKey` is its own; see `readCertificate`. */
  readonly certificate: Uint8Array;
}

/** How far the logs of one peer in one document count: actors in ascending order, each up to its seq. */
export type DocCut = readonly [DocId, readonly (readonly [ActorId, number])[]];

/** How far what a peer wrote counts: documents in ascending order. */
export interface Cut {
  readonly docs: readonly DocCut[];
  /** Whether documents that are not named count whole; if not, not at all. */
  readonly rest: boolean;
}

/** An epoch key that only `peer` can open; see `sealTo`. */
export interface Seal {
  readonly peer: PeerId;
  /** 80 bytes. */
  readonly box: Uint8Array;
}

/** What lets someone in without an admin: the invite's public key, and its signature for that peer. */
export interface InviteProof {
  /** An Ed25519 public key of 32 bytes. */
  readonly key: Uint8Array;
  /** 64 bytes, see `inviteText`. */
  readonly proof: Uint8Array;
}

/** Makes the space. Its founder is its first admin. */
export interface CreateBody {
  readonly type: "create";
  readonly name: string;
  /** Whether it is the conversation of two. */
  readonly direct: boolean;
  readonly founder: Identity;
  readonly seals: readonly Seal[];
}

/** Lets one person in, once: whoever shows the invite's key. */
export interface InviteBody {
  readonly type: "invite";
  /** An Ed25519 public key of 32 bytes. */
  readonly key: Uint8Array;
  /** The secret of 32 bytes of the door at which the invited calls. */
  readonly door: Uint8Array;
  readonly role: Role;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Makes `identity` a member. */
export interface JoinBody {
  readonly type: "join";
  readonly identity: Identity;
  readonly role: Role;
  readonly invite: InviteProof | null;
  /** The author itself, which ends with this entry and goes on as `identity`. */
  readonly replaces: PeerId | null;
  /** The current epoch key, for who joins. */
  readonly seals: readonly Seal[];
}

/** Gives a member another role. */
export interface RoleBody {
  readonly type: "role";
  readonly peer: PeerId;
  readonly role: Role;
  /** Given if and only if the role is `reader`: how far what they wrote counts. */
  readonly cut: Cut | null;
}

/** Ends a membership: another's, or one's own (leaving). */
export interface RemoveBody {
  readonly type: "remove";
  readonly peer: PeerId;
  readonly cut: Cut;
  /** The key of the epoch that begins here, for each who stays; empty if none begins, as when leaving. */
  readonly seals: readonly Seal[];
}

/** Begins an epoch. */
export interface RekeyBody {
  readonly type: "rekey";
  readonly seals: readonly Seal[];
}

/** What an entry of a membership log does. */
export type EntryBody = CreateBody | InviteBody | JoinBody | RoleBody | RemoveBody | RekeyBody;

/** One entry of a membership log. */
export interface Entry {
  /** `null` in a create entry, of which the space's id is made. */
  readonly space: SpaceId | null;
  readonly author: PeerId;
  /** The entries it rests on directly, in ascending order; none in a create entry, else at least one. */
  readonly parents: readonly EntryHash[];
  /** Milliseconds since 1970 by its author's clock. */
  readonly at: number;
  readonly body: EntryBody;
}

/** One entry as it is stored and sent, in bytes. */
export const MAX_ENTRY_BYTES = 56 * 1024;
/** Entries on which one may rest directly. */
export const MAX_PARENTS = 16;
/** Entries of a space. */
export const MAX_ENTRIES = 2048;
/** Members of a space: the seals of an epoch for all of them fit into one entry, with some kilobytes of cut. */
export const MAX_MEMBERS = 448;
/** Bytes of a seal's box. */
export const SEAL_BYTES = 80;
