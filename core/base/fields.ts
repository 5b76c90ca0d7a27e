import {
  type ActorId,
  type ChannelId,
  type EntryHash,
  type NoteId,
  parseActorId,
  parseChannelId,
  parseEntryHash,
  parseNoteId,
  parsePeerId,
  parseSpaceId,
  type PeerId,
  type SpaceId,
} from "./ids.ts";
import type { Cbor } from "./cbor.ts";

/**
 * Readers of one field each: they give the value in its own type or throw a SyntaxError that names the
 * field. Ids travel as bytes and are hex inside the program.
 */
type Field = Cbor | undefined;

function fail(what: string, state: string): never {
  throw new SyntaxError(`Cannot read ${what}: ${state}`);
}

/** An array of `min` to `max` items. */
export function readList(
  field: Field,
  what: string,
  min: number,
  max = Infinity,
): readonly Cbor[] {
  if (!Array.isArray(field)) fail(what, "not an array");
  const list: readonly Cbor[] = field;
  if (list.length < min || list.length > max) fail(what, `${list.length} items`);
  return list;
}

/** A byte string of `min` to `max` bytes. */
export function readBytes(field: Field, what: string, min: number, max = min): Uint8Array {
  if (!(field instanceof Uint8Array)) fail(what, "not a byte string");
  if (field.length < min || field.length > max) fail(what, `${field.length} bytes`);
  return field;
}

/** A text of 1 to `max` UTF-16 code units. */
export function readText(field: Field, what: string, max: number): string {
  if (typeof field !== "string") fail(what, "not a text");
  if (field.length < 1 || field.length > max) fail(what, `${field.length} units`);
  return field;
}

/** `true` or `false`. */
export function readBoolean(field: Field, what: string): boolean {
  if (typeof field !== "boolean") fail(what, "not a boolean");
  return field;
}

/** A whole number from 0 to `max`. */
export function readCount(field: Field, what: string, max: number): number {
  if (typeof field !== "number" || !Number.isInteger(field) || field < 0 || field > max) {
    fail(what, "not a number in its bounds");
  }
  return field;
}

/** Automerge's number of a change in its actor's log: 1 or more. */
export function readSeq(field: Field): number {
  if (typeof field !== "number" || field < 1) fail("seq", "not a positive number");
  return field;
}

/** A space: 16 bytes. */
export const readSpace = (field: Field): SpaceId =>
  parseSpaceId(readBytes(field, "space", 16).toHex());

/** A peer: 32 bytes. */
export const readPeer = (field: Field): PeerId => parsePeerId(readBytes(field, "peer", 32).toHex());

/** A channel: 8 bytes. */
export const readChannel = (field: Field): ChannelId =>
  parseChannelId(readBytes(field, "channel", 8).toHex());

/** A note: 16 bytes. */
export const readNote = (field: Field): NoteId => parseNoteId(readBytes(field, "note", 16).toHex());

/** 16 bytes, or 21 for a branch of `changeAt`. */
export function readActor(field: Field): ActorId {
  const bytes = readBytes(field, "actor", 16, 21);
  if (bytes.length !== 16 && bytes.length !== 21) fail("actor", `${bytes.length} bytes`);
  return parseActorId(bytes.toHex());
}

/** An entry of a membership log: the 32 bytes of its hash. */
export const readEntryHash = (field: Field): EntryHash =>
  parseEntryHash(readBytes(field, "entry", 32).toHex());

/** One of a list of words, by its place; `undefined` for one that only a later version knows. */
export function readWord<Word>(
  field: Field,
  what: string,
  words: readonly Word[],
): Word | undefined {
  if (typeof field !== "number") fail(what, "not a number");
  return words[field];
}
