import type { ChannelId, MessageId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import type { Role } from "../base/role.ts";
import type {
  AskView,
  ChannelView,
  CodeView,
  CursorView,
  Heads,
  MessageView,
  NoteMerge,
  NoteText,
  NoteView,
  PeerView,
  SelfView,
  Snapshot,
  SpaceView,
  Splice,
  WaitingView,
} from "./view.ts";

/** Where a person is; `null` is nowhere in particular. Positions are UTF-16 units at `heads`. */
export type Place =
  | { readonly type: "channel"; readonly channel: ChannelId; readonly typing: boolean }
  | {
    readonly type: "note";
    readonly note: NoteId;
    readonly heads: Heads;
    readonly anchor: number;
    readonly head: number;
  }
  | null;

/** Asks that concern one space. */
interface InSpace {
  readonly space: SpaceId;
}

/** What a tab or the command line may ask of the node, each with what it is answered. */
export interface Commands {
  /** `space` is the one to show; without it, or when there is none of that id, the first. */
  "snapshot": { ask: { space?: SpaceId }; answer: Snapshot };
  "peers": { ask: Record<never, never>; answer: readonly PeerView[] };
  /** The person's name and colour, in every space. */
  "profile.set": { ask: { name: string; colour?: number }; answer: SelfView };

  "space.create": { ask: { name: string }; answer: SpaceView };
  /** One cannot come back by oneself. The last admin makes another one first. */
  "space.leave": { ask: InSpace; answer: Record<never, never> };
  /** Takes a space that one has left, or was removed from, off this device. */
  "space.forget": { ask: InSpace; answer: Record<never, never> };
  "member.remove": { ask: InSpace & { peer: PeerId }; answer: Record<never, never> };
  "member.role": { ask: InSpace & { peer: PeerId; role: Role }; answer: Record<never, never> };

  /** Makes a link that lets one person in, once, within `hours` (24). */
  "invite.link": {
    ask: InSpace & { role?: Role; hours?: number };
    answer: { link: string; expiresAt: number };
  };
  /** Shows a code of eight digits for five minutes, in place of one that is shown. */
  "invite.code": { ask: InSpace & { role?: Role }; answer: CodeView };
  "invite.hide": { ask: Record<never, never>; answer: Record<never, never> };
  /** Answered when this person is in, or with `null` when nobody who can let them in is near yet. */
  "join.link": { ask: { link: string }; answer: { space: SpaceView | null } };
  "join.code": { ask: { code: string }; answer: { space: SpaceView } };
  /** Asks a person in the lobby for a private space of two; gives the words that both see. */
  "direct.ask": { ask: { peer: PeerId }; answer: AskView };
  /** Answers such a request, or takes one's own back (`accept` false). */
  "direct.answer": {
    ask: { peer: PeerId; accept: boolean };
    answer: { space: SpaceView | null };
  };

  /** Five words that this person and `peer` both see. */
  "person.words": { ask: { peer: PeerId }; answer: { words: readonly string[] } };
  "person.verify": { ask: { peer: PeerId; verified: boolean }; answer: Record<never, never> };
  "person.mute": { ask: { peer: PeerId; muted: boolean }; answer: Record<never, never> };
  /** What is kept in a space for a person, here and elsewhere. */
  "person.waiting": { ask: InSpace & { peer: PeerId }; answer: WaitingView };
  "notice.dismiss": { ask: { notice: number }; answer: Record<never, never> };
  /** Makes all that is shown anew from the signed changes, but for `failed` documents. */
  "rebuild": {
    ask: Record<never, never>;
    answer: { documents: number; changes: number; failed: number };
  };

  "channel.create": { ask: InSpace & { name: string }; answer: ChannelView };
  /** Messages in order of time: the newest page, or the page before or after a message. */
  "message.list": {
    ask: InSpace & { channel: ChannelId; before?: MessageId; after?: MessageId; limit?: number };
    answer: { messages: readonly MessageView[]; more: boolean };
  };
  "message.send": { ask: InSpace & { channel: ChannelId; text: string }; answer: MessageView };
  /** Finds messages that have all the words of `text`; newest first, some tens at most. */
  "message.search": {
    ask: InSpace & { text: string; channel?: ChannelId };
    /** `partial`: much has come just now and is not looked through yet. */
    answer: { messages: readonly MessageView[]; partial: boolean };
  };
  "message.holders": {
    ask: InSpace & { channel: ChannelId; message: MessageId };
    answer: { holders: readonly PeerId[] };
  };
  "read.mark": { ask: InSpace & { channel: ChannelId; message: MessageId }; answer: ChannelView };
  "note.create": { ask: InSpace & { title: string }; answer: NoteView };
  "note.rename": { ask: InSpace & { note: NoteId; title: string }; answer: NoteView };
  "note.open": {
    ask: InSpace & { note: NoteId };
    answer: NoteText & { cursors: readonly CursorView[] };
  };
  /**
   * Applies splices made at `heads`. `heads` of the answer are those of the asker's own branch, so more
   * can be sent at once; `merged` brings a tab without unsent keys from there to the common text.
   */
  "note.edit": {
    ask: InSpace & { note: NoteId; heads: Heads; splices: readonly Splice[] };
    answer: { heads: Heads; merged: NoteMerge };
  };
  /** What brings the text at `heads` to the common text. */
  "note.merge": {
    ask: InSpace & { note: NoteId; heads: Heads };
    answer: { merged: NoteMerge; cursors: readonly CursorView[] };
  };
  /** Where the person is; in other spaces they are nowhere then. */
  "place.set": { ask: InSpace & { place: Place }; answer: Record<never, never> };
}

export type CommandType = keyof Commands;

/** A command as it travels. */
export type Command = {
  [T in CommandType]: { readonly type: T } & Commands[T]["ask"];
}[CommandType];

/** What the command of type `T` is answered. */
export type Answer<T extends CommandType> = Commands[T]["answer"];

/**
 * A request over the local API. `id` is unique and chosen by the asker (1 to 64 of `[A-Za-z0-9_-]`): a
 * writing command sent again under the same id, after a cut say, is done once and answered the same.
 */
export interface Request {
  readonly id: string;
  readonly command: Command;
}

/** Why a command was not done. `fault`: this node cannot now (disk full); `refused`: never as it is. */
export interface Refusal {
  readonly code: "refused" | "unknown" | "fault";
  readonly text: string;
}

/** The node's answer to a {@linkcode Request}. */
export type Response =
  | { readonly id: string; readonly answer: unknown }
  | { readonly id: string; readonly refusal: Refusal };
