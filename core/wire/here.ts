import { Buffer } from "node:buffer";
import { type Cbor, encodeCbor } from "../base/cbor.ts";
import { readBoolean, readBytes, readList, readText } from "../base/fields.ts";
import type { SpaceId } from "../base/ids.ts";
import type { Signer } from "../trust/envelope.ts";
import { verify } from "../trust/peer_key.ts";
import { decodeBody } from "./cbor.ts";
import { readPlace } from "./decode_place.ts";
import { placeToCbor } from "./encode.ts";
import { MAX_SENT_NAME_UNITS, type SentHere, type SentPlace } from "./message.ts";

/** What a person signs about being here, for those who have no link with it. */
export interface Here {
  /** By its own clock, in milliseconds since 1970; it grows with each one that it signs. */
  readonly at: number;
  /** `false` when it goes. */
  readonly here: boolean;
  readonly name: string | null;
  readonly place: SentPlace | null;
  /** The digest of all that it holds of the space, 32 bytes. PROTOCOL.md, SYNC-2. */
  readonly digest: Uint8Array;
}

const CONTEXT = Buffer.from("earshot/here/1\0");

/** Signs that a person is here, or goes. */
export function signHere(
  signer: Signer,
  space: SpaceId,
  { at, here, name, place, digest }: Here,
): SentHere {
  const fields: Cbor = [at, here, name, placeToCbor(place), digest];
  const body = encodeCbor(fields);
  return { author: signer.peer, body, signature: signer.sign(signed(space, body)) };
}

/** Whether its author said so in this space. */
export function isSignedHere(space: SpaceId, { author, body, signature }: SentHere): boolean {
  return verify(author, signed(space, body), signature);
}

/** @throws {SyntaxError} if it is not as it must be. */
export function readHere(body: Uint8Array): Here {
  const [at, here, name, place, digest] = readList(decodeBody(body), "presence", 5);
  if (typeof at !== "number") throw new SyntaxError("Cannot read presence: no time");
  return {
    at,
    here: readBoolean(here, "here"),
    name: name === null ? null : readText(name, "name", MAX_SENT_NAME_UNITS),
    place: readPlace(place),
    digest: readBytes(digest, "digest", 32),
  };
}

function signed(space: SpaceId, body: Uint8Array): Uint8Array {
  return Buffer.concat([CONTEXT, Buffer.from(space, "hex"), body]);
}
