import type { Shown } from "../people_words.ts";
import type { OutboxEntry } from "../tab/outbox.ts";
import { sendingWords } from "./HeldState.tsx";
import { Icon } from "./Icon.tsx";
import { AuthorLine } from "./MessageItem.tsx";
import { MessageText } from "./MessageText.tsx";
import { PersonMark } from "./PersonMark.tsx";

interface PendingItemProps {
  readonly entry: OutboxEntry;
  readonly author: Shown;
  readonly head: boolean;
  readonly connected: boolean;
  readonly onFold: () => void;
  readonly onEdit: (entry: OutboxEntry) => void;
  readonly onAgain: (entry: OutboxEntry) => void;
  readonly onDiscard: (entry: OutboxEntry) => void;
}

/** One's own message that the node has not taken yet, or refused. */
export function PendingItem({ entry, author, head, connected, onFold, ...on }: PendingItemProps) {
  const { command, at, state, reason } = entry;
  if (command.type !== "message.send") return null;
  const refused = state === "refused";
  return (
    <li class={`message pending${head ? " message-head" : ""}${refused ? " refused" : ""}`}>
      {head ? <PersonMark {...author} /> : <span class="side-time" />}
      <div class="message-body">
        {head && <AuthorLine author={author} at={at} />}
        <MessageText text={command.text} onFold={onFold} />
        {reason && (
          <p class="reason" role="alert">
            <Icon name="warn" />
            {refused ? `Not sent. ${reason}` : reason}
          </p>
        )}
        {refused && (
          <div class="actions">
            <button type="button" class="quiet-button" onClick={() => on.onEdit(entry)}>
              Edit
            </button>
            <button type="button" class="quiet-button" onClick={() => on.onAgain(entry)}>
              Try again
            </button>
            <button type="button" class="quiet-button" onClick={() => on.onDiscard(entry)}>
              Discard
            </button>
          </div>
        )}
      </div>
      {!refused && <span class="held">{sendingWords(entry, connected)}</span>}
    </li>
  );
}
