import type { ChannelId, MessageId, NoteId, PeerId, SpaceId } from "../base/ids.ts";

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

/** The space that is shown. `open` means that anyone on the network can join. */
export interface SpaceView {
  readonly id: SpaceId;
  readonly name: string;
  readonly open: boolean;
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
}

export interface PersonView {
  readonly peer: PeerId;
  readonly name: string;
  readonly colour: number;
  /** Whether the person's node is linked to this one now. */
  readonly here: boolean;
  /** When it was last linked, in milliseconds since 1970, or 0 when it never was. */
  readonly lastSeenAt: number;
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

/** All a new tab needs to draw itself. */
export interface Snapshot {
  readonly version: string;
  readonly self: SelfView;
  /** `null` when the lobby is off and there is no other space. */
  readonly space: SpaceView | null;
  readonly channels: readonly ChannelView[];
  readonly notes: readonly NoteView[];
  readonly people: readonly PersonView[];
  /** What hinders this node now, in plain words (a full disk, say), or `null`. */
  readonly fault: string | null;
}
