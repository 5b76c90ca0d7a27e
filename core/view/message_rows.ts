import type { MessageId, PeerId } from "../base/ids.ts";
import type { MessageView } from "./view.ts";

/** Messages of one author that follow each other within this time stand together, in milliseconds. */
export const GROUP_MS = 5 * 60 * 1000;

/** What a channel shows, from top to bottom. `head`: with its author's name above. */
export type Row =
  | { readonly type: "day"; readonly at: number }
  | { readonly type: "new" }
  | { readonly type: "message"; readonly message: MessageView; readonly head: boolean };

/** The first message of others after the read mark, before which the line "New" stands. */
export function firstNew(
  messages: readonly MessageView[],
  self: PeerId,
  readTo: MessageId | null,
): MessageId | null {
  if (readTo === null) return null;
  return messages.find(({ id, author }) => id > readTo && author !== self)?.id ?? null;
}

/**
 * Lays out messages: a line for each day, the line "New" before the message `newFrom`, and groups of one
 * author. `dayOf` names the day of a time in the person's own time zone.
 */
export function messageRows(
  messages: readonly MessageView[],
  newFrom: MessageId | null,
  dayOf: (at: number) => string,
): readonly Row[] {
  const rows: Row[] = [];
  let before: MessageView | undefined;
  let day = "";
  for (const message of messages) {
    const messageDay = dayOf(message.at);
    let head = !before || before.author !== message.author ||
      Math.abs(message.at - before.at) > GROUP_MS;
    if (messageDay !== day) {
      rows.push({ type: "day", at: message.at });
      head = true;
    }
    if (message.id === newFrom) {
      rows.push({ type: "new" });
      head = true;
    }
    rows.push({ type: "message", message, head });
    before = message;
    day = messageDay;
  }
  return rows;
}
