import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type EntryHash, parseEntryHash, parseSpaceId, type SpaceId } from "../base/ids.ts";
import { type Entry, MAX_ENTRY_BYTES } from "./entry_body.ts";
import { readEntryForm, writeEntry } from "./entry_form.ts";
import { EnvelopeError, type Signer } from "./envelope.ts";
import { isProof } from "./invite.ts";
import { verify } from "./peer_key.ts";

/** An entry as it is stored and sent. */
export interface SignedEntry {
  readonly bytes: Uint8Array;
  /** 64 bytes, see {@linkcode entryText}. */
  readonly signature: Uint8Array;
}

declare const verified: unique symbol;
/** An entry whose author signed it; only {@linkcode signEntry} and {@linkcode readEntry} make one. */
export interface VerifiedEntry extends SignedEntry {
  readonly [verified]: true;
  readonly hash: EntryHash;
  readonly space: SpaceId;
  readonly entry: Entry;
}

const CONTEXT = Buffer.from("earshot/entry/1\0");

/** What the author of an entry signs: `earshot/entry/1`, a zero byte and the SHA-256 of the entry. */
export function entryText(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([CONTEXT, createHash("sha256").update(bytes).digest()]);
}

/** The name of an entry: SHA-256(`earshot/entry/1` || entry). */
export function entryHash(bytes: Uint8Array): EntryHash {
  return parseEntryHash(createHash("sha256").update("earshot/entry/1").update(bytes).digest("hex"));
}

/** The space that a create entry makes: the first 16 bytes of SHA-256(`earshot/space/1` || entry). */
export function spaceIdOf(createBytes: Uint8Array): SpaceId {
  const hash = createHash("sha256").update("earshot/space/1").update(createBytes).digest();
  return parseSpaceId(hash.toString("hex", 0, 16));
}

/**
 * Signs an entry made here. Parents, seals and cuts may come in any order.
 * @throws {EnvelopeError} if no peer would take it, or its author is another than the signer.
 */
export function signEntry(signer: Signer, entry: Entry): VerifiedEntry {
  const bytes = new Uint8Array(writeEntry(entry));
  return readEntry({ bytes, signature: new Uint8Array(signer.sign(entryText(bytes))) });
}

/**
 * Reads and verifies an entry that came from anyone: its size and form, certificates, the proof of an
 * invite, and that its author signed it. Whether it counts is for `Membership` to say.
 *
 * @throws {EnvelopeError} if it is not so: then it is so for every peer.
 */
export function readEntry({ bytes, signature }: SignedEntry): VerifiedEntry {
  if (bytes.length > MAX_ENTRY_BYTES) {
    throw new EnvelopeError(`Cannot accept the entry: ${bytes.length} bytes`);
  }
  const entry = readForm(bytes);
  const { author, body } = entry;
  if (!verify(author, entryText(bytes), signature)) {
    throw new EnvelopeError("Cannot accept the entry: not signed by its author");
  }
  const space = entry.space ?? spaceIdOf(bytes);
  if (body.type === "join" && body.invite) {
    const { key, proof } = body.invite;
    if (!isProof(key, proof, space, body.identity.peer)) {
      throw new EnvelopeError("Cannot accept the entry: not signed by the invite that it names");
    }
  }
  return { hash: entryHash(bytes), space, entry, bytes, signature } as VerifiedEntry;
}

function readForm(bytes: Uint8Array): Entry {
  try {
    return readEntryForm(bytes);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new EnvelopeError(cause.message, { cause });
  }
}
