import type { MessageId } from "../../base/ids.ts";
import type { MessageView } from "../view.ts";

/** Messages in order of id, which is their order in time, each once. */
export type MessageList = readonly MessageView[];

/** Puts messages into a list; one that is there already is replaced. */
export function mergeMessages(list: MessageList, added: MessageList): MessageList {
  const newest = list.at(-1);
  const first = added[0];
  if (added.length === 1 && first && (!newest || first.id > newest.id)) return [...list, first];
  const byId = new Map(list.map((message) => [message.id, message]));
  for (const message of added) byId.set(message.id, message);
  return [...byId.values()].sort((a, b) => a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Notes how many other nodes hold some messages; the rest stay the same objects. */
export function markHeld(
  list: MessageList,
  held: readonly (readonly [MessageId, number])[],
): MessageList {
  const counts = new Map(held);
  if (!list.some(({ id }) => counts.has(id))) return list;
  return list.map((message) => {
    const heldBy = counts.get(message.id);
    return heldBy === undefined || heldBy === message.heldBy ? message : { ...message, heldBy };
  });
}
