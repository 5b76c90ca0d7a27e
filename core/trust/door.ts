import { createHash, createHmac } from "node:crypto";
import type { PeerId } from "../base/ids.ts";
import { deriveKey } from "./derive.ts";
import { LOBBY_PSK } from "./lobby.ts";

/**
 * A key that opens a link, or shows that something is shared. Each part is derived from one secret and tells
 * nothing of the others.
 */
export interface Door {
  /** For logs only. */
  readonly name: string;
  /** The pre-shared key of a handshake, 32 bytes. */
  readonly psk: Uint8Array;
  /** Makes the tags that are broadcast, 32 bytes. */
  readonly hint: Uint8Array;
  /** Makes the tags that a link carries, 32 bytes. */
  readonly meet: Uint8Array;
}

/** Bytes of a {@linkcode hintTag}. */
export const HINT_TAG_BYTES = 6;
/** Bytes of a {@linkcode meetTag}. */
export const MEET_TAG_BYTES = 16;

/** The door that this secret opens. PROTOCOL.md, DOOR-1. */
export function doorOf(secret: Uint8Array, name: string): Door {
  return {
    name,
    psk: deriveKey(secret, "earshot/door/psk/1"),
    hint: deriveKey(secret, "earshot/door/hint/1"),
    meet: deriveKey(secret, "earshot/door/meet/1"),
  };
}

/** The door of the lobby: published, and older than the others, so its pre-shared key is not derived. */
export const LOBBY_DOOR: Door = {
  ...doorOf(published("earshot/door/lobby/1"), "lobby"),
  psk: LOBBY_PSK,
};

/** The door at which codes are shown and typed: published, open only meanwhile. */
export const PAIRING_DOOR: Door = doorOf(published("earshot/door/pairing/1"), "pairing");

/** What a node with this door broadcasts under its mDNS instance: it means nothing to others. */
export function hintTag(door: Door, instance: string): Uint8Array {
  const tag = createHmac("sha256", door.hint).update("earshot/hint/1").update(instance).digest();
  return new Uint8Array(tag.subarray(0, HINT_TAG_BYTES));
}

/** What `sender` says on the link with this `binding` (32 bytes) to show that it has the door. */
export function meetTag(door: Door, binding: Uint8Array, sender: PeerId): Uint8Array {
  const tag = createHmac("sha256", door.meet).update("earshot/meet/1").update(binding)
    .update(sender, "hex").digest();
  return new Uint8Array(tag.subarray(0, MEET_TAG_BYTES));
}

function published(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
