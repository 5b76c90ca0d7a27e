import { useEffect, useRef, useState } from "preact/hooks";
import type { PeerId } from "../../base/ids.ts";
import { isolated, type Shown } from "../people_words.ts";
import type { MessageView } from "../view.ts";

/** So much of a message is said by a screen reader, in UTF-16 units; the list has the rest. */
const MAX_SPOKEN_UNITS = 200;

interface AnnouncerProps {
  readonly newest: MessageView | undefined;
  readonly self: PeerId;
  readonly author: (peer: PeerId) => Shown;
}

/** Has a screen reader say messages of others as they come, and none that were there before. */
export function Announcer({ newest, self, author }: AnnouncerProps) {
  const [said, say] = useState("");
  const last = useRef(newest?.id);
  useEffect(() => {
    const before = last.current;
    last.current = newest?.id;
    if (!newest || !before || newest.id <= before || newest.author === self) return;
    const text = newest.text.slice(0, MAX_SPOKEN_UNITS);
    say(`${isolated(author(newest.author).name)}: ${isolated(text)}`);
  }, [newest?.id]);
  return <div class="hidden" role="status">{said}</div>;
}
