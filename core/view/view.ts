import type { ChannelId, MessageId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";

/** Views: what a tab shows and the command line prints. Plain JSON. */

/** Number of colours a person may choose from; a colour is an index below it. */
export const COLOURS = 12;

/** The person at this node. `name` is `null` until the first run asked for it. */
export interface SelfView {
  readonly peer: PeerId;
  readonly name: string | null;
  readonly colour: number;
  /** Offered at the first run. */
  readonly suggestedName: string;
}

/** What a space is: open to the network, private, or a private one of two people. */
export type SpaceKind = "lobby" | "private" | "direct";

/** A space, as the list of spaces shows it. */
export interface SpaceView {
  readonly id: SpaceId;
  /** Of a direct one the other person's name. */
  readonly name: string;
  readonly kind: SpaceKind;
  /** What this person may do in it; `null` for one who was removed or left: it can only be read here. */
  readonly role: Role | null;
  /** Messages of others after the read marks, in all channels. */
  readonly unread: number;
  /** Devices of members that have not heard of the newest removal yet. */
  readonly unheard: number;
  /** In a direct one: the other person. */
  readonly peer: PeerId | null;
  /** While much of it comes from another node. */
  readonly progress: ProgressView | null;
}

/** How far this node is with getting what it lacks of a space. */
export interface ProgressView {
  /** From whom, who also says how much it is. */
  readonly peer: PeerId;
  /** Changes that are still to come. */
  readonly missing: number;
  /** Those and the ones that came. */
  readonly total: number;
}

export interface ChannelView {
  readonly id: ChannelId;
  readonly name: string;
  /** Messages of others after the read mark. */
  readonly unread: number;
  /** The newest message this person has seen. */
  readonly readTo: MessageId | null;
  /** When the newest message came, in milliseconds since 1970, or 0. */
  readonly lastAt: number;
}

export interface NoteView {
  readonly id: NoteId;
  readonly title: string;
  /** When its text or title last changed, in milliseconds since 1970. */
  readonly changedAt: number;
  /** How many edits its history has, if so many that it takes a moment to load. */
  readonly edits?: number;
}

/** Another person in a space; in a private one they are its members, and who was one. */
export interface PersonView {
  readonly peer: PeerId;
  readonly name: string;
  readonly colour: number;
  /** Whether the person's node is linked to this one now. */
  readonly here: boolean;
  /** When it was last linked, in milliseconds since 1970, or 0 when it never was. */
  readonly lastSeenAt: number;
  /** `null` in the lobby, and for one who is no member any more. */
  readonly role: Role | null;
  /** Whether the words were compared. */
  readonly verified: boolean;
  /** Whether what they write is hidden here. */
  readonly muted: boolean;
  /** Whether a name that was known before now comes with this other key: a warning. */
  readonly newKey: boolean;
  /** Others whose names may be taken for this one. */
  readonly alike: readonly PeerId[];
  /** The earlier key of this person's device, when it says so itself and the earlier key signed it. */
  readonly replaces: PeerId | null;
  /** Whether this person was shown to have signed two different changes for one place. */
  readonly disputed: boolean;
}

/** What waits for a person who is away. */
export interface WaitingView {
  /** Messages of a space that the person's node is not known to hold; it may have them by now. */
  readonly messages: number;
  /** Whether there may be more than were counted. */
  readonly more: boolean;
  /** How many of them other nodes are known to hold, those with most first. */
  readonly keepers: readonly { readonly peer: PeerId; readonly messages: number }[];
}

export interface MessageView {
  readonly id: MessageId;
  readonly channel: ChannelId;
  readonly author: PeerId;
  readonly text: string;
  /** Milliseconds since 1970, a clock far ahead being clamped. */
  readonly at: number;
  /** How many other nodes are known to hold it; only on one's own messages. */
  readonly heldBy?: number;
}

/** A replacement in a text: `remove` and `at` count UTF-16 code units. A list applies in order. */
export interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/** Automerge heads: change hashes in hex, sorted. */
export type Heads = readonly string[];

/** A note's text at some heads. */
export interface NoteText {
  readonly heads: Heads;
  readonly text: string;
}

/** What brings the text a tab has to the merged text at `heads`. */
export interface NoteMerge {
  readonly heads: Heads;
  readonly splices: readonly Splice[];
}

/** Where another person's cursor is in a note's text at the heads it came with. */
export interface CursorView {
  readonly peer: PeerId;
  /** UTF-16 code units from the start; `anchor` is the fixed end of the selection. */
  readonly anchor: number;
  readonly head: number;
}

/** One link or attempt of the mesh, for `peers` and for telling what is wrong. */
export interface PeerView {
  readonly peer: PeerId | null;
  readonly name: string | null;
  readonly address: string;
  readonly state: "linked" | "dialling" | "waiting";
  /** The last failure in plain words, or `null`. */
  readonly problem: string | null;
}

/** A code of eight digits that is shown here now. */
export interface CodeView {
  readonly space: SpaceId;
  readonly code: string;
  /** When it ends, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** Wrong tries that are left. */
  readonly tries: number;
}

/** A person asks for a private space of two, or was asked and has not answered yet. */
export interface AskView {
  readonly peer: PeerId;
  readonly name: string;
  /** Whether this person was asked, or asked. */
  readonly from: "them" | "us";
  /** Five words that both see. */
  readonly words: readonly string[];
}

/** Something that a person should know, kept until it is dismissed. */
export interface NoticeView {
  readonly id: number;
  readonly kind: "equivocation" | "new-device" | "removed" | "refused" | "note-copy" | "rebuilt";
  readonly at: number;
  readonly text: string;
  readonly space: SpaceId | null;
  readonly peer: PeerId | null;
  /** A longer text, of a note as it was before a dispute say, or `null`. */
  readonly detail: string | null;
}

/** All a new tab needs to draw itself: the spaces, and what is in the one that is shown. */
export interface Snapshot {
  readonly version: string;
  readonly self: SelfView;
  /** The lobby first, then by name. */
  readonly spaces: readonly SpaceView[];
  /** The one that is shown: the one asked for, else the first; `null` when there is none. */
  readonly space: SpaceView | null;
  readonly channels: readonly ChannelView[];
  readonly notes: readonly NoteView[];
  readonly people: readonly PersonView[];
  readonly code: CodeView | null;
  readonly asks: readonly AskView[];
  readonly notices: readonly NoticeView[];
  /** What hinders this node now, in plain words (a full disk, say), or `null`. */
  readonly fault: string | null;
}
