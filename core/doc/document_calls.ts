import type { Heads, NoteMerge, NoteText, Splice } from "../view/view.ts";
import type { DocKey } from "./doc_key.ts";
import type {
  Applied,
  ApplyAnswer,
  Compacted,
  Documents,
  Loaded,
  Made,
  NewEntry,
  NoteEdited,
  ReadOptions,
  Refused,
  Remade,
  SavedChanges,
} from "./documents.ts";
import type { EngineCall, EngineCalls } from "./engine_task.ts";
import type { Unwanted } from "./unwanted.ts";

/** Says what {@linkcode Documents} are asked as calls of an engine's, wherever these are done. */
export abstract class DocumentCalls implements Documents {
  /** Has a call done. */
  abstract ask<C extends EngineCall>(
    key: DocKey,
    call: C,
  ): Promise<EngineCalls[C["type"]]["answer"]>;
  abstract drop(key: DocKey): void;
  abstract close(): Promise<void>;

  put(key: DocKey, entries: readonly NewEntry[], at: number, idText?: string): Promise<Made> {
    const call = { type: "put", entries, at } as const;
    return this.ask(key, idText === undefined ? call : { ...call, idText });
  }

  apply(key: DocKey, changes: readonly Uint8Array[]): Promise<ApplyAnswer> {
    return this.ask(key, { type: "apply", changes });
  }

  entries(key: DocKey, changes: readonly Uint8Array[]): Promise<readonly (Applied | Refused)[]> {
    return this.ask(key, { type: "entries", changes });
  }

  read(
    key: DocKey,
    bytes: Uint8Array,
    { maxChanges, wanted }: ReadOptions,
  ): Promise<SavedChanges> {
    return this.ask(key, { type: "read", bytes, maxChanges, wanted });
  }

  remake(
    key: DocKey,
    { base, changes }: Omit<Loaded, "actor">,
    unwanted: Unwanted | null,
  ): Promise<Remade> {
    return this.ask(key, { type: "remake", base, changes, unwanted });
  }

  compact(key: DocKey, { base, changes }: Omit<Loaded, "actor">): Promise<Compacted> {
    return this.ask(key, { type: "compact", base, changes });
  }

  noteText(key: DocKey): Promise<NoteText> {
    return this.ask(key, { type: "noteText" });
  }

  noteEdit(
    key: DocKey,
    heads: Heads,
    splices: readonly Splice[],
    at: number,
    idText: string,
  ): Promise<NoteEdited> {
    return this.ask(key, { type: "noteEdit", heads, splices, at, idText });
  }

  noteMerge(key: DocKey, heads: Heads): Promise<NoteMerge> {
    return this.ask(key, { type: "noteMerge", heads });
  }

  anchor(key: DocKey, heads: Heads, positions: readonly number[]): Promise<string[]> {
    return this.ask(key, { type: "anchor", heads, positions });
  }

  resolve(
    key: DocKey,
    cursors: readonly string[],
  ): Promise<{ heads: Heads; positions: (number | null)[] }> {
    return this.ask(key, { type: "resolve", cursors });
  }

  heads(key: DocKey): Promise<Heads> {
    return this.ask(key, { type: "heads" });
  }
}
