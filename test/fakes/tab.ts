import type { ChannelId, MessageId, NoteId, PeerId, SpaceId } from "../../core/base/ids.ts";
import { Connection } from "../../core/view/tab/connection.ts";
import { TabSession } from "../../core/view/tab/tab_session.ts";
import { MemoryStorage, type TextStorage } from "../../core/view/tab/text_storage.ts";
import { unknownPerson } from "../../core/view/people_words.ts";
import type {
  ChannelView,
  MessageView,
  PersonView,
  Snapshot,
  SpaceView,
} from "../../core/view/view.ts";
import { FakeClock } from "./clock.ts";
import { seededBytes } from "./random.ts";
import { FakeLine } from "./tab_socket.ts";

/** Ids by number, for tests. */
export const channelId = (n: number) => n.toString(16).padStart(16, "0") as ChannelId;
export const messageId = (n: number) => n.toString(16).padStart(32, "0") as MessageId;
export const noteId = (n: number) => n.toString(16).padStart(32, "0") as NoteId;
export const peerId = (n: number) => n.toString(16).padStart(64, "0") as PeerId;

export const spaceId = (n: number) => n.toString(16).padStart(32, "0") as SpaceId;

/** The space open to the network. */
export const LOBBY = spaceId(0);

/** The peer of the tab's own node. */
export const SELF = peerId(1);

export function channel(n: number, changes: Partial<ChannelView> = {}): ChannelView {
  return { id: channelId(n), name: `c${n}`, unread: 0, readTo: null, lastAt: 0, ...changes };
}

/** Message number `n` of channel 1, a minute after the one before it. */
export function message(n: number, changes: Partial<MessageView> = {}): MessageView {
  return {
    id: messageId(n),
    channel: channelId(1),
    author: peerId(2),
    text: `text ${n}`,
    at: 1_700_000_000_000 + n * 60_000,
    ...changes,
  };
}

export function person(n: number, changes: Partial<PersonView> = {}): PersonView {
  return { ...unknownPerson(peerId(n)), name: `p${n}`, colour: n % 12, here: true, ...changes };
}

/** Space number `n`, a private one; 0 is the lobby. */
export function space(n: number, changes: Partial<SpaceView> = {}): SpaceView {
  return {
    id: spaceId(n),
    name: n === 0 ? "Lobby" : `s${n}`,
    kind: n === 0 ? "lobby" : "private",
    role: n === 0 ? "member" : "admin",
    unread: 0,
    unheard: 0,
    peer: null,
    progress: null,
    ...changes,
  };
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    version: "0.1.0",
    self: { peer: SELF, name: "Me", colour: 0, suggestedName: "me" },
    spaces: [space(0)],
    space: space(0),
    channels: [channel(1)],
    notes: [],
    people: [person(2)],
    code: null,
    asks: [],
    notices: [],
    fault: null,
    ...changes,
  };
}

/** A session on a line worked by hand. */
export function fakeTab(storage: TextStorage = new MemoryStorage(), seed = 1) {
  const line = new FakeLine();
  const clock = new FakeClock();
  const connection = new Connection({ open: line.open, clock, random: seededBytes(seed) });
  const session = new TabSession({ connection, storage, clock });
  return { line, clock, connection, session, storage };
}
