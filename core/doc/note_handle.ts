import type { ActorId } from "../base/ids.ts";
import { MAX_DEPS } from "../base/limits.ts";
import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import { type Handle, isDeath, isPanic } from "./automerge.ts";
import { TEXT_OBJECT } from "./genesis.ts";
import { plainSplices } from "./note_splices.ts";

/** Positions or cursors in one call. */
export const MAX_CURSORS = 256;

/**
 * A cursor of Automerge's, which stands at the character after it. With `>` it stands at the one before
 * it instead: at the end of the text, so as not to move with what others append.
 */
const CURSOR = /^(>?)([0-9]{1,9}@(?:[0-9a-f]{32}|[0-9a-f]{42}))$/;
/** The cursor of an empty text. */
const START = "s";

/**
 * Gives the newest heads of a handle that a change can rest on: not all of them when a great many wrote at
 * once, so that one may go on writing. Each change makes fewer of them.
 */
export function newestHeads(handle: Handle): string[] {
  return handle.getHeads().sort().slice(0, MAX_DEPS);
}

/** Makes sure that a handle knows these heads. @throws {RangeError} if it does not. */
export function requireHeads(handle: Handle, heads: Heads): void {
  const sound = heads.length > 0 && heads.length <= MAX_DEPS &&
    heads.every((hash) => /^[0-9a-f]{64}$/.test(hash));
  if (!sound || handle.getMissingDeps([...heads]).length > 0) {
    throw new RangeError("Cannot find the text: heads that this node does not have");
  }
}

/** Gives a note's text at heads it knows. */
export function textAt(handle: Handle, heads: Heads): string {
  return isAt(handle, heads) ? handle.text(TEXT_OBJECT) : handle.text(TEXT_OBJECT, [...heads]);
}

/** Gives a note's text at its newest heads. */
export function newestText(handle: Handle): NoteText {
  const heads = newestHeads(handle);
  return { heads, text: textAt(handle, heads) };
}

/** Whether a handle's newest heads are these. */
export function isAt(handle: Handle, heads: Heads): boolean {
  const current = handle.getHeads();
  return current.length === heads.length && current.every((hash) => heads.includes(hash));
}

/** Gives what brings the text at heads it knows to the newest. */
export function mergeFrom(handle: Handle, heads: Heads): NoteMerge {
  const current = newestHeads(handle);
  if (current.join() === [...heads].sort().join()) return { heads: current, splices: [] };
  const splices = diffSplices(handle, heads, current) ??
    plainSplices(textAt(handle, heads), textAt(handle, current));
  return { heads: current, splices };
}

/**
 * Reads splices out of Automerge's diff. `undefined` when the document holds what this program never makes
 * (another object under the text's key, blocks in the text), where the diff may not be all the truth.
 */
function diffSplices(handle: Handle, before: Heads, after: Heads): Splice[] | undefined {
  const shown = handle.getWithType("_root", "text");
  if (shown?.[0] !== "text" || shown[1] !== TEXT_OBJECT) return undefined;
  const splices: Splice[] = [];
  for (const patch of handle.diff([...before], [...after])) {
    const [key, at] = patch.path;
    if (key !== "text") continue;
    if (patch.action === "mark" || patch.action === "unmark") continue;
    if (typeof at !== "number" || patch.path.length !== 2) return undefined;
    if (patch.action === "splice") splices.push({ at, remove: 0, insert: patch.value });
    else if (patch.action === "del") splices.push({ at, remove: patch.length ?? 1, insert: "" });
    else return undefined;
  }
  return splices;
}

/**
 * Writes groups of splices at heads it knows, one change each, at a time in milliseconds since 1970. Gives the
 * changes, and the heads of the branch they end.
 */
export function writeSplices(
  handle: Handle,
  heads: Heads,
  groups: readonly (readonly Splice[])[],
  at: number,
  idText: string,
): { made: Uint8Array[]; heads: string[] } {
  if (groups.length === 0) return { made: [], heads: [...heads].sort() };
  const aside = !isAt(handle, heads);
  if (aside) handle.isolate([...heads]);
  const made = writeGroups(handle, groups, at, idText);
  const branch = handle.getHeads().sort();
  if (aside) handle.integrate();
  return { made, heads: branch };
}

/**
 * Does the same in a document of its own that has nothing but what the heads rest on, and so numbers its operations
 * on from there. That takes as long as opening the document. `actor` is one that may write at the heads.
 */
export function writeApart(
  handle: Handle,
  actor: ActorId,
  heads: Heads,
  groups: readonly (readonly Splice[])[],
  at: number,
  idText: string,
): { made: Uint8Array[]; heads: string[] } {
  const apart = handle.fork(actor, [...heads]);
  const made = writeGroups(apart, groups, at, idText);
  const branch = apart.getHeads().sort();
  apart.free();
  handle.applyChanges(made);
  return { made, heads: branch };
}

function writeGroups(
  handle: Handle,
  groups: readonly (readonly Splice[])[],
  at: number,
  idText: string,
): Uint8Array[] {
  const made: Uint8Array[] = [];
  for (const group of groups) {
    for (const { at, remove, insert } of group) handle.splice(TEXT_OBJECT, at, remove, insert);
    const hash = handle.commit(idText, at);
    const change = hash === null ? null : handle.getChangeByHash(hash);
    if (change) made.push(change);
  }
  return made;
}

/** Gives a cursor for each position in the text at heads it knows. @throws {RangeError} if one is out of it. */
export function anchorPositions(
  handle: Handle,
  heads: Heads,
  positions: readonly number[],
): string[] {
  const length = textAt(handle, heads).length;
  if (
    positions.length > MAX_CURSORS ||
    !positions.every((at) => Number.isInteger(at) && at >= 0 && at <= length)
  ) {
    throw new RangeError("Cannot anchor the cursor: not a position in the text");
  }
  const old = isAt(handle, heads) ? undefined : [...heads];
  return positions.map((at) => {
    if (length === 0) return START;
    if (at < length) return handle.getCursor(TEXT_OBJECT, at, old);
    return `>${handle.getCursor(TEXT_OBJECT, at - 1, old)}`;
  });
}

/**
 * Gives the position of each cursor in the newest text of a note, or `null` for what is no cursor of it.
 * Cursors are a stranger's and Automerge panics at some, so they are looked at in a copy of their own.
 *
 * @throws {RangeError} if there are too many.
 */
export function resolveCursors(
  copyNote: () => Handle,
  cursors: readonly string[],
): (number | null)[] {
  if (cursors.length > MAX_CURSORS) {
    throw new RangeError(`Cannot find the cursors: ${cursors.length}, at most ${MAX_CURSORS}`);
  }
  let copy = copyNote();
  const positions = cursors.map((cursor) => {
    try {
      return resolveCursor(copy, cursor);
    } catch (error) {
      if (isPanic(error)) copy = copyNote();
      // Else Automerge does not know what it stands at, or not yet.
      else if (!(error instanceof RangeError) || isDeath(error)) throw error;
      return null;
    }
  });
  copy.free();
  return positions;
}

function resolveCursor(handle: Handle, text: string): number | null {
  if (text === START) return 0;
  const [, after, cursor] = CURSOR.exec(text) ?? [];
  if (cursor === undefined) return null;
  return after ? positionAfter(handle, cursor) : positionOf(handle, cursor);
}

/** The position of the character that a cursor stands at, or where it was. @throws if there was none. */
export function positionOf(handle: Handle, cursor: string): number {
  return handle.getCursorPosition(TEXT_OBJECT, cursor);
}

/** The position behind that character. @throws as {@linkcode positionOf}. */
export function positionAfter(handle: Handle, cursor: string): number {
  const at = positionOf(handle, cursor);
  return at + unitsOf(handle, at, cursor);
}

/** UTF-16 units of the character a cursor stands at; none if that is deleted. */
function unitsOf(handle: Handle, at: number, cursor: string): number {
  if (at >= handle.length(TEXT_OBJECT) || handle.getCursor(TEXT_OBJECT, at) !== cursor) return 0;
  const character = handle.get(TEXT_OBJECT, at);
  return typeof character === "string" ? character.length : 1;
}
