import type { MessageId, PeerId } from "../base/ids.ts";
import type { MessageView } from "./view.ts";

/** Messages of one author that follow each other within this time stand together, in milliseconds. */
export const GROUP_MS = 5 * 60 * 1000;

/** What a channel shows, from top to bottom. `head`: with its author's name above. */
export type Row =
  | { readonly type: "day"; readonly at: number }
  | { readonly type: "new" }
  /** Messages that follow each other, all by people who are muted. */
  | { readonly type: "muted"; readonly messages: readonly MessageView[] }
  | { readonly type: "message"; readonly message: MessageView; readonly head: boolean };

/** What decides where the unread begin. */
export interface Reading {
  readonly messages: readonly MessageView[];
  /** Whether there are older messages than these. */
  readonly more: boolean;
  readonly self: PeerId;
  readonly readTo: MessageId | null;
  readonly unread: number;
  /** Whether the person sees new messages as they come. */
  readonly following: boolean;
}

/**
 * The message before which the line "New" stands. Once there, it stays where it is until the person writes;
 * while the person follows, none comes. A channel that was never read has none: all would be new.
 */
export function nextNewFrom(before: MessageId | null, reading: Reading): MessageId | null {
  const { messages, self } = reading;
  const from = before ?? (reading.following ? null : firstNew(reading));
  return messages.some(({ id, author }) => from && author === self && id > from) ? null : from;
}

function firstNew({ messages, more, self, readTo, unread }: Reading): MessageId | null {
  if (readTo === null || unread === 0) return null;
  const at = messages.findIndex(({ id, author }) => id > readTo && author !== self);
  // Further up than what is loaded.
  if (at === 0 && more) return null;
  return messages[at]?.id ?? null;
}

/**
 * Lays out messages: a line for each day, the line "New" before the message `newFrom`, and groups of one
 * author. `dayOf` names the day of a time in the person's own time zone. What the `muted` say is folded.
 */
export function messageRows(
  messages: readonly MessageView[],
  newFrom: MessageId | null,
  dayOf: (at: number) => string,
  muted: ReadonlySet<PeerId> = new Set(),
): readonly Row[] {
  const rows: Row[] = [];
  let folded: MessageView[] = [];
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
    if (!muted.has(message.author)) rows.push({ type: "message", message, head });
    else if (rows.at(-1)?.type === "muted") folded.push(message);
    else rows.push({ type: "muted", messages: folded = [message] });
    before = message;
    day = messageDay;
  }
  return rows;
}
