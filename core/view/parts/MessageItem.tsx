import type { MessageId, PeerId } from "../../base/ids.ts";
import type { Shown } from "../people_words.ts";
import type { MessageView } from "../view.ts";
import { fullWords, timeWords } from "../when.ts";
import { HeldState } from "./HeldState.tsx";
import { KeyWarning } from "./KeyWarning.tsx";
import { memo } from "./memo.ts";
import { MessageText } from "./MessageText.tsx";
import { PersonMark } from "./PersonMark.tsx";
import { PersonName } from "./PersonName.tsx";

interface AuthorLineProps {
  readonly author: Shown;
  readonly at: number;
  /** Opens the author's card; one's own messages have none. */
  readonly onPerson?: ((peer: PeerId) => void) | undefined;
}

/** The line above the first message of a group. */
export function AuthorLine({ author, at, onPerson }: AuthorLineProps) {
  const { peer, colour, name, newKey } = author;
  return (
    <>
      {newKey && <KeyWarning name={name} />}
      <div class="author-line">
        {onPerson
          ? (
            <button
              type="button"
              class={`author hue-${colour}`}
              aria-haspopup="dialog"
              onClick={() => onPerson(peer)}
            >
              <PersonName person={author} />
            </button>
          )
          : (
            <span class={`author hue-${colour}`}>
              <PersonName person={author} />
            </span>
          )}
        <time dateTime={isoTime(at)} title={fullWords(at)}>{timeWords(at)}</time>
      </div>
    </>
  );
}

function isoTime(at: number): string {
  return Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : "";
}

interface MessageItemProps {
  readonly message: MessageView;
  readonly author: Shown;
  /** Whether the author stands above: the first of a group. */
  readonly head: boolean;
  /** How many others could hold it, where that is known. */
  readonly others?: number | null | undefined;
  /** Asks who holds one's own message. */
  readonly onHolders?: ((message: MessageId) => void) | undefined;
  readonly onFold: () => void;
  /** Opens the author's card; one's own messages have none. */
  readonly onPerson?: ((peer: PeerId) => void) | undefined;
}

function Item(
  { message, author, head, others = null, onFold, onPerson, onHolders }: MessageItemProps,
) {
  const { id, at, text, heldBy } = message;
  return (
    <li class={head ? "message message-head" : "message"} id={`m-${id}`}>
      {head
        ? <MarkButton author={author} onPerson={onPerson} />
        : (
          <time class="side-time" dateTime={isoTime(at)} title={fullWords(at)}>
            {timeWords(at)}
          </time>
        )}
      <div class="message-body">
        {head
          ? <AuthorLine author={author} at={at} onPerson={onPerson} />
          : <bdi class="hidden">{author.name}</bdi>}
        <MessageText text={text} onFold={onFold} />
      </div>
      {heldBy !== undefined && (
        <HeldState
          heldBy={heldBy}
          of={others}
          onAsk={() => onHolders?.(id)}
        />
      )}
    </li>
  );
}

/** The mark is a larger thing to hit; keyboards and screen readers have the name beside it. */
function MarkButton({ author, onPerson }: Pick<AuthorLineProps, "author" | "onPerson">) {
  if (!onPerson) return <PersonMark {...author} />;
  return (
    <span class="mark-button" aria-hidden="true" onClick={() => onPerson(author.peer)}>
      <PersonMark {...author} />
    </span>
  );
}

/** One message in a channel. */
export const MessageItem = memo(Item);
