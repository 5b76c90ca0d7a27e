import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { parseSpaceId, type SpaceId } from "../base/ids.ts";

/** Bytes of a pre-shared key. */
export const PSK_BYTES = 32;

/** The pre-shared key of the lobby: published, so that anyone on the network can join. */
export const LOBBY_PSK: Uint8Array = new Uint8Array(sha256("earshot/lobby/psk/1"));

/** The lobby, the one space that is open to the network. */
export const LOBBY: SpaceId = parseSpaceId(sha256("earshot/lobby/1").toString("hex", 0, 16));

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
