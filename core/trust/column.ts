import { ByteReader } from "./byte_reader.ts";

/** Hears of each value in turn and how many rows it stands for; `null` stands for rows without one. */
export type Visitor<T> = (value: T | null, times: number) => void;

// The binary document format of Automerge, section "Column Metadata": the lowest bits of a column's number.
const TYPE_MASK = 7;
const DELTA = 3;
const BOOLEAN = 4;
const TEXT = 5;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ignore = () => {};

/**
 * One column of a change but for that of values, read to its end. It must be in the one form in which
 * Automerge writes it: runs as long as they can be, nothing in two ways. Runs are not expanded, so whoever
 * visits them does no more than their bytes are worth. Errors are made with `bad`.
 */
export class Column {
  readonly #spec: number;
  readonly #bytes: ByteReader;
  readonly #maxRows: number;
  readonly #bad: (state: string) => Error;

  constructor(spec: number, bytes: Uint8Array, maxRows: number, bad: (state: string) => Error) {
    this.#spec = spec;
    this.#bytes = new ByteReader(bytes, bad);
    this.#maxRows = maxRows;
    this.#bad = bad;
  }

  /** Gives how many rows there are, and tells `visit` the numbers (for a delta column, the differences). */
  walk(visit: Visitor<number> = ignore): number {
    switch (this.#spec & TYPE_MASK) {
      case BOOLEAN:
        return this.#booleans(ignore);
      case TEXT:
        return this.#runs(() => this.#text(), ignore);
      default:
        return this.#runs(this.#number(), visit);
    }
  }

  /** Expands a column of strings. */
  texts(): (string | null)[] {
    const texts: (string | null)[] = [];
    this.#runs(() => this.#text(), (text, times) => {
      for (let i = 0; i < times; i++) texts.push(text);
    });
    return texts;
  }

  /** Expands a column of numbers, each below 2^31; -1 is a row without one. */
  numbers(rows: number): Int32Array {
    const numbers = new Int32Array(rows).fill(-1);
    const isDelta = (this.#spec & TYPE_MASK) === DELTA;
    let at = 0;
    let last = 0;
    this.#runs(this.#number(), (value, times) => {
      if (value === null) {
        at += times;
        return;
      }
      for (let i = 0; i < times; i++) {
        last = isDelta ? last + value : value;
        if (last < 0 || last > 0x7fffffff) throw this.#bad("with a number out of all bounds");
        numbers[at++] = last;
      }
    });
    return numbers;
  }

  /** Gives how many rows are false, how many then are true, then false … */
  booleanRuns(): number[] {
    const runs: number[] = [];
    this.#booleans((times) => runs.push(times));
    return runs;
  }

  /** Run-length encoding: a repeated value, a list of values, or rows without one. */
  #runs<T>(read: () => T, visit: Visitor<T>): number {
    let rows = 0;
    let before: "repeated" | "listed" | "missing" | undefined;
    let last: T | undefined;
    let isAnything = false;
    while (this.#bytes.left > 0) {
      const run = this.#bytes.sleb();
      const times = run === 0 ? this.#bytes.uleb() : Math.abs(run);
      rows = this.#bounded(rows + times);
      if (run === 0) {
        if (times === 0 || before === "missing") throw this.#odd();
        before = "missing";
        last = undefined;
        visit(null, times);
        continue;
      }
      if (run === 1 || (run < 0 && before === "listed")) throw this.#odd();
      before = run > 0 ? "repeated" : "listed";
      for (let i = 0; i < (run > 0 ? 1 : times); i++) {
        const value = read();
        if (value === last) throw this.#odd();
        last = value;
        visit(value, run > 0 ? times : 1);
      }
      isAnything = true;
    }
    if (!isAnything) throw this.#odd();
    return rows;
  }

  #booleans(visit: (times: number) => void): number {
    let rows = 0;
    for (let i = 0; this.#bytes.left > 0; i++) {
      const times = this.#bytes.uleb();
      if (times === 0 && (i > 0 || this.#bytes.left === 0)) throw this.#odd();
      rows = this.#bounded(rows + times);
      visit(times);
    }
    return rows;
  }

  #number(): () => number {
    const isDelta = (this.#spec & TYPE_MASK) === DELTA;
    return isDelta ? () => this.#bytes.sleb() : () => this.#bytes.uleb();
  }

  #text(): string {
    const bytes = this.#bytes.take(this.#bytes.uleb());
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw Object.assign(this.#bad("with a key that is not UTF-8"), { cause });
    }
  }

  #bounded(rows: number): number {
    if (rows > this.#maxRows) throw this.#bad(`of more than ${this.#maxRows} operations`);
    return rows;
  }

  #odd(): Error {
    return this.#bad("in a form that Automerge does not write");
  }
}
