import { openWords } from "../space_words.ts";
import type { PersonView, SpaceView } from "../view.ts";
import { Icon } from "./Icon.tsx";

interface SpaceFactsProps {
  readonly space: SpaceView;
  readonly people: readonly PersonView[];
  /** Whether there is little room. */
  readonly brief?: boolean;
}

/** Who can read what is in a space, with a lock where not everyone can. */
export function SpaceFacts({ space, people, brief = false }: SpaceFactsProps) {
  const open = space.kind === "lobby";
  return (
    <span class={open ? "space-facts space-open" : "space-facts"}>
      {!open && <Icon name="lock" />}
      {openWords(space, people, brief)}
    </span>
  );
}
