import type { SQLInputValue, StatementSync } from "node:sqlite";
import { sqliteFault } from "./sqlite_fault.ts";

/** A value of a column or a parameter. */
export type Value = SQLInputValue;

type Write = <T>(act: () => T) => T;

/** A prepared statement. Each call throws {@linkcode StoreError} when the disk or the file is at fault. */
export class Statement {
  #statement: StatementSync;
  readonly #path: string;
  readonly #write: Write;

  /** `write` does something as a transaction, or as a part of the one that there is. */
  constructor(statement: StatementSync, path: string, write: Write) {
    this.#statement = statement;
    this.#path = path;
    this.#write = write;
  }

  /** Goes on as this, of the same database opened anew. */
  renew(statement: StatementSync): void {
    this.#statement = statement;
  }

  /** Runs it; gives how many rows it changed. */
  run(...values: Value[]): number {
    return this.#change(...values).changes;
  }

  /** Runs an insertion; gives the number of the new row. */
  insert(...values: Value[]): number {
    return this.#change(...values).row;
  }

  /** Gives the first row. */
  get<Row>(...values: Value[]): Row | undefined {
    return this.#guard(() => this.#statement.get(...values) as Row | undefined);
  }

  /** Gives all rows. */
  all<Row>(...values: Value[]): Row[] {
    return this.#guard(() => this.#statement.all(...values) as Row[]);
  }

  /** Gives rows as they are asked for. It must be read to its end or left before the next call. */
  *each<Row>(...values: Value[]): Generator<Row> {
    try {
      for (const row of this.#statement.iterate(...values)) yield row as Row;
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }

  #change(...values: Value[]): { changes: number; row: number } {
    return this.#write(() =>
      this.#guard(() => {
        const { changes, lastInsertRowid } = this.#statement.run(...values);
        return { changes: Number(changes), row: Number(lastInsertRowid) };
      })
    );
  }

  #guard<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw sqliteFault(error, this.#path);
    }
  }
}
