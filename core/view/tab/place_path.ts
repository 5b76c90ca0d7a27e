import { type NoteId, parseNoteId, parseSpaceId, type SpaceId } from "../../base/ids.ts";
import type { SpaceView } from "../view.ts";

/** A space as addresses name it; `null` is the lobby, whose addresses are short. */
export type SpaceName = SpaceId | null;

/** What a tab shows, as its address says. */
export type TabPlace =
  | { readonly type: "home"; readonly space: SpaceName }
  | { readonly type: "channel"; readonly space: SpaceName; readonly name: string }
  | { readonly type: "note"; readonly space: SpaceName; readonly note: NoteId };

const HOME: TabPlace = { type: "home", space: null };

/** Where invitations lead; what they say is in the fragment. */
export const JOIN_PATH = "/join";

/** How addresses name a space. */
export function nameOfSpace({ id, kind }: Pick<SpaceView, "id" | "kind">): SpaceName {
  return kind === "lobby" ? null : id;
}

/** Finds the space that a place is in; `undefined` when this person has none such. */
export function spaceOfPlace(
  spaces: readonly SpaceView[],
  { space }: TabPlace,
): SpaceView | undefined {
  return spaces.find((view) => nameOfSpace(view) === space);
}

/** Reads a place from a URL's path; anything else is the lobby's home. */
export function placeOfPath(path: string): TabPlace {
  const [, named, rest = ""] = /^(?:\/space\/([^/]+))?(\/.*)?$/.exec(path) ?? [];
  try {
    const space = named === undefined ? null : parseSpaceId(named);
    const [, kind, text] = /^\/(channel|note)\/([^/]+)$/.exec(rest) ?? [];
    if (!kind || !text) return /^\/?$/.test(rest) ? { type: "home", space } : HOME;
    const part = decodeURIComponent(text);
    return kind === "channel"
      ? { type: kind, space, name: part }
      : { type: "note", space, note: parseNoteId(part) };
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return HOME;
    throw error;
  }
}

/** The path that shows a place. */
export function pathOfPlace(place: TabPlace): string {
  const space = place.space === null ? "" : `/space/${place.space}`;
  switch (place.type) {
    case "home":
      return space || "/";
    case "channel":
      return `${space}/channel/${encodeURIComponent(place.name)}`;
    case "note":
      return `${space}/note/${place.note}`;
  }
}
