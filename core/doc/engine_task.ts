import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import { isDeath } from "./automerge.ts";
import { type DocKey, readDocKey } from "./doc_key.ts";
import type {
  Applied,
  ApplyAnswer,
  Compacted,
  Loaded,
  Made,
  NewEntry,
  NoteEdited,
  ReadOptions,
  Refused,
  Remade,
  SavedChanges,
  SetAside,
} from "./documents.ts";
import type { DocumentEngine } from "./engine.ts";
import { SpoiledError } from "./open_document.ts";
import { rehearse } from "./rehearsal.ts";
import { remakeDocument } from "./remade_document.ts";
import { compact, readSaved } from "./saved_document.ts";
import type { Unwanted } from "./unwanted.ts";

/** What can be asked of a document, each with what it is answered. */
export interface EngineCalls {
  "put": { ask: { entries: readonly NewEntry[]; at: number; idText?: string }; answer: Made };
  "apply": { ask: { changes: readonly Uint8Array[] }; answer: ApplyAnswer };
  "entries": {
    ask: { changes: readonly Uint8Array[] };
    answer: readonly (Applied | Refused)[];
  };
  "read": {
    ask: { bytes: Uint8Array } & ReadOptions;
    answer: SavedChanges;
  };
  "remake": {
    ask: { base: Uint8Array | null; changes: readonly Uint8Array[]; unwanted: Unwanted | null };
    answer: Remade;
  };
  "compact": {
    ask: { base: Uint8Array | null; changes: readonly Uint8Array[] };
    answer: Compacted;
  };
  "rehearse": { ask: Record<never, never>; answer: null };
  "noteText": { ask: Record<never, never>; answer: NoteText };
  "noteEdit": {
    ask: { heads: Heads; splices: readonly Splice[]; at: number; idText: string };
    answer: NoteEdited;
  };
  "noteMerge": { ask: { heads: Heads }; answer: NoteMerge };
  "anchor": { ask: { heads: Heads; positions: readonly number[] }; answer: string[] };
  "resolve": {
    ask: { cursors: readonly string[] };
    answer: { heads: Heads; positions: (number | null)[] };
  };
  "heads": { ask: Record<never, never>; answer: Heads };
}

export type EngineCall = {
  [T in keyof EngineCalls]: { readonly type: T } & EngineCalls[T]["ask"];
}[keyof EngineCalls];

const APART: readonly EngineCall["type"][] = ["entries", "read", "remake", "compact", "rehearse"];

/** Whether a call brings its document with it, or needs none, and touches none that is open. */
export function isApart({ type }: EngineCall): boolean {
  return APART.includes(type);
}

/** One call and what must come before it; it crosses to the worker as one message. */
export interface EngineTask {
  readonly key: DocKey;
  /** Documents to be let go first. */
  readonly drop: readonly DocKey[];
  /** What to open the call's document from, unless it is open. */
  readonly open:
    | Loaded & {
      /** Whether one of them is at fault, and to be found. */
      readonly isDoubted: boolean;
    }
    | null;
  readonly call: EngineCall;
}

/** What became of a task. */
export type EngineAnswer =
  | {
    readonly type: "done";
    readonly answer: unknown;
    /** Changes of the store that the document is now without. */
    readonly setAside: readonly SetAside[];
  }
  /** The call was wrong as it was; nothing happened. */
  | { readonly type: "wrong"; readonly text: string }
  /** A change in the document is at fault, whatever was asked; nothing happened, and the document is closed. */
  | { readonly type: "spoiled"; readonly text: string }
  /** Automerge failed; the document is closed. */
  | { readonly type: "panic"; readonly text: string }
  /** Automerge is dead, with every document in it. */
  | { readonly type: "dead"; readonly text: string };

/** Does a task. It never throws. */
export function doTask(
  engine: DocumentEngine,
  { key, drop, open, call }: EngineTask,
): EngineAnswer {
  try {
    for (const one of drop) engine.drop(one);
    if (open) engine.open(key, open.actor, open.changes, open);
    return { type: "done", answer: doCall(engine, key, call), setAside: engine.takeSetAside(key) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (isDeath(error)) return { type: "dead", text };
    if (error instanceof RangeError) return { type: "wrong", text };
    engine.forget(key);
    return { type: error instanceof SpoiledError ? "spoiled" : "panic", text };
  }
}

function doCall(engine: DocumentEngine, key: DocKey, call: EngineCall): unknown {
  switch (call.type) {
    case "put":
      return engine.put(key, call.entries, call.at, call.idText);
    case "apply":
      return engine.apply(key, call.changes);
    case "entries":
      return engine.entries(key, call.changes);
    case "read":
      return readSaved(readDocKey(key).doc, call);
    case "remake":
      return remakeDocument(readDocKey(key).doc, call, call.unwanted);
    case "compact":
      return compact(readDocKey(key).doc, call);
    case "rehearse":
      rehearse();
      return null;
    case "noteText":
      return engine.noteText(key);
    case "noteEdit":
      return engine.noteEdit(key, call.heads, call.splices, call.at, call.idText);
    case "noteMerge":
      return engine.noteMerge(key, call.heads);
    case "anchor":
      return engine.anchor(key, call.heads, call.positions);
    case "resolve":
      return engine.resolve(key, call.cursors);
    case "heads":
      return engine.heads(key);
  }
}
