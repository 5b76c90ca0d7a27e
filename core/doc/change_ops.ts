import type { ActorId } from "../base/ids.ts";
import type { OpenChange } from "../trust/change_header.ts";
import { COLUMN } from "../trust/change_columns.ts";
import { Column, noNumbers, type Numbers } from "../trust/column.ts";
import type { OpId } from "./entry.ts";

/** `set` and `del`, as Automerge numbers what operations do. */
export const ACTION = { set: 1, delete: 3 } as const;

const NO_VALUE = 0;
const TEXT_VALUE = 6;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The operations of a change, expanded column by column; nothing but this program's own kinds of them can be
 * read. Whether they make sense is another question.
 */
export class ChangeOps {
  readonly rows: number;
  readonly #startOp: number;
  readonly #columns: ReadonlyMap<number, Uint8Array>;
  /** The author, then the other actors that are named. */
  readonly #actors: readonly ActorId[];
  readonly #used: Uint8Array;

  constructor({ header, columns }: OpenChange) {
    this.rows = header.rows;
    this.#startOp = header.startOp;
    this.#columns = columns.columns;
    // Actors of any bytes are names only; one that has no operations here is found out when it is looked up.
    this.#actors = [header.actor, ...columns.others as readonly ActorId[]];
    this.#used = new Uint8Array(this.#actors.length);
  }

  /** Whether there is a column of a kind. */
  has(spec: number): boolean {
    return this.#columns.has(spec);
  }

  /** The id of the operation in a row. */
  idOf(row: number): OpId {
    return { counter: this.#startOp + row, actor: this.#actors[0] as ActorId };
  }

  /** A column of numbers; -1 where there is none, also where the column is missing. */
  numbers(spec: number, rows = this.rows): Numbers {
    const bytes = this.#columns.get(spec);
    if (!bytes) return noNumbers(rows);
    return new Column(spec, bytes, rows, wrong).numbers(rows);
  }

  /** A column of strings, `null` where there is none. */
  texts(spec: number): (string | null)[] {
    const bytes = this.#columns.get(spec);
    if (!bytes) return new Array(this.rows).fill(null);
    return new Column(spec, bytes, this.rows, wrong).texts();
  }

  /** How many operations do not insert, how many after them do, how many then do not … */
  insertRuns(): number[] {
    const bytes = this.#columns.get(COLUMN.insert);
    if (!bytes) throw wrong("without a column of insertions");
    return new Column(COLUMN.insert, bytes, this.rows, wrong).booleanRuns();
  }

  /** The actor that a row names, by its number in the change. @throws {RangeError} if there is none. */
  actor(number: number): ActorId {
    const actor = this.#actors[number];
    if (actor === undefined) throw wrong(`with an actor ${number} that it does not name`);
    this.#used[number] = 1;
    return actor;
  }

  /** How many predecessors each row has, and which: the number of an actor, and a counter, one by one. */
  preds(): { counts: Numbers; actors: Numbers; counters: Numbers } {
    const counts = this.numbers(COLUMN.predCount);
    let total = 0;
    for (const count of counts) {
      if (count < 0) throw wrong("with an operation that does not say what it replaces");
      total += count;
    }
    const actors = this.numbers(COLUMN.predActor, total);
    return { counts, actors, counters: this.numbers(COLUMN.predCounter, total) };
  }

  /** The bytes of all values, and of each row its length, or -1 for a row that has none. */
  values(): { lengths: Numbers; bytes: Uint8Array } {
    const lengths = this.numbers(COLUMN.valueMeta);
    for (const [row, meta] of lengths.entries()) {
      const isText = meta >= 0 && (meta & 0xf) === TEXT_VALUE;
      if (!isText && meta !== NO_VALUE) throw wrong("with a value that is no text");
      lengths[row] = isText ? meta >> 4 : -1;
    }
    return { lengths, bytes: this.#columns.get(COLUMN.value) ?? new Uint8Array() };
  }

  /** Makes sure that no actor is named in vain. To be called when all is read. */
  requireAllUsed(): void {
    if (this.#used.subarray(1).includes(0)) throw wrong("with an actor that it has no use for");
  }
}

/** The error of a change that no honest program makes. */
export function wrong(state: string): RangeError {
  return new RangeError(`Cannot accept the change: ${state}`);
}

/** Decodes the bytes of a value. @throws {RangeError} if they are no UTF-8. */
export function readText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (cause) {
    throw new RangeError("Cannot accept the change: with a value that is not UTF-8", { cause });
  }
}
