import type { Cbor } from "../base/cbor.ts";
import { readBoolean, readChannel, readList, readNote, readText } from "../base/fields.ts";
import { MAX_CURSOR_UNITS, type SentPlace } from "./message.ts";

/** Reads where a person is. @throws {SyntaxError} if it is not as it must be. */
export function readPlace(field: Cbor | undefined): SentPlace | null {
  if (field === null) return null;
  const [type, ...rest] = readList(field, "place", 1);
  switch (type) {
    case 1: {
      const [channel, typing] = rest;
      return {
        type: "channel",
        channel: readChannel(channel),
        typing: readBoolean(typing, "typing"),
      };
    }
    case 2: {
      const [note, anchor, head] = rest;
      return {
        type: "note",
        note: readNote(note),
        anchor: readText(anchor, "anchor", MAX_CURSOR_UNITS),
        head: readText(head, "head", MAX_CURSOR_UNITS),
      };
    }
    default:
      // A kind of place that a later version has: the person is here, and nowhere this one can show.
      return null;
  }
}
