import {
  parseChangeHash,
  parseChannelId,
  parseMessageId,
  parseNoteId,
  parsePeerId,
  parseSpaceId,
} from "../base/ids.ts";
import { MAX_DEPS, MAX_NOTE_UNITS, MAX_PAGE_MESSAGES, MAX_SPLICES } from "../base/limits.ts";
import { type Role, ROLES } from "../base/role.ts";
import type { Command, Commands, CommandType, Place } from "./command.ts";
import { COLOURS, type Heads, type Splice } from "./view.ts";

/** A command without its right fields; the text names the field. */
class FieldError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function field(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(name: string, want: string): FieldError {
  return new FieldError(`Cannot read "${name}": not ${want}`);
}

/** Broken surrogates become U+FFFD: they cannot be kept in UTF-8. */
function text(fields: Fields, name: string): string {
  const value = field(fields, name);
  if (typeof value !== "string") throw wrong(name, "a text");
  return value.toWellFormed();
}

function whole(fields: Fields, name: string, min: number, max: number): number {
  const value = field(fields, name);
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw wrong(name, `a whole number from ${min} to ${max}`);
  }
  return value as number;
}

function idField<Id>(parse: (text: string) => Id, what: string) {
  return (fields: Fields, name: string): Id => {
    const value = field(fields, name);
    if (typeof value !== "string") throw wrong(name, what);
    try {
      return parse(value);
    } catch {
      // The parser's own text quotes the value; the field's name says more to whoever asked.
      throw wrong(name, what);
    }
  };
}

const spaceField = idField(parseSpaceId, "a space id");
const peerField = idField(parsePeerId, "a peer id");
const channelField = idField(parseChannelId, "a channel id");
const messageField = idField(parseMessageId, "a message id");
const noteField = idField(parseNoteId, "a note id");

function booleanField(fields: Fields, name: string): boolean {
  const value = field(fields, name);
  if (typeof value !== "boolean") throw wrong(name, "true or false");
  return value;
}

function roleField(fields: Fields): Role {
  const role = ROLES.find((role) => role === field(fields, "role"));
  if (!role) throw wrong("role", ROLES.join(", "));
  return role;
}

const inSpace = (fields: Fields) => ({ space: spaceField(fields, "space") });

const optionalRole = (fields: Fields) =>
  field(fields, "role") === undefined ? {} : { role: roleField(fields) };

function headsField(fields: Fields): Heads {
  const value = field(fields, "heads");
  if (!Array.isArray(value) || value.length > MAX_DEPS) {
    throw wrong("heads", `a list of at most ${MAX_DEPS}`);
  }
  const parse = idField(parseChangeHash, "a list of change hashes");
  return value.map((hash) => parse({ heads: hash }, "heads"));
}

function spliceOf(value: unknown): Splice {
  if (!isObject(value)) throw wrong("splices", "a list of splices");
  const insert = field(value, "insert");
  if (typeof insert !== "string" || insert.length > MAX_NOTE_UNITS) {
    throw wrong("insert", `a text of at most ${MAX_NOTE_UNITS} units`);
  }
  return {
    at: whole(value, "at", 0, MAX_NOTE_UNITS),
    remove: whole(value, "remove", 0, MAX_NOTE_UNITS),
    insert,
  };
}

function splicesField(fields: Fields): readonly Splice[] {
  const value = field(fields, "splices");
  if (!Array.isArray(value) || value.length > MAX_SPLICES) {
    throw wrong("splices", `a list of at most ${MAX_SPLICES}`);
  }
  return value.map(spliceOf);
}

function placeField(fields: Fields): Place {
  const value = field(fields, "place");
  if (value === null) return null;
  if (!isObject(value)) throw wrong("place", "a place");
  const type = field(value, "type");
  if (type === "channel") {
    return {
      type,
      channel: channelField(value, "channel"),
      typing: booleanField(value, "typing"),
    };
  }
  if (type === "note") {
    return {
      type,
      note: noteField(value, "note"),
      heads: headsField(value),
      anchor: whole(value, "anchor", 0, MAX_NOTE_UNITS),
      head: whole(value, "head", 0, MAX_NOTE_UNITS),
    };
  }
  throw wrong("place", "a channel or a note");
}

const MAX_INVITE_HOURS = 7 * 24;

const parsers: { readonly [T in CommandType]: (fields: Fields) => Commands[T]["ask"] } = {
  "snapshot": (fields) => field(fields, "space") === undefined ? {} : inSpace(fields),
  "peers": () => ({}),
  "profile.set": (fields) => ({
    name: text(fields, "name"),
    ...(field(fields, "colour") !== undefined &&
      { colour: whole(fields, "colour", 0, COLOURS - 1) }),
  }),
  "space.create": (fields) => ({ name: text(fields, "name") }),
  "space.leave": inSpace,
  "space.forget": inSpace,
  "member.remove": (fields) => ({ ...inSpace(fields), peer: peerField(fields, "peer") }),
  "member.role": (fields) => ({
    ...inSpace(fields),
    peer: peerField(fields, "peer"),
    role: roleField(fields),
  }),
  "invite.link": (fields) => ({
    ...inSpace(fields),
    ...optionalRole(fields),
    ...(field(fields, "hours") !== undefined &&
      { hours: whole(fields, "hours", 1, MAX_INVITE_HOURS) }),
  }),
  "invite.code": (fields) => ({ ...inSpace(fields), ...optionalRole(fields) }),
  "invite.hide": () => ({}),
  "join.link": (fields) => ({ link: text(fields, "link") }),
  "join.code": (fields) => ({ code: text(fields, "code") }),
  "direct.ask": (fields) => ({ peer: peerField(fields, "peer") }),
  "direct.answer": (fields) => ({
    peer: peerField(fields, "peer"),
    accept: booleanField(fields, "accept"),
  }),
  "person.words": (fields) => ({ peer: peerField(fields, "peer") }),
  "person.waiting": (fields) => ({ ...inSpace(fields), peer: peerField(fields, "peer") }),
  "person.verify": (fields) => ({
    peer: peerField(fields, "peer"),
    verified: booleanField(fields, "verified"),
  }),
  "person.mute": (fields) => ({
    peer: peerField(fields, "peer"),
    muted: booleanField(fields, "muted"),
  }),
  "notice.dismiss": (fields) => ({ notice: whole(fields, "notice", 1, Number.MAX_SAFE_INTEGER) }),
  "rebuild": () => ({}),
  "channel.create": (fields) => ({ ...inSpace(fields), name: text(fields, "name") }),
  "message.list": (fields) => ({
    ...inSpace(fields),
    channel: channelField(fields, "channel"),
    ...(field(fields, "before") !== undefined && { before: messageField(fields, "before") }),
    ...(field(fields, "after") !== undefined && { after: messageField(fields, "after") }),
    ...(field(fields, "limit") !== undefined &&
      { limit: whole(fields, "limit", 1, MAX_PAGE_MESSAGES) }),
  }),
  "message.send": (fields) => ({
    ...inSpace(fields),
    channel: channelField(fields, "channel"),
    text: text(fields, "text"),
  }),
  "message.search": (fields) => ({
    ...inSpace(fields),
    text: text(fields, "text"),
    ...(field(fields, "channel") !== undefined && { channel: channelField(fields, "channel") }),
  }),
  "message.holders": (fields) => ({
    ...inSpace(fields),
    channel: channelField(fields, "channel"),
    message: messageField(fields, "message"),
  }),
  "read.mark": (fields) => ({
    ...inSpace(fields),
    channel: channelField(fields, "channel"),
    message: messageField(fields, "message"),
  }),
  "note.create": (fields) => ({ ...inSpace(fields), title: text(fields, "title") }),
  "note.rename": (fields) => ({
    ...inSpace(fields),
    note: noteField(fields, "note"),
    title: text(fields, "title"),
  }),
  "note.open": (fields) => ({ ...inSpace(fields), note: noteField(fields, "note") }),
  "note.edit": (fields) => ({
    ...inSpace(fields),
    note: noteField(fields, "note"),
    heads: headsField(fields),
    splices: splicesField(fields),
  }),
  "note.merge": (fields) => ({
    ...inSpace(fields),
    note: noteField(fields, "note"),
    heads: headsField(fields),
  }),
  "place.set": (fields) => ({ ...inSpace(fields), place: placeField(fields) }),
};

/** What a value from outside is: a command, one this node does not know, or a wrong one and why. */
export type ParsedCommand =
  | { readonly type: "command"; readonly command: Command }
  | { readonly type: "unknown" | "wrong"; readonly text: string };

/**
 * Reads a command from a value out of JSON. Every field is checked for its type, form and range, and
 * fields that the command does not have are left out. Whether a name or text is fit to be kept is
 * for the node to judge.
 */
export function parseCommand(value: unknown): ParsedCommand {
  const type = isObject(value) ? field(value, "type") : undefined;
  if (typeof type !== "string" || !Object.hasOwn(parsers, type)) {
    return { type: "unknown", text: "Earshot does not know this command: use the same version" };
  }
  try {
    const ask = parsers[type as CommandType](value as Fields);
    return { type: "command", command: { type, ...ask } as Command };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { type: "wrong", text: error.message };
  }
}
