import { Column } from "../trust/column.ts";
import { type DocumentColumn, MAX_SEALED_ROWS } from "../trust/document_chunk.ts";

/** The ids of operations: places of their actors among those of the document, and counters. */
export interface Ids {
  readonly logOf: Int32Array;
  readonly counters: Int32Array;
}

/** Opens a column to be gone through; `undefined` if there is none. */
export function columnOf(columns: readonly DocumentColumn[], wanted: number): Column | undefined {
  const found = columns.find(({ spec }) => spec === wanted);
  return found && new Column(wanted, found.bytes, MAX_SEALED_ROWS, odd);
}

/**
 * A column of numbers, of so many rows or of as many as there are; none where there is no column.
 *
 * @throws {SyntaxError} if it has another number of rows.
 */
export function numbers(
  columns: readonly DocumentColumn[],
  wanted: number,
  rows?: number,
): Int32Array {
  const length = columnOf(columns, wanted)?.end();
  if (length === undefined) {
    if (rows) throw odd(`no column ${wanted}`);
    return new Int32Array();
  }
  if (rows !== undefined && length !== rows) throw odd("columns of unequal length");
  return new Int32Array(columnOf(columns, wanted)?.numbers(length) ?? []);
}

/** The ids of so many operations. @throws {SyntaxError} if there are more or fewer. */
export function ids(
  columns: readonly DocumentColumn[],
  { actor, counter }: { readonly actor: number; readonly counter: number },
  rows = 0,
): Ids {
  return { logOf: numbers(columns, actor, rows), counters: numbers(columns, counter, rows) };
}

/** The sum of all numbers before each; one more, for all of them. */
export function sumsBefore(counts: Int32Array): Int32Array {
  const sums = new Int32Array(counts.length + 1);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sums[i + 1] = sum += counts[i] ?? 0;
  return sums;
}

/** The error of a saved document that is none of this program's. */
export function odd(state: string): SyntaxError {
  return new SyntaxError(`Cannot read the saved document: ${state}`);
}
