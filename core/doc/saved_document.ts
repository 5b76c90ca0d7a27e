import { Buffer } from "node:buffer";
import type { ActorId, DocId } from "../base/ids.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import { checkDocumentChunk } from "../trust/document_chunk.ts";
import { type Handle, newHandle } from "./automerge.ts";
import { docKind } from "./doc_id.ts";
import type {
  Compacted,
  CompactedLog,
  Loaded,
  SavedChange,
  SavedChanges,
  SavedEntry,
  SavedLog,
} from "./documents.ts";
import { Gate, type ReadChange, readChange } from "./gate.ts";
import { GENESIS, GENESIS_ACTOR } from "./genesis.ts";
import { maxEntries } from "./row_limit.ts";

/** The bytes of a head: the beginning of a hash. */
const HEAD_BYTES = 16;

/** A saved document is shorter than its changes; of a few it may be so much longer. */
const SPARE_BYTES = 1024;

/** Makes a document in which nothing was written yet. */
export function newDocument(actor: ActorId, isNote: boolean): Handle {
  const handle = newHandle(actor);
  if (isNote) handle.applyChanges([GENESIS]);
  return handle;
}

/** Loads a document as Automerge saved it. @throws {RangeError} if it does not load. */
export function loadSaved(bytes: Uint8Array, actor: ActorId): Handle {
  const handle = newHandle(actor);
  // Automerge passes over what it cannot load.
  if (handle.loadIncremental(bytes) > 0) return handle;
  handle.free();
  throw new RangeError("Cannot load the saved document");
}

/** The changes of a document, each after those it rests on; a note's beginning, which all have, is left out. */
export function changesOf(handle: Handle): Uint8Array[] {
  const isGenesis = (change: Uint8Array) =>
    change.length === GENESIS.length && Buffer.compare(change, GENESIS) === 0;
  return handle.getChanges([]).filter((change) => !isGenesis(change));
}

/** See `Documents.read`. */
export function readSaved(
  doc: DocId,
  { bytes, maxChanges, withChanges }: {
    readonly bytes: Uint8Array;
    readonly maxChanges: number;
    readonly withChanges: boolean;
  },
): SavedChanges {
  const isNote = docKind(doc).type === "note";
  return asRangeError(() => {
    checkDocumentChunk(bytes, maxChanges + 1);
    const handle = loadSaved(bytes, GENESIS_ACTOR);
    const changes = changesOf(handle);
    const heads = handle.getHeads().sort();
    handle.free();
    const gate = new Gate(isNote);
    const reads = changes.map((change) => {
      const read = readChange(change, isNote);
      if (!isNote && read.header.rows > maxEntries(change.length)) {
        throw new RangeError("too many operations");
      }
      gate.pass(read);
      return read;
    });
    const length = reads.reduce((sum, { change }) => sum + change.length, 0);
    // It is kept and passed on as it came, and counted as its changes.
    if (bytes.length > length + SPARE_BYTES) throw new RangeError("longer than its changes");
    return {
      logs: logsOf(reads),
      changedAt: reads.reduce((newest, { header }) => Math.max(newest, header.time), 0),
      changes: withChanges ? reads.map(savedChange) : [],
      heads,
    };
  });
}

function savedChange({ header: { hash, actor, seq }, change }: ReadChange): SavedChange {
  return { hash, actor, seq, change };
}

function logsOf(reads: readonly ReadChange[]): Map<ActorId, SavedLog> {
  interface Gathered {
    readonly heads: string[];
    readonly entries: SavedEntry[];
    top: ReadChange;
    bytes: number;
  }
  const logs = new Map<ActorId, Gathered>();
  for (const read of reads) {
    const { hash, actor, seq } = read.header;
    let log = logs.get(actor);
    if (log) {
      log.bytes += log.top.change.length;
      log.top = read;
    } else {
      logs.set(actor, log = { heads: [], entries: [], top: read, bytes: 0 });
    }
    log.heads.push(hash.slice(0, 2 * HEAD_BYTES));
    for (const { key, value, op: { counter } } of read.writes) {
      log.entries.push({ key, value, counter, seq });
    }
  }
  return new Map(
    [...logs].map(([actor, { heads, entries, top, bytes }]) => [actor, {
      ...{ heads: Uint8Array.fromHex(heads.join("")), bytes, entries },
      top: savedChange(top),
    }]),
  );
}

/** See `Documents.compact`. */
export function compact(doc: DocId, { base, changes }: Omit<Loaded, "actor">): Compacted {
  const isNote = docKind(doc).type === "note";
  return asRangeError(() => {
    const handle = base ? loadSaved(base, GENESIS_ACTOR) : newDocument(GENESIS_ACTOR, isNote);
    handle.applyChanges([...changes]);
    const bytes = handle.save();
    const heads = handle.getHeads().sort().join();
    const all = changesOf(handle);
    handle.free();
    checkDocumentChunk(bytes, all.length + 1);
    const again = loadSaved(bytes, GENESIS_ACTOR);
    // Loading makes each change anew and hashes it, so the same heads are the same changes, byte for byte.
    const isSame = again.getHeads().sort().join() === heads;
    again.free();
    if (!isSame) throw new RangeError("The document saves as another");
    return { bytes, logs: headsOf(all) };
  });
}

function headsOf(changes: readonly Uint8Array[]): Map<ActorId, CompactedLog> {
  const logs = new Map<ActorId, { heads: string[]; bytes: number; last: number }>();
  for (const change of changes) {
    const { hash, actor } = readChangeHeader(change);
    const log = logs.get(actor) ?? { heads: [], bytes: 0, last: 0 };
    logs.set(actor, log);
    log.heads.push(hash.slice(0, 2 * HEAD_BYTES));
    log.bytes += log.last;
    log.last = change.length;
  }
  return new Map(
    [...logs].map(([actor, { heads, bytes }]) => [actor, {
      heads: Uint8Array.fromHex(heads.join("")),
      bytes,
    }]),
  );
}

/** What a document is refused for is wrong as it was given, nothing else. */
function asRangeError<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new RangeError(error.message, { cause: error });
  }
}
