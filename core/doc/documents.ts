import type { ActorId, ChangeHash } from "../base/ids.ts";
import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import type { DocKey } from "./doc_key.ts";
import type { Entry } from "./entry.ts";
import type { LogPlace, Unwanted } from "./unwanted.ts";

/** A string to write under a key of a document's root map. */
export interface NewEntry {
  readonly key: string;
  readonly value: string;
}

/** A change made here: to be signed, committed and only then told. */
export interface Made {
  readonly change: Uint8Array;
  readonly hash: ChangeHash;
  readonly entries: readonly Entry[];
  /** The document's heads with the change. */
  readonly heads: Heads;
}

/** A change of a peer that is in the document now (or was before). Notes have no entries. */
export interface Applied {
  readonly type: "applied";
  readonly entries: readonly Entry[];
}

/**
 * A change of a peer that is not in the document. `missing`: it rests on changes that are not there,
 * and may be given again after them; `malformed`, `rejected`, `panic`: never, its author is at fault.
 */
export interface Refused {
  readonly type: "refused";
  readonly reason: "missing" | "malformed" | "rejected" | "panic";
  readonly text: string;
}

/**
 * A change of the store that is left out of its document, for one of the reasons above, or because the engine
 * dies of it: `deadly`. What rests on it is `missing`.
 */
export interface SetAside {
  /** `null` if it is not even a change. */
  readonly hash: ChangeHash | null;
  readonly reason: Refused["reason"] | "deadly";
  readonly text: string;
}

/** What became of a batch of changes, one result each, in the order given. */
export interface ApplyAnswer {
  readonly results: readonly (Applied | Refused)[];
  readonly heads: Heads;
}

/** What became of an edit of a note. */
export interface NoteEdited {
  /** The changes made, in order; none when the splices change nothing. */
  readonly made: readonly Uint8Array[];
  /** The heads of the asker's own branch after the edit: the next edit is made at these. */
  readonly heads: Heads;
  /** What brings the text at `heads` to the common text. */
  readonly merged: NoteMerge;
}

/** What a document is opened from. */
export interface Loaded {
  /** The actor under which this device writes into it. */
  readonly actor: ActorId;
  /** The document as Automerge saved it, or none; it was checked before it was stored. */
  readonly base: Uint8Array | null;
  /** All changes in the store that are not in the base, in any order. Some may be in both. */
  readonly changes: readonly Uint8Array[];
}

/** Which changes of a saved document are given as such, besides what is told of all of them. */
export type Wanted =
  | { readonly type: "none" }
  /** Those in these places. */
  | { readonly type: "at"; readonly places: readonly LogPlace[] }
  /** Those that logs with these heads (the first 16 bytes of each hash, from the first on) do not have. */
  | { readonly type: "besides"; readonly heads: ReadonlyMap<ActorId, Uint8Array> };

export const NO_CHANGES: Wanted = { type: "none" };
export const ALL_CHANGES: Wanted = { type: "besides", heads: new Map() };

/** How a saved document is read. */
export interface ReadOptions {
  /** What it may have; a note's beginning, which all have, is not counted. */
  readonly maxChanges: number;
  readonly wanted: Wanted;
}

/** Bounds nothing: of a base of one's own the changes were counted when they came. */
export const ANY_CHANGES = 2 ** 31;

/** A change out of a saved document. */
export interface SavedChange {
  readonly hash: ChangeHash;
  readonly actor: ActorId;
  readonly seq: number;
  /** Plain. */
  readonly change: Uint8Array;
}

/**
 * What the changes of a log in a saved document wrote, in the order in which they did: columns, which cross from
 * the worker in a part of the time that as many objects take.
 */
export interface SavedEntries {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** Of the operations that wrote them. */
  readonly counters: Int32Array;
  /** The places in their log of the changes that wrote them. */
  readonly seqs: Int32Array;
}

/** A log of a saved document, up to its last change, which is `top`. */
export interface SavedLog extends CompactedLog {
  /** The newest time of a change of it, in milliseconds since 1970 by its author's clock. */
  readonly newestAt: number;
  readonly top: SavedChange;
  readonly entries: SavedEntries;
}

/**
 * What is in a saved document. It crosses from the worker to the main thread, which is given no more of each of
 * its changes than it has use for.
 */
export interface SavedChanges {
  readonly logs: ReadonlyMap<ActorId, SavedLog>;
  /** Those that were wanted, each after those it rests on. */
  readonly changes: readonly SavedChange[];
  readonly heads: Heads;
  /** The text, if it is a note's and none of its changes was wanted. */
  readonly noteText: NoteText | null;
}

/** A saved document, with the first 16 bytes of the hash of each change of each log, one after the other. */
export interface Compacted {
  readonly bytes: Uint8Array;
  readonly logs: ReadonlyMap<ActorId, CompactedLog>;
}

export interface CompactedLog {
  readonly heads: Uint8Array;
  /** The length of its changes, plain, but for the last. */
  readonly bytes: number;
}

/** A saved document, with what is in it. */
export interface SavedBase {
  readonly bytes: Uint8Array;
  readonly logs: ReadonlyMap<ActorId, SavedLog>;
}

/** A change that is taken out of a document, with what it wrote; those of a note write no entries. */
export interface GoneChange extends SavedChange {
  readonly entries: readonly NewEntry[];
}

/** A document made anew. */
export interface Remade {
  /**
   * What was unwanted, each after those it rests on; of a note the lowest of each log, and of the others not more
   * than {@linkcode MAX_GONE_OF_NOTE}.
   */
  readonly gone: readonly GoneChange[];
  /** The base without it; `null` if there was none. */
  readonly base: SavedBase | null;
  /** What each of the given changes means in the document as it was. */
  readonly results: readonly (Applied | Refused)[];
  /** The text of a note as it was, if anything is gone. */
  readonly noteText: string | null;
}

/** So many changes that are gone from a note are told of. */
export const MAX_GONE_OF_NOTE = 8192;

/** Reads a document from the store; a document without changes is a new one. */
export type Load = (key: DocKey) => Loaded;

/** Hears of changes of the store that a document is now without; what is told is told again after a start. */
export type OnSetAside = (key: DocKey, changes: readonly SetAside[]) => void;

/**
 * A call that was not done because its worker died of it, or was too slow, or was closed. The call is
 * never repeated by itself; the documents go on from the store.
 */
export class DocumentFault extends Error {
  override name = "DocumentFault";
  constructor(readonly key: DocKey, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * All documents of this node. A document is opened by itself when a call needs it, from what `load` gives,
 * and let go when it was not used for long or its worker died. Calls about one are done and answered
 * in the order they were made, but what the person at this node waits for goes ahead of what peers sent
 * (`apply`).
 *
 * Whoever calls owes this: what an answer brings is in the store, or was given up with `drop`, before
 * the turn of the event loop in which the answer came is over. For at any time after, the document may be
 * opened again from the store, and a change that is not there then is as if it had never been made: the
 * next one would take its place in the log of its actor.
 *
 * Every call may reject with a {@linkcode DocumentFault}.
 */
export interface Documents {
  /**
   * Writes entries into the document's root map as one change at the time `at`, in milliseconds since
   * 1970. `idText` (of the command that asked for it, at most 64 characters) becomes the change's message.
   *
   * @throws {RangeError} if there is nothing to write (what is there already is not written again), or it
   * is too long for one change.
   */
  put(key: DocKey, entries: readonly NewEntry[], at: number, idText?: string): Promise<Made>;
  /** Applies changes whose envelopes were verified, in any order, as one batch. */
  apply(key: DocKey, changes: readonly Uint8Array[]): Promise<ApplyAnswer>;
  /**
   * Gives what the changes of a document mean, all of them from the first on, in any order, each judged as if it
   * came anew. That is how what people see is made again from what was signed. The document itself is
   * neither opened nor changed, nor is the store.
   */
  entries(key: DocKey, changes: readonly Uint8Array[]): Promise<readonly (Applied | Refused)[]>;
  /**
   * Gives what is in a document as a peer saved it, each change judged as if it came by itself. Nothing is
   * opened or changed by it.
   *
   * @throws {RangeError} if the bytes are no such document, or one of its changes is refused.
   */
  read(key: DocKey, bytes: Uint8Array, options: ReadOptions): Promise<SavedChanges>;
  /**
   * Gives what a document is and means without what is unwanted in it, which is how it comes to be without it.
   * Nothing is opened or changed by it.
   *
   * @param from All of it, the changes each after those it rests on.
   */
  remake(key: DocKey, from: Omit<Loaded, "actor">, unwanted: Unwanted | null): Promise<Remade>;
  /**
   * Saves the document that consists of what is given, and makes sure that this loads again with the same heads,
   * which stand for every change. Nothing is opened or changed by it.
   *
   * @throws {RangeError} if it does not, or is too long.
   */
  compact(key: DocKey, from: Omit<Loaded, "actor">): Promise<Compacted>;
  /** Gives the common text of a note; of more than 64 heads, the text at so many of them. */
  noteText(key: DocKey): Promise<NoteText>;
  /**
   * Applies splices that were made at `heads`, each to what the one before it left, as one or more changes
   * at the time `at`, in milliseconds since 1970, that bear `idText` as their message.
   *
   * @throws {RangeError} if the heads are unknown, a splice is out of the text, would cut a surrogate pair
   * or has a lone one, or the text would become too long.
   */
  noteEdit(
    key: DocKey,
    heads: Heads,
    splices: readonly Splice[],
    at: number,
    idText: string,
  ): Promise<NoteEdited>;
  /** Gives what brings a note's text at `heads` to the common text. @throws {RangeError} as above. */
  noteMerge(key: DocKey, heads: Heads): Promise<NoteMerge>;
  /** Gives a cursor for each position in a note's text at `heads`. @throws {RangeError} as above. */
  anchor(key: DocKey, heads: Heads, positions: readonly number[]): Promise<string[]>;
  /** Gives where cursors are in the common text of a note, or `null` for what is no cursor of it. */
  resolve(
    key: DocKey,
    cursors: readonly string[],
  ): Promise<{ heads: Heads; positions: (number | null)[] }>;
  /** Gives the document's heads. */
  heads(key: DocKey): Promise<Heads>;
  /**
   * Forgets a document; the next call opens it from the store again. This undoes a change of one's own that
   * could not be committed. Calls that wait are done on the document as reopened, also the one that the
   * worker has now; an answer that was given already is its caller's affair (the store refuses a gap in a
   * log, and its caller drops the document in turn).
   */
  drop(key: DocKey): void;
  /** Ends the worker; calls that wait reject. Twice does nothing. */
  close(): Promise<void>;
}
