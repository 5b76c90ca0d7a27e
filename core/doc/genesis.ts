import { Buffer } from "node:buffer";
import type { ActorId } from "../base/ids.ts";

/** The actor of the genesis; no change of its that came from anyone is admitted. */
export const GENESIS_ACTOR = "00".repeat(16) as ActorId;

/**
 * The change with which every note begins: actor 00…, seq 1, time 0, `makeText` under the key `text` of the
 * root map. It is part of the program, neither stored nor sent, so that two people who open a note apart
 * type into one and the same text.
 */
export const GENESIS: Uint8Array = new Uint8Array(Buffer.from(
  "856f4a83d7776c7c012f00100000000000000000000000000000000001010000" +
    "0005150634014202560270027f0474657874017f047f007f00",
  "hex",
));

/** The Text object that the genesis makes, as Automerge names objects. */
export const TEXT_OBJECT = `1@${GENESIS_ACTOR}`;
