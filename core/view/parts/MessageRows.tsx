import type { PeerId } from "../../base/ids.ts";
import type { Row } from "../message_rows.ts";
import type { Shown } from "../people_words.ts";
import { dayWords } from "../when.ts";
import { MessageItem } from "./MessageItem.tsx";

interface MessageRowsProps {
  readonly rows: readonly Row[];
  readonly author: (peer: PeerId) => Shown;
  readonly onFold: () => void;
}

/** Messages with their day lines and the line "New". */
export function MessageRows({ rows, author, onFold }: MessageRowsProps) {
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
          case "message":
            return (
              <MessageItem
                key={row.message.id}
                message={row.message}
                author={author(row.message.author)}
                head={row.head}
                onFold={onFold}
              />
            );
        }
      })}
    </>
  );
}
