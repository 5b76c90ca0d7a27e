import type { ActorId, ChannelId, DocId, EntryHash, NoteId, PeerId, SpaceId } from "../base/ids.ts";

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

/**
 * How far a log is held, and the first 16 bytes of its newest change's hash, in hex: as each change rests on
 * the one before it in its log, that tells the whole log from any other.
 */
export type LogTop = readonly [actor: ActorId, seq: number, head: string];

/** The vector of one document, or a part of it. Actors and seqs that are not named are not held. */
export type DocVector = readonly [doc: DocId, actors: readonly LogTop[]];

/** An entry of a membership log as it travels. */
export interface SentEntry {
  readonly bytes: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

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

/** The digests of all buckets of what the sender holds, each as its print. It asks for `documents`. */
export interface BucketsMessage {
  readonly type: "buckets";
  readonly space: SpaceId;
  /** {@linkcode BUCKETS} prints. */
  readonly prints: Uint8Array;
}

/** A bucket, and of each of its documents the print of the name and that of the digest. */
export type BucketPrints = readonly [bucket: number, prints: Uint8Array];

/**
 * A part of what the sender holds in buckets that differ, which are in ascending order over all parts; only the last
 * of a part may go on in the next.
 */
export interface DocumentsMessage {
  readonly type: "documents";
  readonly space: SpaceId;
  readonly buckets: readonly BucketPrints[];
  /** Whether the list ends here. */
  readonly last: boolean;
}

/**
 * A part of what the sender holds in the space, documents in strictly ascending order over all parts;
 * only the last document of a part may go on in the next. It asks for all that is missing in it.
 */
export interface VectorsMessage {
  readonly type: "vectors";
  readonly space: SpaceId;
  readonly docs: readonly DocVector[];
  /**
   * `null`: what is not named is not held. Else the prints of names that `documents` showed and of which nothing is
   * held; what is neither named nor among these counts as the same.
   */
  readonly lacked: Uint8Array | null;
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

/** How many changes come from now on because they were asked for; 0 when all have come. */
export interface ComingMessage {
  readonly type: "coming";
  readonly space: SpaceId;
  readonly count: number;
}

/** What the sender committed, or held already, of envelopes that came over this link. */
export interface HeldMessage {
  readonly type: "held";
  readonly space: SpaceId;
  readonly items: readonly Mark[];
}

/** Whose envelopes the sender wants to be passed on to it again, or has another way and does not want. */
export interface RelayMessage {
  readonly type: "relay";
  readonly space: SpaceId;
  readonly wanted: boolean;
  /** 1 to {@linkcode MAX_RELAY_AUTHORS}. */
  readonly authors: readonly PeerId[];
}

/**
 * A part of a sealed document, sent because it was asked for: those of one document follow each other, and
 * end with the one that makes it `size` bytes.
 */
export interface SealedMessage {
  readonly type: "sealed";
  readonly space: SpaceId;
  readonly doc: DocId;
  /** Bytes of the whole: 1 to `MAX_SEALED_BYTES`. */
  readonly size: number;
  /** Bytes of it before this part. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Who the sender is and where; replaces what was said before. */
export interface PresenceMessage {
  readonly type: "presence";
  readonly space: SpaceId;
  readonly name: string | null;
  readonly place: SentPlace | null;
}

/**
 * A part of what the sender holds of the space's membership log. All of it asks for what it lacks, and what
 * follows on the link rests on it.
 */
export interface LogMessage {
  readonly type: "log";
  readonly space: SpaceId;
  readonly hashes: readonly EntryHash[];
  /** Whether the list ends here. */
  readonly last: boolean;
}

/** Entries of the space's membership log, each after those it rests on. */
export interface EntriesMessage {
  readonly type: "entries";
  readonly space: SpaceId;
  readonly items: readonly SentEntry[];
}

/** What its author signed about being in the space; see `Here`. It may come from anyone. */
export interface SentHere {
  readonly author: PeerId;
  /** At most {@linkcode MAX_HERE_BYTES}. */
  readonly body: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** Who is here, passed on. */
export interface HereMessage {
  readonly type: "here";
  readonly space: SpaceId;
  readonly items: readonly SentHere[];
}

/** Which doors the sender has, among tags that mean nothing; replaces what was said before. */
export interface MeetMessage {
  readonly type: "meet";
  /** 16 bytes each. */
  readonly tags: readonly Uint8Array[];
}

/** Asks to be let into a space by an invitation. */
export interface JoinMessage {
  readonly type: "join";
  readonly space: SpaceId;
  /** The public key of the invitation, 32 bytes. */
  readonly invite: Uint8Array;
  /** By the invitation's key, 64 bytes. */
  readonly proof: Uint8Array;
}

/** Steps of letting somebody in by a code of eight digits; the first two tell that one is shown. */
export const PAIR_STEPS = ["shown", "hidden", "start", "reply", "confirm", "done"] as const;

export interface PairMessage {
  readonly type: "pair";
  readonly step: typeof PAIR_STEPS[number];
  readonly bytes: Uint8Array;
}

/** Steps of asking a person for a private space of two. */
export const ASK_STEPS = ["ask", "accept", "decline", "withdraw", "made"] as const;

export interface AskMessage {
  readonly type: "ask";
  readonly step: typeof ASK_STEPS[number];
  /** With `made`: the space of the two, whose log follows; else `null`. */
  readonly space: SpaceId | null;
}

/** Why somebody is not let in. */
export const REFUSAL_REASONS = ["used", "expired", "unknown", "wrong", "over", "full"] as const;

/** Says that somebody is not let in, and why. */
export interface RefusedMessage {
  readonly type: "refused";
  readonly what: "join" | "pair";
  readonly reason: typeof REFUSAL_REASONS[number];
}

/** What is said in one space. */
export type SpaceMessage =
  | DigestMessage
  | BucketsMessage
  | DocumentsMessage
  | VectorsMessage
  | ComingMessage
  | EnvelopesMessage
  | HeldMessage
  | PresenceMessage
  | RelayMessage
  | SealedMessage
  | LogMessage
  | EntriesMessage
  | HereMessage;

/** What is said from node to node, whatever spaces they share. */
export type NodeMessage = MeetMessage | JoinMessage | PairMessage | AskMessage | RefusedMessage;

/** What peers say to each other once a link stands. PROTOCOL.md, WIRE. */
export type Message = SpaceMessage | NodeMessage;

/** The first byte of each message. */
export const MESSAGE_TYPES = {
  digest: 1,
  vectors: 2,
  envelopes: 3,
  held: 4,
  presence: 5,
  log: 6,
  entries: 7,
  relay: 8,
  buckets: 9,
  documents: 10,
  sealed: 11,
  here: 13,
  coming: 14,
  meet: 16,
  join: 17,
  pair: 18,
  ask: 19,
  refused: 20,
} as const satisfies Record<Message["type"], number>;

/** Buckets of the tree of digests: one for each first byte of a name's hash. */
export const BUCKETS = 256;
/** Bytes of a print. */
export const PRINT_BYTES = 8;
/** Changes that are told to be coming, at most. */
export const MAX_COMING = 1_000_000_000;
/** Authors of one `relay`. */
export const MAX_RELAY_AUTHORS = 1024;
/** Tags of one `meet`. */
export const MAX_MEET_TAGS = 256;
/** An entry of a membership log, in bytes. */
export const MAX_SENT_ENTRY_BYTES = 56 * 1024;
/** What one step of pairing carries, in bytes. */
export const MAX_PAIR_BYTES = 128;
/** A name in a presence message, in UTF-16 code units; what is shown of it is cleaned first. */
export const MAX_SENT_NAME_UNITS = 128;
/** What a person signs about being here, in bytes. */
export const MAX_HERE_BYTES = 1024;
/** An Automerge cursor as text: a counter, `@` and an actor. */
export const MAX_CURSOR_UNITS = 80;
