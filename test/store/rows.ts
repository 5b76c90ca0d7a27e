import { Database } from "../../core/store/database.ts";

const ROW_BYTES = 1500;

/** A database with a table of its own, whose rows are spread over its pages and an index. */
export class Rows implements Disposable {
  readonly database: Database;

  constructor(path: string) {
    this.database = Database.open(path);
    const table = this.database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'made'");
    if (table.get()) return;
    const make = [
      "CREATE TABLE IF NOT EXISTS made (key TEXT PRIMARY KEY, n INTEGER, bytes BLOB)",
      "CREATE INDEX IF NOT EXISTS by_n ON made (n)",
    ];
    this.database.write(() => make.forEach((sql) => this.database.prepare(sql).run()));
  }

  /** How many there are. */
  get count(): number {
    return this.database.prepare("SELECT count(*) AS count FROM made").get<{ count: number }>()
      ?.count ?? 0;
  }

  /** Adds so many as one transaction that is synced. */
  add(count: number): void {
    this.database.write(() => this.#insert(count));
  }

  /** The same, to be synced later. */
  addSoon(count: number): void {
    this.database.writeSoon(() => this.#insert(count));
  }

  /** Writes all anew. */
  touch(): void {
    this.database.write(() =>
      this.database.prepare("UPDATE made SET bytes = randomblob(?)").run(ROW_BYTES)
    );
  }

  /** Adds so many at a time until it cannot; gives why not. */
  addUntilRefused(count: number): unknown {
    for (;;) {
      try {
        this.add(count);
      } catch (error) {
        return error;
      }
    }
  }

  /** What is wrong in the file; empty when nothing is. */
  faults(): string[] {
    return this.database.prepare("PRAGMA integrity_check").all<{ integrity_check: string }>()
      .map((row) => row.integrity_check).filter((text) => text !== "ok");
  }

  #insert(count: number): void {
    const before = this.count;
    const insert = this.database.prepare("INSERT INTO made VALUES (?, ?, zeroblob(?))");
    for (let n = before; n < before + count; n++) {
      // Each near another than the last: of an old and a new state of the pages no whole tree comes.
      insert.run(`${(n * 7919) % 1009}-${n}`, (n * 31) % 997, ROW_BYTES);
    }
  }

  close(): void {
    this.database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
