import { Buffer } from "node:buffer";
import { createHash, createHmac, hkdfSync } from "node:crypto";
import type { PeerId } from "../base/ids.ts";
import { LOBBY_PSK } from "./lobby.ts";

/** Bytes of each key of a door. */
const KEY_BYTES = 32;
/** Bytes of a {@linkcode hintTag}. */
export const HINT_TAG_BYTES = 6;
/** Bytes of a {@linkcode meetTag}. */
export const MEET_TAG_BYTES = 16;

const NOTHING = new Uint8Array(0);

/** What opens a link between those who have its secret, or shows them that they share it. */
export interface Door {
  /** For logs only. */
  readonly name: string;
  /** The pre-shared key of the handshake, 32 bytes. */
  readonly psk: Uint8Array;
  /** The key of what is announced, 32 bytes. */
  readonly hint: Uint8Array;
  /** The key of what is shown on a link, 32 bytes. */
  readonly meet: Uint8Array;
}

/** The door of a secret: each key is HKDF-SHA256 of it (RFC 5869), without salt, with an info of its own. */
export function doorOf(secret: Uint8Array, name: string): Door {
  const derive = (use: string) =>
    new Uint8Array(hkdfSync("sha256", secret, NOTHING, `earshot/door/${use}/1`, KEY_BYTES));
  return { name, psk: derive("psk"), hint: derive("hint"), meet: derive("meet") };
}

/** The door of the lobby. Its secret is published, so it shows nothing of who opens it. */
export const LOBBY_DOOR: Door = { ...doorOf(LOBBY_PSK, "lobby"), psk: LOBBY_PSK };

/** The door for two who pair by a code, published too: open only while a code is shown or typed. */
export const PAIRING_DOOR: Door = doorOf(sha256("earshot/pairing/1"), "pairing");

/** What the node that announces itself as `instance` (16 hex digits) lets others know this door by. */
export function hintTag(door: Door, instance: string): Uint8Array {
  return hmac(door.hint, `earshot/hint/1${instance}`).subarray(0, HINT_TAG_BYTES);
}

/** What `sender` shows on the link with this `binding` to let its peer know that it has this door. */
export function meetTag(door: Door, binding: Uint8Array, sender: PeerId): Uint8Array {
  const text = Buffer.concat([
    Buffer.from("earshot/meet/1"),
    binding,
    Buffer.from(sender, "hex"),
  ]);
  return hmac(door.meet, text).subarray(0, MEET_TAG_BYTES);
}

function hmac(key: Uint8Array, text: string | Uint8Array): Uint8Array {
  return new Uint8Array(createHmac("sha256", key).update(text).digest());
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(text).digest());
}
