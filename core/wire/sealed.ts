import { type Cbor, decodeCbor, encodeCbor } from "../base/cbor.ts";
import { readActor, readBytes, readList, readPeer, readSeq } from "../base/fields.ts";
import type { DocId, SpaceId } from "../base/ids.ts";
import { MAX_SEALED_BYTES } from "../base/limits.ts";
import type { Envelope } from "../trust/envelope.ts";
import type { Seal, SealedDocument } from "../trust/sealed_document.ts";
import { encodeMessage } from "./encode.ts";
import { packEnvelopes } from "./pack.ts";

/** A list of a list of seals. */
const DEPTH = 3;
/** Actors of one sealed document. */
const MAX_SEALS = 8192;
/** A seal is a list of four. */
const VALUES = 3 + 5 * MAX_SEALS;
/** A `sealed` message besides its bytes: type, array, space, document, size and place, the head of the bytes. */
const PART_BYTES = 1 + 1 + 17 + 66 + 5 + 5 + 5;

/**
 * Writes a sealed document as one byte string, in which its space and name are not: `[[[actor, author, seq,
 * signature], …], bytes]` in CBOR.
 */
export function encodeSealed(
  { seals, bytes }: Pick<SealedDocument, "seals" | "bytes">,
): Uint8Array {
  return encodeCbor([seals.map(sealToCbor), bytes]);
}

/**
 * Reads a sealed document. Neither what it holds nor its seals are looked at.
 *
 * @throws {SyntaxError} if it is not as {@linkcode encodeSealed} writes it.
 */
export function decodeSealed(
  space: SpaceId,
  doc: DocId,
  written: Uint8Array,
): SealedDocument {
  const [seals, bytes] = readList(
    decodeCbor(written, { depth: DEPTH, values: VALUES }),
    "sealed document",
    2,
  );
  return {
    space,
    doc,
    seals: readList(seals, "seals", 1, MAX_SEALS).map(readSeal),
    bytes: readBytes(bytes, "document", 1, MAX_SEALED_BYTES),
  };
}

/** Writes a sealed document as `sealed` messages of at most `maxBytes`; they are made as they are asked for. */
export function* packSealed(sealed: SealedDocument, maxBytes: number): Generator<Uint8Array> {
  const { space, doc } = sealed;
  const written = encodeSealed(sealed);
  const most = maxBytes - PART_BYTES;
  for (let at = 0; at < written.length; at += most) {
    const bytes = written.subarray(at, at + most);
    yield encodeMessage({ type: "sealed", space, doc, size: written.length, at, bytes });
  }
}

/** Writes what a peer lacks, in order, as `envelopes` and `sealed` messages of at most `maxBytes`. */
export function* packHistory(
  space: SpaceId,
  items: Iterable<Envelope | SealedDocument>,
  maxBytes: number,
): Generator<Uint8Array> {
  const iterator = Iterator.from(items);
  let sealed: SealedDocument | undefined;
  function* envelopes(): Generator<Envelope> {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      if ("seals" in next.value) {
        sealed = next.value;
        return;
      }
      yield next.value;
    }
  }
  do {
    sealed = undefined;
    yield* packEnvelopes(space, false, envelopes(), maxBytes);
    if (sealed) yield* packSealed(sealed, maxBytes);
  } while (sealed);
}

function sealToCbor({ actor, author, seq, signature }: Seal): Cbor {
  return [Uint8Array.fromHex(actor), Uint8Array.fromHex(author), seq, signature];
}

function readSeal(field: Cbor): Seal {
  const [actor, author, seq, signature] = readList(field, "seal", 4);
  return {
    actor: readActor(actor),
    author: readPeer(author),
    seq: readSeq(seq),
    signature: readBytes(signature, "signature", 64),
  };
}
