import type { ActorId, ChangeHash } from "../base/ids.ts";
import { branchOf, MAX_BRANCH_LEVEL } from "../trust/actor.ts";
import { type ChangeHeader, type OpenChange, openChange } from "../trust/change_header.ts";
import { Ancestry } from "./ancestry.ts";
import { ChangeOps, wrong } from "./change_ops.ts";
import { Characters } from "./characters.ts";
import type { Entry } from "./entry.ts";
import { GENESIS, GENESIS_ACTOR } from "./genesis.ts";
import { type KeyWrite, readKeyWrites } from "./key_writes.ts";
import type { Past, Place } from "./place.ts";
import type { SavedHistory } from "./saved_history.ts";
import { readTextOps, type TextOps } from "./text_ops.ts";
import { WrittenKeys } from "./written_keys.ts";

/** A change that was read, and is of this program's kind as far as it shows by itself. */
export interface ReadChange {
  readonly header: ChangeHeader;
  /** As one plain chunk: how it was deflated is of no account. */
  readonly change: Uint8Array;
  /** What it writes under keys; nothing in a note. */
  readonly writes: readonly KeyWrite[];
  /** What it does to the text, of a note. */
  readonly text: TextOps | undefined;
}

/**
 * Reads a change for a document.
 *
 * @throws {SyntaxError} if it is no change.
 * @throws {RangeError} if this program makes none like it.
 */
export function readChange(change: Uint8Array, isNote: boolean): ReadChange {
  const open: OpenChange = openChange(change);
  const { header, plain } = open;
  if (header.actor.endsWith(GENESIS_ACTOR)) throw wrong("it claims to be a genesis");
  const ops = new ChangeOps(open);
  const text = isNote ? readTextOps(ops) : undefined;
  const writes = isNote ? [] : readKeyWrites(ops);
  return { header, change: plain, writes, text };
}

/** Gives the entries of a change as they are told. */
export function entriesOf({ writes }: ReadChange): Entry[] {
  return writes.map(({ key, value, op }) => ({ key, value, op }));
}

/**
 * Judges the changes of one document, each by itself and what it rests on: so every peer comes to the same,
 * in whatever order it hears of them. What passes is as this program might have made it, and does
 * Automerge no harm. PROTOCOL.md, ADM.
 */
export class Gate {
  readonly #ancestry: Ancestry;
  readonly #keys = new WrittenKeys();
  readonly #characters: Characters;
  /** The keys that each change that passed writes at. */
  readonly #passed: (readonly { readonly key: string }[])[] = [];

  /** @param saved The note as it was saved, if there is one, with its beginning. */
  constructor(isNote: boolean, saved?: SavedHistory) {
    this.#ancestry = new Ancestry(saved);
    this.#characters = new Characters(saved);
    if (!isNote || saved) return;
    const { place, past } = this.#ancestry.judge(openChange(GENESIS).header);
    this.#ancestry.add(place, past);
    this.#passed.push([]);
  }

  /** How many changes passed, besides what was saved; with it one comes back with {@linkcode Gate.back}. */
  get size(): number {
    return this.#passed.length;
  }

  has(hash: ChangeHash): boolean {
    return this.#ancestry.has(hash);
  }

  /**
   * Lets a change pass that is not here and all of whose dependencies are.
   *
   * @throws {RangeError} if it is none that this program makes there.
   */
  pass(read: ReadChange): void {
    const { place, past } = this.#ancestry.judge(read.header);
    if (read.text) this.#passText(read.text, place, past);
    else this.#keys.check(read.writes, this.#ancestry, past);
    this.#ancestry.add(place, past);
    this.#keys.add(read.writes);
    this.#passed.push(read.writes.map(({ key }) => ({ key })));
  }

  /**
   * Gives an actor under which a change at heads that are here can be written: a base, or a branch of it, all of
   * whose changes are among what the heads rest on. `undefined` when all have gone on elsewhere.
   */
  actorAt(base: ActorId, heads: readonly string[]): ActorId | undefined {
    const past = this.#ancestry.pastOf(heads as readonly ChangeHash[]);
    const branches = Array.from({ length: MAX_BRANCH_LEVEL }, (_, i) => branchOf(base, i + 1));
    return [base, ...branches]
      .find((actor) => this.#ancestry.countOf(actor) === (past.get(actor) ?? 0));
  }

  /** Takes back the newest changes until so many are left. */
  back(size: number): void {
    while (this.#passed.length > size) {
      this.#ancestry.removeNewest();
      this.#keys.remove(this.#passed.pop() ?? []);
    }
  }

  #passText(text: TextOps, place: Place, past: Past): void {
    if (place.deps.length === 0) throw wrong("it does not rest on the note's beginning");
    this.#characters.check(text, place, this.#ancestry, past);
    this.#characters.add(place, text);
  }
}
