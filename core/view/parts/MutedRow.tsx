import { useState } from "preact/hooks";
import type { PeerId } from "../../base/ids.ts";
import { isolated, type Shown } from "../people_words.ts";
import type { MessageView } from "../view.ts";
import { MessageItem } from "./MessageItem.tsx";

interface MutedRowProps {
  readonly messages: readonly MessageView[];
  readonly author: (peer: PeerId) => Shown;
  readonly onFold: () => void;
  readonly onPerson: (peer: PeerId) => void;
}

/** What muted people said in a row, in one quiet line until the person wants to see it. */
export function MutedRow({ messages, author, onFold, onPerson }: MutedRowProps) {
  const [open, setOpen] = useState(false);
  const authors = new Set(messages.map((message) => message.author));
  const [first] = authors;
  const who = authors.size === 1 && first
    ? `${isolated(author(first).name)}, muted`
    : "people you muted";
  const count = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  return (
    <>
      <li class="muted-line">
        <span>{count} by {who}</span>
        <button
          type="button"
          class="quiet-button"
          aria-expanded={open}
          onClick={() => {
            onFold();
            setOpen(!open);
          }}
        >
          {open ? "Hide" : "Show"}
        </button>
      </li>
      {open && messages.map((message) => (
        <MessageItem
          key={message.id}
          message={message}
          author={author(message.author)}
          head
          onFold={onFold}
          onPerson={onPerson}
        />
      ))}
    </>
  );
}
