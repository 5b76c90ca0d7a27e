import type { SpaceId } from "../base/ids.ts";
import type {
  EntriesMessage,
  LogMessage,
  Message,
  NodeMessage,
  SentEntry,
  SpaceMessage,
} from "../wire/message.ts";

/** What is said in a space besides its membership log. */
export type ContentMessage = Exclude<SpaceMessage, LogMessage | EntriesMessage>;

/** Messages that follow each other and are taken together. */
export type MessageRun =
  | { readonly type: "content"; readonly space: SpaceId; readonly messages: ContentMessage[] }
  | { readonly type: "entries"; readonly space: SpaceId; readonly items: SentEntry[] }
  | { readonly type: "single"; readonly message: LogMessage | NodeMessage };

/** Cuts what one read brought into runs, in order: what follows may speak of what came before it. */
export function messageRuns(messages: readonly Message[]): MessageRun[] {
  const runs: MessageRun[] = [];
  for (const message of messages) {
    const last = runs.at(-1);
    switch (message.type) {
      case "digest":
      case "buckets":
      case "documents":
      case "vectors":
      case "coming":
      case "envelopes":
      case "held":
      case "presence":
      case "relay":
      case "here":
      case "sealed": {
        const { space } = message;
        if (last?.type === "content" && last.space === space) last.messages.push(message);
        else runs.push({ type: "content", space, messages: [message] });
        break;
      }
      case "entries": {
        const { space, items } = message;
        if (last?.type === "entries" && last.space === space) last.items.push(...items);
        else runs.push({ type: "entries", space, items: [...items] });
        break;
      }
      default:
        runs.push({ type: "single", message });
    }
  }
  return runs;
}
