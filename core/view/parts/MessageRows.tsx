import type { MessageId, PeerId } from "../../base/ids.ts";
import type { Row } from "../message_rows.ts";
import type { Shown } from "../people_words.ts";
import { dayWords } from "../when.ts";
import { MessageItem } from "./MessageItem.tsx";
import { MutedRow } from "./MutedRow.tsx";

interface MessageRowsProps {
  readonly rows: readonly Row[];
  readonly self: PeerId;
  readonly author: (peer: PeerId) => Shown;
  readonly onFold: () => void;
  readonly onPerson: (peer: PeerId) => void;
  /** How many others could hold a message, where that is known. */
  readonly others: number | null;
  readonly onHolders: (message: MessageId) => void;
}

/** Messages with their day lines and the line "New". */
export function MessageRows(
  { rows, self, author, onFold, onPerson, others, onHolders }: MessageRowsProps,
) {
  const now = Date.now();
  return (
    <>
      {rows.map((row) => {
        switch (row.type) {
          case "day":
            return (
              <li key={`day ${row.at}`} class="day-line">
                <span>{dayWords(row.at, now)}</span>
              </li>
            );
          case "new":
            return (
              <li key="new" class="new-line">
                <span>New</span>
              </li>
            );
          case "muted":
            return (
              <MutedRow
                key={`muted ${row.messages[0]?.id}`}
                messages={row.messages}
                author={author}
                onFold={onFold}
                onPerson={onPerson}
              />
            );
          case "message":
            return (
              <MessageItem
                key={row.message.id}
                message={row.message}
                author={author(row.message.author)}
                head={row.head}
                others={others}
                onHolders={onHolders}
                onFold={onFold}
                onPerson={row.message.author === self ? undefined : onPerson}
              />
            );
        }
      })}
    </>
  );
}
