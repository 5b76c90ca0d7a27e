import { parseChannelId, parseMessageId, parseNoteId, parsePeerId } from "../../core/base/ids.ts";
import { parseSpaceId } from "../../core/base/ids.ts";
import { unknownPerson } from "../../core/view/people_words.ts";
import type { MessageView, PersonView, Snapshot, SpaceView } from "../../core/view/view.ts";

export const ME = parsePeerId("aa".repeat(32));
export const ANA = parsePeerId("bb".repeat(32));
export const GENERAL = parseChannelId("01".repeat(8));
export const SHOPPING = parseNoteId("02".repeat(16));

/** The space open to the network. */
export const LOBBY_VIEW: SpaceView = {
  id: parseSpaceId("00".repeat(16)),
  name: "Lobby",
  kind: "lobby",
  role: "member",
  unread: 0,
  unheard: 0,
  peer: null,
  progress: null,
};

/** A private space of which this person is an admin. */
export const CREW: SpaceView = {
  ...LOBBY_VIEW,
  id: parseSpaceId("11".repeat(16)),
  name: "Crew",
  kind: "private",
  role: "admin",
};

/** Another person, of whom nothing is special. */
export const PERSON: PersonView = { ...unknownPerson(ANA), name: "Ana", colour: 1, here: true };

/** A small space with one other person, one channel and one note. */
export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    version: "0.1.0",
    self: { peer: ME, name: "Me", colour: 0, suggestedName: "me" },
    spaces: [LOBBY_VIEW],
    space: LOBBY_VIEW,
    channels: [{ id: GENERAL, name: "general", unread: 0, readTo: null, lastAt: 0 }],
    notes: [{ id: SHOPPING, title: "Shopping", changedAt: 5 }],
    people: [PERSON],
    code: null,
    asks: [],
    notices: [],
    fault: null,
    ...more,
  };
}

/** The `index`th message of the channel general, by Ana. */
export function message(index: number, text = `message ${index}`): MessageView {
  const id = parseMessageId(index.toString(16).padStart(16, "0") + ANA.slice(0, 16));
  return { id, channel: GENERAL, author: ANA, text, at: index };
}
