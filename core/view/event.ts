import type { ChannelId, MessageId, NoteId, PeerId } from "../base/ids.ts";
import type {
  ChannelView,
  CursorView,
  Heads,
  MessageView,
  NoteView,
  PersonView,
  SelfView,
} from "./view.ts";

/** What the node tells its tabs, as it happens. */
export type Event =
  | { readonly type: "message"; readonly message: MessageView }
  /** Own messages that more (or fewer) nodes hold now. */
  | { readonly type: "held"; readonly messages: readonly (readonly [MessageId, number])[] }
  | { readonly type: "channel"; readonly channel: ChannelView }
  | { readonly type: "note"; readonly note: NoteView }
  /** A note's text changed, here or elsewhere; a tab asks `note.merge` when it has no unsent keys. */
  | { readonly type: "note.text"; readonly note: NoteId; readonly heads: Heads }
  /** Cursors of others in a note, in its text at `heads`; a tab at other heads waits for its merge. */
  | {
    readonly type: "cursors";
    readonly note: NoteId;
    readonly heads: Heads;
    readonly cursors: readonly CursorView[];
  }
  | { readonly type: "self"; readonly self: SelfView }
  | { readonly type: "person"; readonly person: PersonView }
  /** Who is typing in a channel now, others only. */
  | { readonly type: "typing"; readonly channel: ChannelId; readonly peers: readonly PeerId[] }
  /** What hinders this node now, in plain words, or `null` when it is over. */
  | { readonly type: "fault"; readonly text: string | null };

/** What travels from the node to a tab besides responses. */
export interface Told {
  readonly event: Event;
}
