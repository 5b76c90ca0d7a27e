import { COLOURS } from "../view/view.ts";
import { cleanChannelName, cleanName, cleanText } from "../view/words.ts";
import type { ChannelId, DocId, MessageId, NoteId, PeerId, SpaceId } from "../base/ids.ts";
import { parseMessageId, parseNoteId, parsePeerId } from "../base/ids.ts";
import { SIGNATURE_BYTES } from "../trust/peer_key.ts";
import { isSuccessor } from "../trust/successor.ts";
import { fromBase64Url, toBase64Url } from "../view/base64url.ts";
import { channelIdOf } from "./channel_id.ts";
import { docKind } from "./doc_id.ts";
import type { NewEntry } from "./documents.ts";
import type { Entry, OpId } from "./entry.ts";
import { messageBelongs } from "./message_id.ts";

/**
 * What an entry means to people. Of several rows with one type and id, the one with the highest `op` by
 * `compareOps` counts, in whatever order they came.
 */
export type Row =
  | {
    readonly type: "message";
    readonly channel: ChannelId;
    readonly id: MessageId;
    readonly text: string;
    readonly op: OpId;
  }
  | {
    readonly type: "channel";
    readonly id: ChannelId;
    readonly name: string;
    readonly by: PeerId;
    readonly op: OpId;
  }
  | {
    readonly type: "note";
    readonly id: NoteId;
    readonly title: string;
    readonly by: PeerId;
    readonly op: OpId;
  }
  | {
    readonly type: "person";
    readonly peer: PeerId;
    readonly name: string;
    readonly colour: number;
    /** The earlier key of the same device, and its signature that says so. */
    readonly before?: Before;
    readonly op: OpId;
  };

/** An earlier key of a device, and its statement that the device goes on under another one: 64 bytes. */
export interface Before {
  readonly old: PeerId;
  readonly signature: Uint8Array;
}

/** The longest value looked at, in UTF-16 units: a message's text whose every unit JSON escapes. */
const MAX_VALUE_UNITS = 128 * 1024;

/** Gives the entry of a message, to be written into its channel's segment. */
export function messageEntry(id: MessageId, text: string): NewEntry {
  return { key: id, value: JSON.stringify({ text }) };
}

/** Gives the entry of a channel, to be written into the space document. */
export function channelEntry(space: SpaceId, name: string): NewEntry {
  return { key: `channel/${channelIdOf(space, name)}`, value: JSON.stringify({ name }) };
}

/** Gives the entry of a note, to be written into the space document. */
export function noteEntry(id: NoteId, title: string): NewEntry {
  return { key: `note/${id}`, value: JSON.stringify({ title }) };
}

/** Gives the entry of a person, to be written into the space document. */
export function personEntry(
  peer: PeerId,
  name: string,
  colour: number,
  before?: Before,
): NewEntry {
  const was = before && { was: before.old, proof: toBase64Url(before.signature) };
  return { key: `person/${peer}`, value: JSON.stringify({ name, colour, ...was }) };
}

/**
 * Gives what the entries of one change mean. An entry that is not what its author may write there, or is
 * not clean, means nothing: it is left out, and nothing is thrown.
 */
export function project(
  space: SpaceId,
  doc: DocId,
  author: PeerId,
  entries: readonly Entry[],
): Row[] {
  const kind = docKind(doc);
  const rows: Row[] = [];
  for (const entry of entries) {
    const value = readValue(entry.value);
    if (value === undefined) continue;
    const row = kind.type === "segment"
      ? messageRow(kind.channel, author, entry, value)
      : kind.type === "space"
      ? spaceRow(space, author, entry, value)
      : undefined;
    if (row) rows.push(row);
  }
  return rows;
}

type Value = Record<string, unknown>;

function messageRow(
  channel: ChannelId,
  author: PeerId,
  { key, op }: Entry,
  value: Value,
): Row | undefined {
  const id = quietly(parseMessageId, key);
  const text = clean(cleanText, value["text"]);
  if (id === undefined || text === undefined || !messageBelongs(id, author)) return undefined;
  return { type: "message", channel, id, text, op };
}

function spaceRow(space: SpaceId, author: PeerId, entry: Entry, value: Value): Row | undefined {
  const slash = entry.key.indexOf("/");
  const id = entry.key.slice(slash + 1);
  switch (entry.key.slice(0, slash)) {
    case "channel":
      return channelRow(space, author, id, entry.op, value);
    case "note":
      return noteRow(author, id, entry.op, value);
    case "person":
      return id === author ? personRow(author, entry.op, value) : undefined;
    default:
      return undefined;
  }
}

function channelRow(
  space: SpaceId,
  by: PeerId,
  key: string,
  op: OpId,
  value: Value,
): Row | undefined {
  const name = clean(cleanChannelName, value["name"]);
  if (name === undefined) return undefined;
  const id = channelIdOf(space, name);
  return id === key ? { type: "channel", id, name, by, op } : undefined;
}

function noteRow(by: PeerId, key: string, op: OpId, value: Value): Row | undefined {
  const id = quietly(parseNoteId, key);
  const title = clean(cleanName, value["title"]);
  if (id === undefined || title === undefined) return undefined;
  return { type: "note", id, title, by, op };
}

function personRow(peer: PeerId, op: OpId, value: Value): Row | undefined {
  const name = clean(cleanName, value["name"]);
  const colour = value["colour"];
  if (name === undefined || typeof colour !== "number") return undefined;
  if (!Number.isInteger(colour) || colour < 0 || colour >= COLOURS) return undefined;
  const before = beforeOf(peer, value);
  return { type: "person", peer, name, colour, ...(before ? { before } : {}), op };
}

/** A statement that does not hold is none; what else the entry says counts all the same. */
function beforeOf(peer: PeerId, { was, proof }: Value): Before | undefined {
  if (typeof was !== "string" || typeof proof !== "string") return undefined;
  const old = quietly(parsePeerId, was);
  const signature = quietly(fromBase64Url, proof);
  return old && signature?.length === SIGNATURE_BYTES && isSuccessor(old, peer, signature)
    ? { old, signature }
    : undefined;
}

/** A text counts only as its rule gives it: what needs cleaning was not written by this program. */
function clean(rule: (text: string) => string, text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  return quietly(rule, text) === text ? text : undefined;
}

function readValue(text: string): Value | undefined {
  if (text.length > MAX_VALUE_UNITS) return undefined;
  const value = quietly((json): unknown => JSON.parse(json), text);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Value
    : undefined;
}

function quietly<T>(rule: (text: string) => T, text: string): T | undefined {
  try {
    return rule(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}
