import type { ChannelId, MessageId, NoteId } from "../base/ids.ts";
import type {
  ChannelView,
  CursorView,
  Heads,
  MessageView,
  NoteMerge,
  NoteText,
  NoteView,
  PeerView,
  SelfView,
  Snapshot,
  Splice,
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

/** What a tab or the command line may ask of the node, each with what it is answered. */
export interface Commands {
  "snapshot": { ask: Record<never, never>; answer: Snapshot };
  "peers": { ask: Record<never, never>; answer: readonly PeerView[] };
  "profile.set": { ask: { name: string; colour?: number }; answer: SelfView };
  "channel.create": { ask: { name: string }; answer: ChannelView };
  /** Messages in order of time: the newest page, or the page before or after a message. */
  "message.list": {
    ask: { channel: ChannelId; before?: MessageId; after?: MessageId; limit?: number };
    answer: { messages: readonly MessageView[]; more: boolean };
  };
  "message.send": { ask: { channel: ChannelId; text: string }; answer: MessageView };
  "read.mark": { ask: { channel: ChannelId; message: MessageId }; answer: ChannelView };
  "note.create": { ask: { title: string }; answer: NoteView };
  "note.rename": { ask: { note: NoteId; title: string }; answer: NoteView };
  "note.open": { ask: { note: NoteId }; answer: NoteText & { cursors: readonly CursorView[] } };
  /**
   * Applies splices made at `heads`. `heads` of the answer are those of the asker's own branch, so more
   * can be sent at once; `merged` brings a tab without unsent keys from there to the common text.
   */
  "note.edit": {
    ask: { note: NoteId; heads: Heads; splices: readonly Splice[] };
    answer: { heads: Heads; merged: NoteMerge };
  };
  /** What brings the text at `heads` to the common text. */
  "note.merge": {
    ask: { note: NoteId; heads: Heads };
    answer: { merged: NoteMerge; cursors: readonly CursorView[] };
  };
  "place.set": { ask: { place: Place }; answer: Record<never, never> };
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
