import type { ChangeHash } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import type { DocKey } from "./doc_key.ts";
import type { Load, Loaded, OnSetAside, SetAside } from "./documents.ts";

/** So many times in a row the engine dies when it has opened a document, then that is looked into. */
const DEATHS_TO_SEARCH = 2;

/** What documents are opened from: the store's changes, without those that are known to be at fault. */
export class StoredChanges {
  readonly #load: Load;
  readonly #log: Log;
  readonly #onSetAside: OnSetAside;
  readonly #aside = new Map<DocKey, Set<ChangeHash>>();
  readonly #doubted = new Set<DocKey>();
  readonly #deaths = new Map<DocKey, number>();

  constructor(load: Load, log: Log, onSetAside: OnSetAside) {
    this.#load = load;
    this.#log = log;
    this.#onSetAside = onSetAside;
  }

  /** Reads what a document is to be opened from, and whether a change in it is at fault. */
  read(key: DocKey): Loaded & { readonly isDoubted: boolean } {
    const { actor, base, changes } = this.#load(key);
    const aside = this.#aside.get(key);
    return {
      actor,
      base,
      changes: aside ? changes.filter((change) => !aside.has(hashOf(change))) : changes,
      isDoubted: this.#doubted.has(key),
    };
  }

  /** A document is open, and what it was asked is answered. */
  opened(key: DocKey): void {
    this.#deaths.delete(key);
    this.#doubted.delete(key);
  }

  /** A change in a document is at fault. Gives whether that is news. */
  doubt(key: DocKey): boolean {
    if (this.#doubted.has(key)) return false;
    this.#doubted.add(key);
    return true;
  }

  /** The engine died when it had opened a document. */
  died(key: DocKey): void {
    this.#deaths.set(key, (this.#deaths.get(key) ?? 0) + 1);
  }

  /** Whether it is to be found out of what the engine dies when it opens a document. */
  isSuspect(key: DocKey): boolean {
    return (this.#deaths.get(key) ?? 0) >= DEATHS_TO_SEARCH;
  }

  /** It was looked into. */
  searched(key: DocKey): void {
    this.#deaths.delete(key);
  }

  /** Leaves changes out of a document from now on, and tells it. */
  setAside(key: DocKey, changes: readonly SetAside[]): void {
    if (changes.length === 0) return;
    const aside = this.#aside.get(key) ?? new Set();
    this.#aside.set(key, aside);
    for (const { hash, reason, text } of changes) {
      if (hash) aside.add(hash);
      const facts = { document: key, change: hash, reason, text };
      this.#log("error", "a stored change is left out of its document", facts);
    }
    this.#onSetAside(key, changes);
  }
}

/** The hash of a change; what is none has no hash that is known. */
function hashOf(change: Uint8Array): ChangeHash {
  try {
    return readChangeHeader(change).hash;
  } catch (error) {
    if (error instanceof SyntaxError) return "" as ChangeHash;
    throw error;
  }
}
