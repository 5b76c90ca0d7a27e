import type { NoteId } from "../../base/ids.ts";
import { keysUnder, type TextStorage } from "./text_storage.ts";

/** A text that could not go into its note, kept in this browser until the person lets it go. */
export interface Aside {
  readonly key: string;
  readonly text: string;
  /** When it was put here, in milliseconds since 1970. */
  readonly at: number;
}

function prefix(note: NoteId): string {
  return `earshot/aside/${note}/`;
}

/** What is kept aside of a note, the oldest first. */
export function asidesOf(storage: TextStorage, note: NoteId): Aside[] {
  return keysUnder(storage, prefix(note)).map((key) => ({
    key,
    text: storage.getItem(key) ?? "",
    at: Number(key.split("/").at(3)),
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
  try {
    storage.setItem(`${prefix(note)}${at}/${id}`, text);
    return true;
  } catch {
    // Full, or forbidden: whoever asks keeps the text where it is.
    return false;
  }
}

/** Lets a text go. */
export function discardAside(storage: TextStorage, { key }: Aside): void {
  storage.removeItem(key);
}
