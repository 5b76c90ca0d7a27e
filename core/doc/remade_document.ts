import type { ActorId, DocId } from "../base/ids.ts";
import { openChange } from "../trust/change_header.ts";
import { docKind } from "./doc_id.ts";
import {
  ANY_CHANGES,
  type GoneChange,
  type Loaded,
  MAX_GONE_OF_NOTE,
  type NewEntry,
  NO_CHANGES,
  type Remade,
  type SavedBase,
} from "./documents.ts";
import { readChange } from "./gate.ts";
import { GENESIS_ACTOR } from "./genesis.ts";
import { newestText } from "./note_handle.ts";
import { OpenDocument } from "./open_document.ts";
import { reload } from "./reload.ts";
import { changesOf, newDocument, readSaved, saveProved } from "./saved_document.ts";
import { type Held, type Unwanted, unwantedAmong } from "./unwanted.ts";

interface HeldChange extends Held {
  readonly change: Uint8Array;
}

/** See `Documents.remake`. */
export function remakeDocument(
  doc: DocId,
  from: Omit<Loaded, "actor">,
  unwanted: Unwanted | null,
): Remade {
  try {
    return remake(doc, from, unwanted);
  } catch (error) {
    // Nobody asked for what is wrong: what was stored is, or the engine.
    if (error instanceof RangeError) throw new Error(error.message, { cause: error });
    throw error;
  }
}

function remake(
  doc: DocId,
  { base, changes }: Omit<Loaded, "actor">,
  unwanted: Unwanted | null,
): Remade {
  const isNote = docKind(doc).type === "note";
  const whole = new OpenDocument(
    { actor: GENESIS_ACTOR, isNote, base, changes: [], isDoubted: false },
    reload,
  );
  try {
    const based = base && unwanted ? changesOf(whole.handle).flatMap(heldOf) : [];
    const held = unwanted ? [...based, ...changes.flatMap(heldOf)] : [];
    const gone = unwanted ? unwantedAmong(held, unwanted) : new Set();
    const staying = based.filter(({ hash }) => !gone.has(hash));
    const lesser = !base || staying.length === based.length ? base : saveOf(staying, isNote);
    const results = whole.apply(changes, true);
    return {
      gone: goneOf(held.filter(({ hash }) => gone.has(hash)), isNote),
      base: lesser && readBase(doc, lesser),
      results,
      noteText: isNote && gone.size > 0 ? newestText(whole.handle).text : null,
    };
  } finally {
    whole.free();
  }
}

/** What cannot be read is in no document. */
function heldOf(given: Uint8Array): HeldChange[] {
  try {
    const { header: { actor, seq, hash, deps }, plain: change } = openChange(given);
    return [{ actor, seq, hash, deps, change }];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Saves the document of these changes; what of none is no bytes. */
function saveOf(changes: readonly HeldChange[], isNote: boolean): Uint8Array {
  if (changes.length === 0) return new Uint8Array();
  const handle = newDocument(GENESIS_ACTOR, isNote);
  try {
    handle.applyChanges(changes.map(({ change }) => change));
    return saveProved(handle, changes.length);
  } finally {
    handle.free();
  }
}

function readBase(doc: DocId, bytes: Uint8Array): SavedBase {
  if (bytes.length === 0) return { bytes, logs: new Map() };
  const { logs } = readSaved(doc, { bytes, maxChanges: ANY_CHANGES, wanted: NO_CHANGES });
  return { bytes, logs };
}

function goneOf(gone: readonly HeldChange[], isNote: boolean): GoneChange[] {
  const told = new Set<ActorId>();
  return gone.flatMap(({ actor, seq, hash, change }, i) => {
    const isLowest = !told.has(actor);
    if (isNote && i >= MAX_GONE_OF_NOTE && !isLowest) return [];
    told.add(actor);
    return [{ actor, seq, hash, change, entries: isNote ? [] : entriesOf(change) }];
  });
}

/** What a change wrote; nothing if it is refused. */
function entriesOf(change: Uint8Array): NewEntry[] {
  try {
    return readChange(change, false).writes.map(({ key, value }) => ({ key, value }));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
