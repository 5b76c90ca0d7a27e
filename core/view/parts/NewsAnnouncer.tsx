import { useEffect, useRef, useState } from "preact/hooks";

/** Something that is read out once, known by its key. */
interface News {
  readonly key: string;
  readonly text: string;
}

/** Has a screen reader say what is new, in its turn, and nothing twice. */
export function NewsAnnouncer({ news }: { news: readonly News[] }) {
  const [said, say] = useState("");
  const known = useRef(new Set<string>());
  useEffect(() => {
    const fresh = news.filter(({ key }) => !known.current.has(key));
    if (fresh.length === 0) return;
    for (const { key } of fresh) known.current.add(key);
    say(fresh.map(({ text }) => text).join(" "));
  }, [news.map(({ key }) => key).join()]);
  return <div class="hidden" role="status">{said}</div>;
}
