import type { ActorId, ChannelId, DocId, NoteId, PeerId, SpaceId } from "../base/ids.ts";

/** One signed change as it travels: an envelope whose space the message names. */
export interface SentEnvelope {
  readonly doc: DocId;
  readonly author: PeerId;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** The Automerge change, 1 to `MAX_CHANGE_BYTES`. */
  readonly change: Uint8Array;
}

/** How far a log is held: every change of `actor` in `doc` up to and with `seq`. */
export type Mark = readonly [doc: DocId, actor: ActorId, seq: number];

/** The vector of one document, or a part of it. Actors and seqs that are not named are not held. */
export type DocVector = readonly [doc: DocId, actors: readonly (readonly [ActorId, number])[]];

/** Where a person is. `anchor` and `head` are Automerge cursors, `anchor` the selection's fixed end. */
export type SentPlace =
  | { readonly type: "channel"; readonly channel: ChannelId; readonly typing: boolean }
  | {
    readonly type: "note";
    readonly note: NoteId;
    readonly anchor: string;
    readonly head: string;
  };

/** The beat: the digest of all the sender holds in the space. */
export interface DigestMessage {
  readonly type: "digest";
  readonly space: SpaceId;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

/**
 * A part of what the sender holds in the space, documents in strictly ascending order over all parts;
 * only the last document of a part may go on in the next. It asks for all that is missing in it.
 */
export interface VectorsMessage {
  readonly type: "vectors";
  readonly space: SpaceId;
  readonly docs: readonly DocVector[];
  /** Whether the list ends here. */
  readonly last: boolean;
}

/** Signed changes: pushed as they were made (`live`), or sent because they were asked for. */
export interface EnvelopesMessage {
  readonly type: "envelopes";
  readonly space: SpaceId;
  readonly live: boolean;
  readonly items: readonly SentEnvelope[];
}

/** What the sender committed, or held already, of envelopes that came over this link. */
export interface HeldMessage {
  readonly type: "held";
  readonly space: SpaceId;
  readonly items: readonly Mark[];
}

/** Who the sender is and where; replaces what was said before. */
export interface PresenceMessage {
  readonly type: "presence";
  readonly space: SpaceId;
  readonly name: string | null;
  readonly place: SentPlace | null;
}

/** What peers say to each other once a link stands. PROTOCOL.md, WIRE and SYNC. */
export type Message =
  | DigestMessage
  | VectorsMessage
  | EnvelopesMessage
  | HeldMessage
  | PresenceMessage;

/** The first byte of each message. */
export const MESSAGE_TYPES = {
  digest: 1,
  vectors: 2,
  envelopes: 3,
  held: 4,
  presence: 5,
} as const satisfies Record<Message["type"], number>;

/** A name in a presence message, in UTF-16 code units; what is shown of it is cleaned first. */
export const MAX_SENT_NAME_UNITS = 128;
/** An Automerge cursor as text: a counter, `@` and an actor. */
export const MAX_CURSOR_UNITS = 80;
