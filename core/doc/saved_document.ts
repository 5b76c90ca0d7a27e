import { Buffer } from "node:buffer";
import { type ActorId, type ChangeHash, type DocId, HEAD_DIGITS } from "../base/ids.ts";
import { splitChunks } from "../trust/change_chunk.ts";
import { openChange } from "../trust/change_header.ts";
import { checkDocumentChunk, type DocumentChunk } from "../trust/document_chunk.ts";
import { type Handle, newHandle } from "./automerge.ts";
import { docKind } from "./doc_id.ts";
import type {
  Compacted,
  CompactedLog,
  Loaded,
  ReadOptions,
  SavedChange,
  SavedChanges,
  SavedEntries,
  SavedLog,
  Wanted,
} from "./documents.ts";
import { Gate, readChange } from "./gate.ts";
import { GENESIS, GENESIS_ACTOR } from "./genesis.ts";
import { newestText } from "./note_handle.ts";
import { maxEntries } from "./row_limit.ts";
import { type Logged, SavedLogs } from "./saved_logs.ts";
import type { LogPlace } from "./unwanted.ts";
import { readWrittenOnce } from "./written_once.ts";

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

/** What is in a document, all of whose changes may be. */
interface Judged {
  readonly logs: ReadonlyMap<ActorId, SavedLog>;
  /** The length of all changes, plain. */
  readonly bytes: number;
  readonly changes?: readonly SavedChange[];
}

/** What one operation wrote, and the place in its log of its change. */
interface SavedEntry {
  readonly key: string;
  readonly value: string;
  readonly counter: number;
  readonly seq: number;
}

/** See `Documents.read`. */
export function readSaved(
  doc: DocId,
  { bytes, maxChanges, wanted }: { readonly bytes: Uint8Array } & ReadOptions,
): SavedChanges {
  const isNote = docKind(doc).type === "note";
  const wantsNone = wanted.type === "none";
  return asRangeError(() => {
    const chunk = checkDocumentChunk(bytes, maxChanges + 1);
    const handle = loadSaved(bytes, GENESIS_ACTOR);
    try {
      const once = isNote || !wantsNone ? undefined : writtenOnce(chunk, handle);
      const { logs, bytes: length, changes = [] } = once ??
        judgeEach(changesOf(handle), isNote, isWanted(wanted));
      // It is kept and passed on as it came, and counted as its changes.
      if (bytes.length > length + SPARE_BYTES) throw new RangeError("longer than its changes");
      const noteText = isNote && wantsNone ? newestText(handle) : null;
      return { changes, logs, heads: handle.getHeads().sort(), noteText };
    } finally {
      handle.free();
    }
  });
}

function writtenOnce(chunk: DocumentChunk, handle: Handle): Judged | undefined {
  try {
    // As one piece of memory, where `getChanges` makes a thousand.
    return readWrittenOnce(chunk, splitChunks(handle.saveSince([])));
  } catch (error) {
    // It is another kind of document, or an odd one: its changes tell.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Tells which changes are wanted. */
function isWanted(wanted: Wanted): (change: LogPlace & { readonly hash: ChangeHash }) => boolean {
  switch (wanted.type) {
    case "none":
      return () => false;
    case "at": {
      const places = new Set(wanted.places.map(({ actor, seq }) => `${actor}/${seq}`));
      return ({ actor, seq }) => places.has(`${actor}/${seq}`);
    }
    case "besides": {
      const held = new Map([...wanted.heads].map(([actor, heads]) => [actor, heads.toHex()]));
      return ({ actor, seq, hash }) => {
        const head = held.get(actor)?.slice(HEAD_DIGITS * (seq - 1), HEAD_DIGITS * seq);
        return !head || !hash.startsWith(head);
      };
    }
  }
}

/** Judges the changes of a document one by one, and gives those that are wanted. */
function judgeEach(
  made: readonly Uint8Array[],
  isNote: boolean,
  isWanted: (change: SavedChange) => boolean,
): Judged {
  const gate = new Gate(isNote);
  const sums = new SavedLogs<SavedChange & Logged>();
  const entries = new Map<ActorId, SavedEntry[]>();
  const changes: SavedChange[] = [];
  let length = 0;
  for (const each of made) {
    const read = readChange(each, isNote);
    const { header: { hash, actor, seq, time, rows }, change, writes } = read;
    if (!isNote && rows > maxEntries(change.length)) throw new RangeError("too many operations");
    gate.pass(read);
    sums.add({ hash, actor, seq, time, bytes: change.length, change });
    let written = entries.get(actor);
    if (!written) entries.set(actor, written = []);
    for (const { key, value, op: { counter } } of writes) {
      written.push({ key, value, counter, seq });
    }
    length += change.length;
    const saved = { hash, actor, seq, change };
    if (isWanted(saved)) changes.push(saved);
  }
  const logs = new Map([...sums.sums()].map(([actor, { top, ...sums }]): [ActorId, SavedLog] => {
    const { hash, seq, change } = top;
    const own = columnsOf(entries.get(actor) ?? []);
    return [actor, { ...sums, top: { hash, actor, seq, change }, entries: own }];
  }));
  return { logs, bytes: length, changes };
}

function columnsOf(entries: readonly SavedEntry[]): SavedEntries {
  return {
    keys: entries.map(({ key }) => key),
    values: entries.map(({ value }) => value),
    counters: Int32Array.from(entries, ({ counter }) => counter),
    seqs: Int32Array.from(entries, ({ seq }) => seq),
  };
}

/** See `Documents.compact`. */
export function compact(doc: DocId, { base, changes }: Omit<Loaded, "actor">): Compacted {
  const isNote = docKind(doc).type === "note";
  return asRangeError(() => {
    const handle = base ? loadSaved(base, GENESIS_ACTOR) : newDocument(GENESIS_ACTOR, isNote);
    handle.applyChanges([...changes]);
    const all = changesOf(handle);
    const bytes = saveProved(handle, all.length);
    handle.free();
    return { bytes, logs: logsOf(all) };
  });
}

/**
 * Saves a document of so many changes, and makes sure that this loads again as the same.
 *
 * @throws {RangeError} or {SyntaxError} if it does not, or is too long.
 */
export function saveProved(handle: Handle, changes: number): Uint8Array {
  const bytes = handle.save();
  checkDocumentChunk(bytes, changes + 1);
  const again = loadSaved(bytes, GENESIS_ACTOR);
  // Loading makes each change anew and hashes it, so the same heads are the same changes, byte for byte.
  const isSame = again.getHeads().sort().join() === handle.getHeads().sort().join();
  again.free();
  if (!isSame) throw new RangeError("The document saves as another");
  return bytes;
}

function logsOf(changes: readonly Uint8Array[]): Map<ActorId, CompactedLog> {
  const logs = new SavedLogs();
  for (const change of changes) {
    const { header: { hash, actor, time }, plain } = openChange(change);
    logs.add({ hash, actor, time, bytes: plain.length });
  }
  return new Map([...logs.sums()].map(([actor, { heads, bytes }]) => [actor, { heads, bytes }]));
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
