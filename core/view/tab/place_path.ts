import { type NoteId, parseNoteId } from "../../base/ids.ts";

/** What a tab shows, as its address says. */
export type TabPlace =
  | { readonly type: "home" }
  | { readonly type: "channel"; readonly name: string }
  | { readonly type: "note"; readonly note: NoteId };

/** Reads a place from a URL's path; anything else is home. */
export function placeOfPath(path: string): TabPlace {
  const [, kind, rest] = /^\/(channel|note)\/([^/]+)$/.exec(path) ?? [];
  if (!kind || !rest) return { type: "home" };
  try {
    const text = decodeURIComponent(rest);
    return kind === "channel"
      ? { type: kind, name: text }
      : { type: "note", note: parseNoteId(text) };
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return { type: "home" };
    throw error;
  }
}

/** The path that shows a place. */
export function pathOfPlace(place: TabPlace): string {
  switch (place.type) {
    case "home":
      return "/";
    case "channel":
      return `/channel/${encodeURIComponent(place.name)}`;
    case "note":
      return `/note/${place.note}`;
  }
}
