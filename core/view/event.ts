import type { ChannelId, MessageId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import type {
  AskView,
  ChannelView,
  CodeView,
  CursorView,
  Heads,
  MessageView,
  NoteView,
  NoticeView,
  PersonView,
  SelfView,
  SpaceView,
} from "./view.ts";

/** What happens in one space. */
export type SpaceEvent =
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
  | { readonly type: "person"; readonly person: PersonView }
  /** Who is typing in a channel now, others only. */
  | { readonly type: "typing"; readonly channel: ChannelId; readonly peers: readonly PeerId[] }
  /** Much is different (a rebuild, a dispute, a mute): a tab that shows the space asks for it anew. */
  | { readonly type: "reset" };

/** What happens to this node as a whole. */
export type NodeEvent =
  | { readonly type: "self"; readonly self: SelfView }
  /** A space is new, or its view is different. */
  | { readonly type: "space"; readonly view: SpaceView }
  | { readonly type: "space.gone"; readonly id: SpaceId }
  | { readonly type: "code"; readonly code: CodeView | null }
  | { readonly type: "asks"; readonly asks: readonly AskView[] }
  | { readonly type: "notices"; readonly notices: readonly NoticeView[] }
  /** What hinders this node now, in plain words, or `null` when it is over. */
  | { readonly type: "fault"; readonly text: string | null };

/** What the node tells its tabs, as it happens. */
export type Event = NodeEvent | (SpaceEvent & { readonly space: SpaceId });

/** What travels from the node to a tab besides responses. */
export interface Told {
  readonly event: Event;
}
