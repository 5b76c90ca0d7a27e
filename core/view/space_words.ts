import type { Role } from "../base/role.ts";
import { isolated } from "./people_words.ts";
import type { PersonView, ProgressView, Snapshot, SpaceView } from "./view.ts";

/** What a role lets one do, from the highest down. */
export const ROLE_WORDS: { readonly [R in Role]: string } = {
  admin: "Admin",
  member: "Member",
  reader: "Reader",
};

/** The same in a sentence. */
export const ROLE_MEANINGS: { readonly [R in Role]: string } = {
  admin: "reads, writes, invites and removes people",
  member: "reads and writes",
  reader: "only reads",
};

/** Those of the people of a private space who are members now; without oneself. */
export function membersOf(people: readonly PersonView[]): readonly PersonView[] {
  return people.filter(({ role }) => role !== null);
}

/** Whom one is in a space with: of one that one is not in any more, nobody. */
export function othersIn(
  { kind, role }: SpaceView,
  people: readonly PersonView[],
): readonly PersonView[] {
  if (kind === "lobby") return people;
  return role === null ? [] : membersOf(people);
}

/** Whether this person writes in a space. */
export function mayWrite({ kind, role }: SpaceView): boolean {
  return kind === "lobby" || role === "admin" || role === "member";
}

/** Who can read what is in a space, to stand beside its name; `brief` where there is little room. */
export function openWords(
  space: SpaceView,
  people: readonly PersonView[],
  brief = false,
): string {
  if (space.kind === "lobby") return `open to everyone ${brief ? "here" : "on this network"}`;
  if (space.role === null) return "read-only";
  if (space.kind === "direct") return `only you and ${isolated(space.name)}`;
  const members = membersOf(people).length + 1;
  return members === 1 ? "only you" : `only its ${members} members`;
}

/** Who sees what is made in a space, to end "Everyone …". */
export function seenBy({ kind, name }: SpaceView): string {
  if (kind === "lobby") return "in the lobby";
  return kind === "direct" ? `of you two` : `in ${isolated(name)}`;
}

/** Why this person cannot write in a space, or `null` when they can. */
export function cannotWrite(space: SpaceView, notices: Snapshot["notices"]): string | null {
  if (mayWrite(space)) return null;
  if (space.role === "reader") return "You are a reader here: an admin can let you write.";
  // Of one who left, nobody made a notice.
  const removed = notices.some((notice) => notice.kind === "removed" && notice.space === space.id);
  return `${
    removed ? "You were removed from this space." : "You are not in this space any more."
  } ` +
    "What is here stays on this device.";
}

/** How far it is with what comes from a person's machine. */
export function progressWords({ missing, total }: ProgressView, name: string): string {
  const [come, all] = [total - missing, total].map((count) => count.toLocaleString("en"));
  return `Getting ${come} of ${all} changes from ${name}`;
}

/** How many devices are to hear of a removal still; `null` when all have. */
export function unheardWords(unheard: number): string | null {
  if (unheard === 0) return null;
  return unheard === 1
    ? "1 device has not heard of the last removal yet"
    : `${unheard} devices have not heard of the last removal yet`;
}
