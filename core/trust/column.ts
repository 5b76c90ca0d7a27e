import { ByteReader } from "./byte_reader.ts";

// The binary document format of Automerge, section "Column Metadata": the lowest bits of a column's number.
const TYPE_MASK = 7;
const DELTA = 3;
const BOOLEAN = 4;
const TEXT = 5;

/** From so many on numbers lie in a typed array: of few, it takes more time and room than they do. */
const MANY = 16;

/** Numbers, each below 2^31; -1 where there is none. */
export type Numbers = Int32Array | number[];

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** So many rows without a number. */
export function noNumbers(rows: number): Numbers {
  return rows < MANY ? new Array<number>(rows).fill(-1) : new Int32Array(rows).fill(-1);
}

/**
 * One column of a change but for that of values, read to its end run by run. It must be in the one form in which
 * Automerge writes it: runs as long as they can be, nothing in two ways. Runs are not expanded, so whoever
 * goes through them does no more than their bytes are worth. Errors are made with `bad`.
 */
export class Column {
  /** How many rows the run stands for that {@linkcode next} came to. */
  times = 0;
  /** Its number (of a delta column, the difference); `null` stands for rows without one. */
  number: number | null = null;
  /** Its string; `null` stands for rows without one. */
  text: string | null = null;
  /** The rows of all runs up to this one. */
  rows = 0;
  readonly #type: number;
  readonly #bytes: ByteReader;
  readonly #maxRows: number;
  readonly #bad: (state: string) => Error;
  #before: "repeated" | "listed" | "missing" | undefined;
  /** Values that are still to come of a list. */
  #listed = 0;
  /** Whether there was any value; a column of none is not written. */
  #isAnything = false;

  constructor(spec: number, bytes: Uint8Array, maxRows: number, bad: (state: string) => Error) {
    this.#type = spec & TYPE_MASK;
    this.#bytes = new ByteReader(bytes, bad);
    this.#maxRows = maxRows;
    this.#bad = bad;
  }

  /** Goes on to the next run, of a column that is not one of booleans; false at the end. */
  next(): boolean {
    if (this.#listed > 0) {
      this.#listed--;
      this.#read();
      return true;
    }
    if (this.#bytes.left === 0) {
      if (!this.#isAnything) throw this.#odd();
      return false;
    }
    const run = this.#bytes.sleb();
    const times = run === 0 ? this.#bytes.uleb() : Math.abs(run);
    this.#count(times);
    if (run === 0) {
      if (times === 0 || this.#before === "missing") throw this.#odd();
      this.#before = "missing";
      this.times = times;
      this.number = this.text = null;
      return true;
    }
    if (run === 1 || (run < 0 && this.#before === "listed")) throw this.#odd();
    this.#before = run > 0 ? "repeated" : "listed";
    this.#listed = run > 0 ? 0 : times - 1;
    this.#isAnything = true;
    this.times = run > 0 ? times : 1;
    this.#read();
    return true;
  }

  /** Goes to its end; gives how many rows there are. */
  end(): number {
    if (this.#type === BOOLEAN) this.booleanRuns();
    else while (this.next());
    return this.rows;
  }

  /** Expands a column of strings. */
  texts(): (string | null)[] {
    const texts: (string | null)[] = [];
    while (this.next()) {
      for (let i = 0; i < this.times; i++) texts.push(this.text);
    }
    return texts;
  }

  /** Expands a column of numbers. */
  numbers(rows: number): Numbers {
    const numbers = noNumbers(rows);
    let at = 0;
    let last = 0;
    while (this.next()) {
      if (this.number === null) {
        at += this.times;
        continue;
      }
      for (let i = 0; i < this.times; i++) {
        last = this.#type === DELTA ? last + this.number : this.number;
        if (last < 0 || last > 0x7fffffff) throw this.#bad("with a number out of all bounds");
        numbers[at++] = last;
      }
    }
    return numbers;
  }

  /** Gives how many rows are false, how many then are true, then false … */
  booleanRuns(): number[] {
    const runs: number[] = [];
    for (let i = 0; this.#bytes.left > 0; i++) {
      const times = this.#bytes.uleb();
      if (times === 0 && (i > 0 || this.#bytes.left === 0)) throw this.#odd();
      this.#count(times);
      runs.push(times);
    }
    return runs;
  }

  /** Reads the value of a run, which is another than that of the run before. */
  #read(): void {
    if (this.#type === TEXT) {
      const text = this.#text();
      if (text === this.text) throw this.#odd();
      this.text = text;
      return;
    }
    const number = this.#type === DELTA ? this.#bytes.sleb() : this.#bytes.uleb();
    if (number === this.number) throw this.#odd();
    this.number = number;
  }

  #text(): string {
    const bytes = this.#bytes.take(this.#bytes.uleb());
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw Object.assign(this.#bad("with a key that is not UTF-8"), { cause });
    }
  }

  #count(times: number): void {
    this.rows += times;
    if (this.rows > this.#maxRows) throw this.#bad(`of more than ${this.#maxRows} operations`);
  }

  #odd(): Error {
    return this.#bad("in a form that Automerge does not write");
  }
}
