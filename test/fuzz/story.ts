import { type ActorId, type DocId, type NoteId, parseNoteId } from "../../core/base/ids.ts";
import { channelIdOf } from "../../core/doc/channel_id.ts";
import { noteDoc, segmentDoc, SPACE_DOC } from "../../core/doc/doc_id.ts";
import { type DocKey, docKey } from "../../core/doc/doc_key.ts";
import { DocumentEngine } from "../../core/doc/engine.ts";
import { applySplices } from "../../core/doc/note_splices.ts";
import { channelEntry, messageEntry, noteEntry, personEntry } from "../../core/doc/projection.ts";
import { actorOf } from "../../core/trust/actor.ts";
import type { DeviceKeys } from "../../core/trust/device_keys.ts";
import { type Envelope, signEnvelope } from "../../core/trust/envelope.ts";
import { LOBBY } from "../../core/trust/lobby.ts";
import { deviceKeys } from "../fakes/device.ts";
import { randomSplices } from "../fakes/splices.ts";

export const GENERAL = segmentDoc(channelIdOf(LOBBY, "general"), 0);
const NOTE_ID: NoteId = parseNoteId("5e".repeat(16));
export const NOTE = noteDoc(NOTE_ID);
export const DOCS: readonly DocId[] = [SPACE_DOC, GENERAL, NOTE];

/** A device that writes as the program does, and knows some of what the others wrote. */
class Writer {
  readonly keys: DeviceKeys;
  readonly #engine = new DocumentEngine();
  #heads: readonly string[];
  #text = "";

  constructor(seed: number) {
    this.keys = deviceKeys(seed);
    for (const doc of DOCS) this.#engine.open(this.#key(doc), this.#actor(doc), []);
    this.#heads = this.#engine.heads(this.#key(NOTE));
  }

  put(doc: DocId, key: string, value: string, at: number): Uint8Array[] {
    const entry = { key, value };
    return [this.#engine.put(this.#key(doc), [entry], at, "request").change];
  }

  /** Types into the note as a tab does that takes over what others typed now and then. */
  type(unit: () => number, at: number): Uint8Array[] {
    const key = this.#key(NOTE);
    if (unit() < 0.5) ({ heads: this.#heads, text: this.#text } = this.#engine.noteText(key));
    const kind = unit();
    const splices = kind < 0.15
      ? [{ at: 0, remove: 0, insert: "long é😀 ".repeat(1 + Math.floor(unit() * 120)) }]
      : kind < 0.25
      ? [{ at: 0, remove: this.#text.length, insert: "new" }]
      : randomSplices(unit, this.#text, 4, 6);
    const edited = this.#engine.noteEdit(key, this.#heads, splices, at, "request");
    this.#text = applySplices(this.#text, splices);
    this.#heads = edited.heads;
    return [...edited.made];
  }

  hear(doc: DocId, change: Uint8Array): void {
    const [result] = this.#engine.apply(this.#key(doc), [change]).results;
    if (result?.type !== "applied") {
      throw new Error(`An honest change was refused: ${result?.text}`);
    }
  }

  envelope(doc: DocId, change: Uint8Array): Envelope {
    return signEnvelope(this.keys, LOBBY, doc, change).envelope;
  }

  #key(doc: DocId): DocKey {
    return docKey(LOBBY, doc);
  }

  #actor(doc: DocId): ActorId {
    return actorOf(this.keys.peer, LOBBY, doc);
  }
}

/** What honest people write, each after what it rests on: messages, names, titles, notes with branches. */
export function honestStory(unit: () => number, steps: number): Envelope[] {
  const writers = [1, 2, 3].map((seed) => new Writer(seed));
  const told: { readonly envelope: Envelope; readonly known: Set<Writer> }[] = [];
  const pick = <T>(items: readonly T[]): T => items[Math.floor(unit() * items.length)]!;
  for (let step = 0; step < steps; step++) {
    const writer = pick(writers);
    // What was told first is heard first, so nothing that is heard rests on what is not.
    if (unit() < 0.6) {
      for (const { envelope, known } of told) {
        if (known.has(writer)) continue;
        writer.hear(envelope.doc, envelope.change);
        known.add(writer);
      }
    }
    const at = 1_700_000_000_000 + step;
    const [doc, changes] = write(writer, unit, pick, step, at);
    for (const change of changes) {
      told.push({ envelope: writer.envelope(doc, change), known: new Set([writer]) });
    }
  }
  return told.map(({ envelope }) => envelope);
}

function write(
  writer: Writer,
  unit: () => number,
  pick: <T>(items: readonly T[]) => T,
  step: number,
  at: number,
): [DocId, Uint8Array[]] {
  const { peer } = writer.keys;
  const kind = unit();
  if (kind < 0.3) {
    const id = `${at.toString(16).padStart(12, "0")}0000${peer.slice(0, 16)}`;
    const { key, value } = messageEntry(id as never, "hello ".repeat(1 + Math.floor(unit() * 90)));
    return [GENERAL, writer.put(GENERAL, key, value, at)];
  }
  if (kind < 0.5) {
    const { key, value } = pick([
      personEntry(peer, `Name ${step}`, step % 12),
      noteEntry(NOTE_ID, `Title ${step}`),
      channelEntry(LOBBY, `channel-${step % 3}`),
    ]);
    try {
      return [SPACE_DOC, writer.put(SPACE_DOC, key, value, at)];
    } catch (error) {
      // It is there already.
      if (error instanceof RangeError) return [SPACE_DOC, []];
      throw error;
    }
  }
  return [NOTE, writer.type(unit, at)];
}
