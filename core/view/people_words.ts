import type { PeerId } from "../base/ids.ts";
import type { PersonView, SelfView } from "./view.ts";

/** Said of a peer of whom no name came yet. */
export const UNNAMED = "Someone new";

/** A peer as it is shown beside what it wrote. */
export type Shown = Pick<
  PersonView,
  "peer" | "name" | "colour" | "here" | "verified" | "muted" | "newKey" | "alike"
>;

/** A peer of whom nothing is known. */
export function unknownPerson(peer: PeerId): PersonView {
  return {
    peer,
    name: UNNAMED,
    colour: 0,
    here: false,
    lastSeenAt: 0,
    role: null,
    verified: false,
    muted: false,
    newKey: false,
    alike: [],
    replaces: null,
    disputed: false,
  };
}

/** This person as others are shown. */
export function shownSelf({ peer, name, suggestedName, colour }: SelfView): Shown {
  return { ...unknownPerson(peer), name: name ?? suggestedName, colour, here: true };
}

/** Finds how to show the author of something: this person, a known one, or one still unknown. */
export function shownPerson(peer: PeerId, self: SelfView, people: readonly PersonView[]): Shown {
  if (peer === self.peer) return shownSelf(self);
  return people.find((one) => one.peer === peer) ?? unknownPerson(peer);
}

/** People here first, then by name. */
export function inOrder(people: readonly PersonView[]): readonly PersonView[] {
  return people.toSorted((a, b) =>
    Number(b.here) - Number(a.here) || a.name.localeCompare(b.name) || (a.peer < b.peer ? -1 : 1)
  );
}

/** Who is here now, in plain words. `connected`: whether this machine's own node is. */
export function presenceWords(people: readonly PersonView[], connected: boolean): string {
  if (!connected) return "Waiting for Earshot";
  const here = people.filter((person) => person.here).length;
  if (here > 0) return `${here} other${here === 1 ? "" : "s"} here now`;
  return people.length === 0 ? "No one else here yet" : "No one else here now";
}

/** Puts a name into a sentence without its direction turning the sentence (Unicode FSI … PDI). */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** Said of a person whose name was known with another key. */
export function newKeyWords(name: string): string {
  return `This is not the key that ${isolated(name)} had before.`;
}

/** Who is typing, in plain words; `null` when nobody is. */
export function typingWords(names: readonly string[]): string | null {
  const [first, second] = names.map(isolated);
  if (!first) return null;
  if (!second) return `${first} is typing…`;
  return names.length === 2 ? `${first} and ${second} are typing…` : "Several people are typing…";
}
