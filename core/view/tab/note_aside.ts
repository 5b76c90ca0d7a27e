import type { NoteId } from "../../base/ids.ts";
import { keysWith, type TextStorage, tryKeep } from "./text_storage.ts";

/** A text that could not go into its note, kept in this browser until the person lets it go. */
export interface Aside {
  readonly key: string;
  readonly text: string;
  /** When it was put here, in milliseconds since 1970. */
  readonly at: number;
}

function prefix(note: NoteId): string {
  return `earshot.aside.${note}.`;
}

/** What is kept aside of a note, the oldest first. */
export function asidesOf(storage: TextStorage, note: NoteId): Aside[] {
  return keysWith(storage, prefix(note)).map((key) => ({
    key,
    text: storage.getItem(key) ?? "",
    at: Number(key.split(".").at(3)),
  })).sort((one, other) => one.at - other.at);
}

/** Keeps a text aside; gives whether there was room. */
export function setAside(
  storage: TextStorage,
  note: NoteId,
  text: string,
  at: number,
  id: string,
): boolean {
  return tryKeep(storage, `${prefix(note)}${at}.${id}`, text);
}

/** Lets a text go. */
export function discardAside(storage: TextStorage, { key }: Aside): void {
  storage.removeItem(key);
}
