import { parseChannelId, parseMessageId, parseNoteId, parsePeerId } from "../../core/base/ids.ts";
import { parseSpaceId } from "../../core/base/ids.ts";
import type { MessageView, Snapshot } from "../../core/view/view.ts";

export const ME = parsePeerId("aa".repeat(32));
export const ANA = parsePeerId("bb".repeat(32));
export const GENERAL = parseChannelId("01".repeat(8));
export const SHOPPING = parseNoteId("02".repeat(16));

/** A small space with one other person, one channel and one note. */
export function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return {
    version: "0.1.0",
    self: { peer: ME, name: "Me", colour: 0, suggestedName: "me" },
    space: { id: parseSpaceId("00".repeat(16)), name: "Lobby", open: true },
    channels: [{ id: GENERAL, name: "general", unread: 0, readTo: null, lastAt: 0 }],
    notes: [{ id: SHOPPING, title: "Shopping", changedAt: 5 }],
    people: [{ peer: ANA, name: "Ana", colour: 1, here: true, lastSeenAt: 0 }],
    fault: null,
    ...more,
  };
}

/** The `index`th message of the channel general, by Ana. */
export function message(index: number, text = `message ${index}`): MessageView {
  const id = parseMessageId(index.toString(16).padStart(16, "0") + ANA.slice(0, 16));
  return { id, channel: GENERAL, author: ANA, text, at: index };
}
