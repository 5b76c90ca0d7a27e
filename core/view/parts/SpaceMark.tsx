import { initials } from "../person_mark.ts";
import { COLOURS, type PersonView, type SpaceView } from "../view.ts";
import { EarshotMark } from "./EarshotMark.tsx";
import { Icon } from "./Icon.tsx";
import { PersonMark } from "./PersonMark.tsx";

interface SpaceMarkProps {
  readonly space: SpaceView;
  /** In a direct one: the other person, where known. */
  readonly person: PersonView | undefined;
}

/** A colour for who or what has not chosen one, always the same. */
function colourOf(id: string): number {
  return (parseInt(id.slice(0, 2), 16) || 0) % COLOURS;
}

/** A space's mark: Earshot's for the lobby, a person's for a direct one, else a tile with a lock. */
export function SpaceMark({ space: { id, kind, name, peer, role }, person }: SpaceMarkProps) {
  if (kind === "lobby") {
    return (
      <span class="space-mark space-mark-lobby" aria-hidden="true">
        <EarshotMark />
      </span>
    );
  }
  if (kind === "direct" && peer) {
    return (
      <span class="space-mark" aria-hidden="true">
        <PersonMark
          peer={peer}
          name={name}
          colour={person?.colour ?? colourOf(peer)}
          here={role !== null && person?.here !== false}
        />
      </span>
    );
  }
  return (
    <span class={`space-mark space-mark-private hue-${colourOf(id)}`} aria-hidden="true">
      <span>{initials(name)}</span>
      <span class="space-lock">
        <Icon name="lock" />
      </span>
    </span>
  );
}
