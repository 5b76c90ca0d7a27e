import { useMemo } from "preact/hooks";
import type { Shown } from "../people_words.ts";
import { initials, LARGE_MARK_SIZE, MARK_RINGS, ringPath } from "../person_mark.ts";

/** A person's mark with more of their key in it, to be looked at closely. */
export function LargeMark({ person: { peer, name, colour } }: { person: Shown }) {
  const rings = useMemo(
    () =>
      Array.from({ length: MARK_RINGS }, (_, ring) => ringPath(peer, ring, LARGE_MARK_SIZE))
        .join(""),
    [peer],
  );
  return (
    <span class={`person-mark large-mark hue-${colour}`} aria-hidden="true">
      <svg viewBox={`0 0 ${LARGE_MARK_SIZE} ${LARGE_MARK_SIZE}`}>
        <path d={rings} />
      </svg>
      <span class="person-initials">{initials(name)}</span>
    </span>
  );
}
