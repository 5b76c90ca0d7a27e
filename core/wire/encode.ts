import { type Cbor, encodeCbor } from "../base/cbor.ts";
import {
  type DocVector,
  type Mark,
  type Message,
  MESSAGE_TYPES,
  type SentEnvelope,
  type SentPlace,
} from "./message.ts";

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text);

/** An envelope as CBOR. */
export const envelopeToCbor = (envelope: SentEnvelope): Cbor => [
  envelope.doc,
  hex(envelope.author),
  envelope.signature,
  envelope.change,
];

/** A mark as CBOR. */
export const markToCbor = ([doc, actor, seq]: Mark): Cbor => [doc, hex(actor), seq];

const vectorToCbor = ([doc, actors]: DocVector): Cbor => [
  doc,
  actors.map(([actor, seq]): Cbor => [hex(actor), seq]),
];

function placeToCbor(place: SentPlace | null): Cbor {
  switch (place?.type) {
    case undefined:
      return null;
    case "channel":
      return [1, hex(place.channel), place.typing];
    case "note":
      return [2, hex(place.note), place.anchor, place.head];
  }
}

function fields(message: Message): readonly Cbor[] {
  switch (message.type) {
    case "digest":
      return [message.digest];
    case "vectors":
      return [message.docs.map(vectorToCbor), message.last];
    case "envelopes":
      return [message.live, message.items.map(envelopeToCbor)];
    case "held":
      return [message.items.map(markToCbor)];
    case "presence":
      return [message.name, placeToCbor(message.place)];
  }
}

/** Writes a message: its type in one byte, then CBOR `[space, …fields]`. Lengths are the caller's care. */
export function encodeMessage(message: Message): Uint8Array {
  const body = encodeCbor([hex(message.space), ...fields(message)]);
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = MESSAGE_TYPES[message.type];
  bytes.set(body, 1);
  return bytes;
}
