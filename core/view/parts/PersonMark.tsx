import { useMemo } from "preact/hooks";
import type { PeerId } from "../../base/ids.ts";
import { initials, MARK_SIZE, ringPath } from "../person_mark.ts";

interface PersonMarkProps {
  readonly peer: PeerId;
  readonly name: string;
  readonly colour: number;
  /** Whether the person is here now; away is drawn fainter. */
  readonly here?: boolean;
}

/** A person's initials in their colour, in the ring of their key. Beside it stands the name. */
export function PersonMark({ peer, name, colour, here = true }: PersonMarkProps) {
  const ring = useMemo(() => ringPath(peer), [peer]);
  const letters = useMemo(() => initials(name), [name]);
  return (
    <span class={`person-mark hue-${colour}${here ? "" : " away"}`} aria-hidden="true">
      <svg viewBox={`0 0 ${MARK_SIZE} ${MARK_SIZE}`}>
        <path d={ring} />
      </svg>
      <span class="person-initials">{letters}</span>
    </span>
  );
}
