import type { ActorId } from "../base/ids.ts";
import { MAX_CHANGE_BYTES } from "../base/limits.ts";
import { readChangeHeader } from "../trust/change_header.ts";
import { applyChanges } from "./apply_changes.ts";
import { type Handle, isDeath, isPanic } from "./automerge.ts";
import { orderChanges } from "./change_order.ts";
import type { Applied, Refused, SetAside } from "./documents.ts";
import { Gate, type ReadChange, readChange } from "./gate.ts";
import { type Reload, ReloadSchedule } from "./reload.ts";
import { retype } from "./retype.ts";
import { changesOf, loadSaved, newDocument } from "./saved_document.ts";
import { SavedHistory } from "./saved_history.ts";

const NO_MORE_BRANCHES = "Cannot write on one more branch: open the note again";

/** A change made here that does not fit: to be made of several. */
export class TooLongError extends RangeError {}

/** A document that does not load again, whatever is added to it: one of its own changes is at fault. */
export class SpoiledError extends Error {
  override name = "SpoiledError";
}

/** What a document is opened from. */
export interface OpenFrom {
  readonly actor: ActorId;
  readonly isNote: boolean;
  /** The document as it was saved, or none. */
  readonly base: Uint8Array | null;
  /** The store's besides, in any order. */
  readonly changes: readonly Uint8Array[];
  /** Whether one of them is at fault, and to be found. */
  readonly isDoubted: boolean;
}

/**
 * One document of Automerge's. Whatever writes works on a copy, which takes the document's place when all went
 * well (a copy costs 0.1 ms at 1,000 messages). So what throws has changed nothing, a panic of Automerge
 * included: the copy it damaged is gone.
 */
export class OpenDocument {
  readonly actor: ActorId;
  readonly isNote: boolean;
  readonly #reload: Reload;
  #handle: Handle;
  #gate: Gate | undefined;
  readonly #base: Uint8Array | null;
  /** What it was opened from besides its base, until its gate has seen it. */
  #stored: readonly Uint8Array[];
  #schedule = new ReloadSchedule(0);
  #setAside: SetAside[] = [];

  /** @throws {SpoiledError} if a change is at fault that was not doubted. */
  constructor({ actor, isNote, base, changes, isDoubted }: OpenFrom, reload: Reload) {
    this.actor = actor;
    this.isNote = isNote;
    this.#reload = reload;
    this.#base = base;
    this.#handle = this.#begin();
    this.#stored = changes;
    if (isDoubted || !this.#openAtOnce()) this.#openByGate(isDoubted);
  }

  get handle(): Handle {
    return this.#handle;
  }

  /** Gives the changes of the store that are left out since this was last asked, and why. */
  takeSetAside(): SetAside[] {
    return this.#setAside.splice(0);
  }

  /**
   * Applies changes of others, each if the gate lets it pass. `isDoubted`: whether the document is loaded again
   * though it is not due.
   *
   * @throws {SpoiledError} if a change is at fault that it had before.
   */
  apply(changes: readonly Uint8Array[], isDoubted = false): (Applied | Refused)[] {
    return this.#applyAll(this.#judged(), changes, isDoubted);
  }

  /** Runs `work`, which makes changes of one's own, on a copy that takes the document's place if it succeeds. */
  write<T>(work: (copy: Handle) => T): T {
    const gate = this.#judged();
    const before = gate.size;
    try {
      return this.#swap(work);
    } catch (error) {
      gate.back(before);
      throw error;
    }
  }

  /**
   * Makes sure that a change made here, within {@linkcode OpenDocument.write}, is one that every peer accepts.
   *
   * @throws {TooLongError} if it is too long for one change.
   * @throws {RangeError} if it is on a branch too many, or refused for another reason.
   */
  made(change: Uint8Array): ReadChange {
    if (change.length > MAX_CHANGE_BYTES) {
      throw new TooLongError(`Cannot write ${change.length} bytes: too long for one change`);
    }
    let read: ReadChange;
    try {
      read = readChange(change, this.isNote);
    } catch (cause) {
      throw new RangeError(NO_MORE_BRANCHES, { cause });
    }
    this.#judged().pass(read);
    this.#schedule.added(read.header.rows, false);
    return read;
  }

  /**
   * Gives an actor of one's own under which a change can be written at heads it knows.
   *
   * @throws {RangeError} if all have gone on elsewhere.
   */
  actorAt(heads: readonly string[]): ActorId {
    const actor = this.#judged().actorAt(this.actor, heads);
    if (actor === undefined) throw new RangeError(NO_MORE_BRANCHES);
    return actor;
  }

  free(): void {
    this.#handle.free();
  }

  /** Changes out of the store were looked at when they came: the quick way, if it goes well. */
  #openAtOnce(): boolean {
    if (this.#stored.length === 0) return true;
    try {
      this.#swap((copy) => {
        copy.applyChanges([...this.#stored]);
        if (copy.getMissingDeps([]).length > 0) throw new RangeError("Some rest on missing ones");
      });
      return true;
    } catch (error) {
      if (isDeath(error)) throw error;
      return false;
    }
  }

  /** Opens it anew from what the gate lets pass. */
  #openByGate(isDoubted: boolean): Gate {
    const gate = new Gate(this.isNote);
    const stored = [...this.#baseChanges(), ...this.#stored];
    this.#handle.free();
    this.#handle = newDocument(this.actor, this.isNote);
    this.#schedule = new ReloadSchedule(0);
    const results = this.#applyAll(gate, stored, isDoubted);
    for (const [i, result] of results.entries()) {
      if (result.type === "applied") continue;
      const { reason, text } = result;
      this.#setAside.push({ hash: hashOf(stored[i]), reason, text });
    }
    this.#stored = [];
    return this.#gate = gate;
  }

  /** The gate, when it has seen all that is in the document. */
  #judged(): Gate {
    if (this.#gate) return this.#gate;
    let gate: Gate;
    let rows = 0;
    try {
      const saved = this.isNote && this.#base
        ? new SavedHistory(this.#base, (hash) => this.#handle.getChangeMetaByHash(hash))
        : undefined;
      gate = new Gate(this.isNote, saved);
      rows = saved?.rows ?? 0;
      const reads = [...(saved ? [] : this.#baseChanges()), ...this.#stored]
        .map((change) => readChange(change, this.isNote));
      const items = reads.map((read) => ({ ...read.header, read }));
      for (const { read } of orderChanges(items, (hash) => gate.has(hash)).ready) {
        if (gate.has(read.header.hash)) continue;
        gate.pass(read);
        rows += read.header.rows;
      }
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
      // Something that an earlier version took. Others take it no more, so it goes from here, too.
      return this.#openByGate(false);
    }
    this.#stored = [];
    this.#schedule = new ReloadSchedule(rows);
    return this.#gate = gate;
  }

  #applyAll(
    gate: Gate,
    changes: readonly Uint8Array[],
    isDoubted: boolean,
  ): (Applied | Refused)[] {
    const write = (work: (copy: Handle) => void, rows: number, isDoubted: boolean) => {
      const isProved = isDoubted || this.#schedule.isDue(rows);
      this.#swap((copy) => {
        work(copy);
        if (isProved) this.#prove(copy);
      });
      this.#schedule.added(rows, isProved);
    };
    const retyped = (reads: readonly ReadChange[], rows: number) => {
      if (this.#schedule.isDue(rows)) return false;
      const copy = retype(this.#handle, reads);
      if (!copy) return false;
      this.#become(copy);
      this.#schedule.added(rows, false);
      return true;
    };
    const target = { isNote: this.isNote, gate, write, retype: retyped };
    return applyChanges(target, changes, isDoubted);
  }

  #prove(copy: Handle): void {
    try {
      this.#reload(copy, this.isNote);
    } catch (error) {
      if (isDeath(error)) throw error;
      try {
        this.#reload(this.#handle, this.isNote);
      } catch (cause) {
        if (isDeath(cause)) throw cause;
        throw new SpoiledError("The document does not load again", { cause });
      }
      throw error;
    }
  }

  #swap<T>(work: (copy: Handle) => T): T {
    const copy = this.#handle.clone(this.actor);
    let result: T;
    try {
      result = work(copy);
    } catch (error) {
      // What a panic left behind is not touched again, not even to free it.
      if (!isPanic(error) && !isDeath(error)) copy.free();
      throw error;
    }
    this.#become(copy);
    return result;
  }

  #become(copy: Handle): void {
    this.#handle.free();
    this.#handle = copy;
  }

  #begin(): Handle {
    if (!this.#base) return newDocument(this.actor, this.isNote);
    return loadSaved(this.#base, this.actor);
  }

  /** The changes of the base, each after those it rests on. */
  #baseChanges(): Uint8Array[] {
    if (!this.#base) return [];
    const handle = loadSaved(this.#base, this.actor);
    const changes = changesOf(handle);
    handle.free();
    return changes;
  }
}

function hashOf(change: Uint8Array | undefined): SetAside["hash"] {
  try {
    return change ? readChangeHeader(change).hash : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
