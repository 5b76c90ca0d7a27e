import type { ChannelId, SpaceId } from "../core/base/ids.ts";
import { GROUP_MS } from "../core/view/message_rows.ts";
import { PendingItem } from "../core/view/parts/PendingItem.tsx";
import type { Shown } from "../core/view/people_words.ts";
import { useTab } from "../core/view/tab/session_context.ts";
import type { MessageView } from "../core/view/view.ts";

interface PendingMessagesProps {
  readonly space: SpaceId;
  readonly channel: ChannelId;
  readonly author: Shown;
  /** The message above the first. */
  readonly newest: MessageView | undefined;
  readonly onFold: () => void;
}

/** One's own messages that the node has not taken yet, or refused. */
export default function PendingMessages(props: PendingMessagesProps) {
  const { space, channel, author, newest, onFold } = props;
  const { session } = useTab();
  const connected = session.connection.value === "connected";
  const joins = newest?.author === author.peer;
  return (
    <>
      {session.outbox.waiting(space, channel).map((entry, index) => (
        <PendingItem
          key={entry.id}
          entry={entry}
          author={author}
          head={index === 0 && !(joins && entry.at - newest.at < GROUP_MS)}
          connected={connected}
          onFold={onFold}
          onEdit={({ id, command }) => {
            if (command.type === "message.send") {
              session.drafts.putBack(space, channel, command.text);
            }
            session.outbox.discard(id);
          }}
          onAgain={({ id }) => session.outbox.again(id)}
          onDiscard={({ id }) => session.outbox.discard(id)}
        />
      ))}
    </>
  );
}
