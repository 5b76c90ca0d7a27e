/**
 * Branded ids: every id is parsed once, at the edge, and a bare string never names anything.
 * All ids are lowercase; binary ids are written in hex.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A peer: the 32 bytes of its Ed25519 public key, as 64 hex digits. */
export type PeerId = Branded<"PeerId">;
/** A space: 16 bytes, as 32 hex digits. */
export type SpaceId = Branded<"SpaceId">;
/** A channel of a space: 8 bytes derived from the channel's name, as 16 hex digits. */
export type ChannelId = Branded<"ChannelId">;
/** A note: 16 random bytes, as 32 hex digits. */
export type NoteId = Branded<"NoteId">;
/** A message: 6 bytes of milliseconds, 2 of counter, 8 of its author's PeerId, as 32 hex digits. */
export type MessageId = Branded<"MessageId">;
/** An Automerge document of a space: `space`, `channel/<ChannelId>/<segment>` or `note/<NoteId>`. */
export type DocId = Branded<"DocId">;
/** An Automerge actor: 16 bytes, or 21 for a branch that `changeAt` made, in hex. */
export type ActorId = Branded<"ActorId">;
/** The SHA-256 of an Automerge change, as 64 hex digits. */
export type ChangeHash = Branded<"ChangeHash">;
/** Bytes of a head: the beginning of a change's hash, which tells its whole log from any other. */
export const HEAD_BYTES = 16;
/** The same in digits of hex. */
export const HEAD_DIGITS = 2 * HEAD_BYTES;
/** The SHA-256 of an entry of a membership log, as 64 hex digits. */
export type EntryHash = Branded<"EntryHash">;

function hexParser<Id extends string>(name: string, bytes: number): (text: string) => Id {
  const pattern = new RegExp(`^[0-9a-f]{${bytes * 2}}$`);
  return (text) => {
    if (!pattern.test(text)) {
      throw new TypeError(
        `Cannot read ${name} "${text.slice(0, 80)}": not ${bytes * 2} hex digits`,
      );
    }
    return text as Id;
  };
}

/** Parses a {@linkcode PeerId}. @throws {TypeError} if it is not 64 hex digits. */
export const parsePeerId: (text: string) => PeerId = hexParser("peer id", 32);
/** Parses a {@linkcode SpaceId}. @throws {TypeError} if it is not 32 hex digits. */
export const parseSpaceId: (text: string) => SpaceId = hexParser("space id", 16);
/** Parses a {@linkcode ChannelId}. @throws {TypeError} if it is not 16 hex digits. */
export const parseChannelId: (text: string) => ChannelId = hexParser("channel id", 8);
/** Parses a {@linkcode NoteId}. @throws {TypeError} if it is not 32 hex digits. */
export const parseNoteId: (text: string) => NoteId = hexParser("note id", 16);
/** Parses a {@linkcode MessageId}. @throws {TypeError} if it is not 32 hex digits. */
export const parseMessageId: (text: string) => MessageId = hexParser("message id", 16);
/** Parses a {@linkcode ChangeHash}. @throws {TypeError} if it is not 64 hex digits. */
export const parseChangeHash: (text: string) => ChangeHash = hexParser("change hash", 32);
/** Parses an {@linkcode EntryHash}. @throws {TypeError} if it is not 64 hex digits. */
export const parseEntryHash: (text: string) => EntryHash = hexParser("entry hash", 32);

/** Parses an {@linkcode ActorId}. @throws {TypeError} if it is neither 16 nor 21 bytes of hex. */
export function parseActorId(text: string): ActorId {
  if (!/^([0-9a-f]{32}|[0-9a-f]{42})$/.test(text)) {
    throw new TypeError(`Cannot read actor id "${text.slice(0, 80)}": not 32 or 42 hex digits`);
  }
  return text as ActorId;
}
