import type { PeerId } from "../../base/ids.ts";
import type { MessageView } from "../view.ts";
import { fullWords, timeWords } from "../when.ts";
import { HeldState } from "./HeldState.tsx";
import { memo } from "./memo.ts";
import { MessageText } from "./MessageText.tsx";
import { PersonMark } from "./PersonMark.tsx";

/** Who wrote a message, as it is shown. */
export interface Author {
  readonly peer: PeerId;
  readonly name: string;
  readonly colour: number;
}

/** The line above the first message of a group. */
export function AuthorLine({ author, at }: { author: Author; at: number }) {
  return (
    <div class="author-line">
      <bdi class={`author hue-${author.colour}`}>{author.name}</bdi>
      <time dateTime={isoTime(at)} title={fullWords(at)}>{timeWords(at)}</time>
    </div>
  );
}

function isoTime(at: number): string {
  return Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : "";
}

interface MessageItemProps {
  readonly message: MessageView;
  readonly author: Author;
  /** Whether the author stands above: the first of a group. */
  readonly head: boolean;
  readonly onFold: () => void;
}

function Item({ message, author, head, onFold }: MessageItemProps) {
  const { id, at, text, heldBy } = message;
  return (
    <li class={head ? "message message-head" : "message"} id={`m-${id}`}>
      {head
        ? <PersonMark {...author} />
        : (
          <time class="side-time" dateTime={isoTime(at)} title={fullWords(at)}>
            {timeWords(at)}
          </time>
        )}
      <div class="message-body">
        {head ? <AuthorLine author={author} at={at} /> : <bdi class="hidden">{author.name}</bdi>}
        <MessageText text={text} onFold={onFold} />
      </div>
      {heldBy !== undefined && <HeldState heldBy={heldBy} />}
    </li>
  );
}

/** One message in a channel. */
export const MessageItem = memo(Item);
