import { excerpt } from "../excerpt.ts";
import type { Shown } from "../people_words.ts";
import type { MessageView } from "../view.ts";
import { agoWords, fullWords } from "../when.ts";

interface FoundMessageProps {
  readonly message: MessageView;
  readonly author: Shown;
  /** The name of its channel. */
  readonly channel: string;
  /** What it was found by. */
  readonly query: string;
}

/** A message that a search found: who, where, when, and the words looked for. */
export function FoundMessage({ message, author, channel, query }: FoundMessageProps) {
  const { at, text } = message;
  return (
    <div class="found">
      <p class="found-line">
        <bdi class={`author hue-${author.colour}`}>{author.name}</bdi>
        <bdi class="found-channel">#{channel}</bdi>
        <span class="found-time" title={fullWords(at)}>{agoWords(at, Date.now())}</span>
      </p>
      <p class="found-text" dir="auto">
        {excerpt(text, query).map((piece, index) =>
          piece.found ? <mark key={index}>{piece.text}</mark> : piece.text
        )}
      </p>
    </div>
  );
}
