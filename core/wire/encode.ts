import { type Cbor, encodeCbor } from "../base/cbor.ts";
import {
  ASK_STEPS,
  type DocVector,
  type Mark,
  type Message,
  MESSAGE_TYPES,
  PAIR_STEPS,
  REFUSAL_REASONS,
  type SentEntry,
  type SentEnvelope,
  type SentPlace,
  type SpaceMessage,
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
  actors.map(([actor, seq, head]): Cbor => [hex(actor), seq, hex(head)]),
];

/** An entry as CBOR. */
export const entryToCbor = ({ bytes, signature }: SentEntry): Cbor => [bytes, signature];

/** A place as CBOR. */
export function placeToCbor(place: SentPlace | null): Cbor {
  switch (place?.type) {
    case undefined:
      return null;
    case "channel":
      return [1, hex(place.channel), place.typing];
    case "note":
      return [2, hex(place.note), place.anchor, place.head];
  }
}

function spaceFields(message: SpaceMessage): readonly Cbor[] {
  switch (message.type) {
    case "digest":
      return [message.digest];
    case "vectors":
      return [message.docs.map(vectorToCbor), message.lacked, message.last];
    case "buckets":
      return [message.prints];
    case "documents":
      return [message.buckets, message.last];
    case "coming":
      return [message.count];
    case "envelopes":
      return [message.live, message.items.map(envelopeToCbor)];
    case "held":
      return [message.items.map(markToCbor)];
    case "presence":
      return [message.name, placeToCbor(message.place)];
    case "relay":
      return [message.wanted, message.authors.map(hex)];
    case "sealed":
      return [message.doc, message.size, message.at, message.bytes];
    case "log":
      return [message.hashes.map(hex), message.last];
    case "entries":
      return [message.items.map(entryToCbor)];
    case "here":
      return [
        message.items.map(({ author, body, signature }): Cbor => [hex(author), body, signature]),
      ];
  }
}

function fields(message: Message): readonly Cbor[] {
  switch (message.type) {
    case "meet":
      return [message.tags];
    case "join":
      return [hex(message.space), message.invite, message.proof];
    case "pair":
      return [PAIR_STEPS.indexOf(message.step), message.bytes];
    case "ask":
      return [ASK_STEPS.indexOf(message.step), message.space && hex(message.space)];
    case "refused":
      return [message.what === "join" ? 0 : 1, REFUSAL_REASONS.indexOf(message.reason)];
    default:
      return [hex(message.space), ...spaceFields(message)];
  }
}

/** Writes a message: its type in one byte, then its fields as a CBOR array. Lengths are the caller's care. */
export function encodeMessage(message: Message): Uint8Array {
  const body = encodeCbor(fields(message));
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = MESSAGE_TYPES[message.type];
  bytes.set(body, 1);
  return bytes;
}
