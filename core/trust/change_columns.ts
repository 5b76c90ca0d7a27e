import type { ByteReader } from "./byte_reader.ts";

/** Columns that the operations of a change lie in; Automerge 3.5 knows 19. */
const MAX_COLUMNS = 64;

// The binary document format of Automerge, section "Column Metadata": the lowest bits of a column's number.
const TYPE_MASK = 7;
const DEFLATED = 8;

/**
 * Reads all that comes after the message of a plain change: other actors, then the columns of its
 * operations, whose runs are added up without being expanded. For 127 bytes can say that they are five
 * million operations, which takes Automerge 22 seconds and gigabytes.
 *
 * @returns the rows of the longest column: no fewer than there are operations.
 * @throws what `bad` makes, when there are more rows than `maxRows` or the columns are not sound.
 */
export function countRows(
  body: ByteReader,
  maxRows: number,
  bad: (state: string) => Error,
): number {
  const actors = body.uleb();
  for (let i = 0; i < actors; i++) {
    const length = body.uleb();
    if (length === 0) throw bad("with an actor of no bytes");
    body.take(length);
  }
  const count = body.uleb();
  if (count > MAX_COLUMNS) throw bad(`of ${count} columns`);
  const columns: { readonly spec: number; readonly length: number }[] = [];
  for (let i = 0; i < count; i++) columns.push({ spec: body.uleb(), length: body.uleb() });
  let most = 0;
  for (const { spec, length } of columns) {
    if (spec & DEFLATED) throw bad("with a deflated column");
    const column = new Column(body.within(length), maxRows, bad);
    most = Math.max(most, column.rows(spec & TYPE_MASK));
  }
  return most;
}

/** One column, read to its end. */
class Column {
  readonly #bytes: ByteReader;
  readonly #maxRows: number;
  readonly #bad: (state: string) => Error;

  constructor(bytes: ByteReader, maxRows: number, bad: (state: string) => Error) {
    this.#bytes = bytes;
    this.#maxRows = maxRows;
    this.#bad = bad;
  }

  rows(type: number): number {
    switch (type) {
      case 0:
        return this.#groups();
      case 1:
      case 2:
      case 6:
        return this.#runs(() => this.#bytes.uleb());
      case 3:
        return this.#runs(() => this.#bytes.sleb());
      case 4:
        return this.#booleans();
      case 5:
        return this.#runs(() => this.#bytes.take(this.#bytes.uleb()));
      default:
        // The bytes of values; their lengths are in the column before.
        return 0;
    }
  }

  /** Each row of a group stands for as many rows in the columns that belong to it. */
  #groups(): number {
    let members = 0;
    const rows = this.#runs((times) => members += this.#bounded(this.#bytes.uleb()) * times);
    return Math.max(rows, this.#bounded(members));
  }

  /** Run-length encoding: `read` takes a value that stands for so many rows. */
  #runs(read: (times: number) => unknown): number {
    let rows = 0;
    while (this.#bytes.left > 0) {
      const run = this.#bytes.sleb();
      rows = this.#bounded(rows + (run === 0 ? this.#bytes.uleb() : Math.abs(run)));
      if (run > 0) read(run);
      for (let i = run; i < 0; i++) read(1);
    }
    return rows;
  }

  #booleans(): number {
    let rows = 0;
    while (this.#bytes.left > 0) rows = this.#bounded(rows + this.#bytes.uleb());
    return rows;
  }

  #bounded(rows: number): number {
    if (rows > this.#maxRows) throw this.#bad(`of more than ${this.#maxRows} operations`);
    return rows;
  }
}
