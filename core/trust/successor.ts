import { Buffer } from "node:buffer";
import type { PeerId } from "../base/ids.ts";
import type { Signer } from "./envelope.ts";
import { verify } from "./peer_key.ts";

const CONTEXT = Buffer.from("earshot/successor/1");

/** What a device signs to say that it goes on under another key: `earshot/successor/1` and that key. */
export function successorText(next: PeerId): Uint8Array {
  return Buffer.concat([CONTEXT, Buffer.from(next, "hex")]);
}

/** The old key's statement that `next` is its successor, 64 bytes. */
export function signSuccessor(old: Signer, next: PeerId): Uint8Array {
  return new Uint8Array(old.sign(successorText(next)));
}

/** Whether `old` said that `next` is its successor. */
export function isSuccessor(old: PeerId, next: PeerId, signature: Uint8Array): boolean {
  return old !== next && verify(old, successorText(next), signature);
}
