import { useEffect, useRef, useState } from "preact/hooks";
import type { PeerId } from "../../base/ids.ts";
import { isolated, type Shown } from "../people_words.ts";
import type { MessageView } from "../view.ts";

/** So much of a message is said by a screen reader, in UTF-16 units; the list has the rest. */
const MAX_SPOKEN_UNITS = 200;

interface AnnouncerProps {
  /** Whether the messages that were there before are known. */
  readonly ready: boolean;
  readonly newest: MessageView | undefined;
  readonly self: PeerId;
  readonly author: (peer: PeerId) => Shown;
}

/** Has a screen reader say messages of others as they come, and none that were there before. */
export function Announcer({ ready, newest, self, author }: AnnouncerProps) {
  const [said, say] = useState("");
  /** The newest message so far; empty while there is none, `null` while none is known. */
  const last = useRef<string | null>(null);
  useEffect(() => {
    if (!ready) return;
    const before = last.current;
    last.current = newest?.id ?? "";
    if (!newest || before === null || newest.id <= before || newest.author === self) return;
    if (author(newest.author).muted) return;
    const text = newest.text.slice(0, MAX_SPOKEN_UNITS);
    say(`${isolated(author(newest.author).name)}: ${isolated(text)}`);
  }, [ready, newest?.id]);
  return <div class="hidden" role="status">{said}</div>;
}
