import type { Database, Statement } from "./database.ts";

/** Receipts that are kept; the oldest go. */
export const MAX_RECEIPTS = 10_000;
/** How long a receipt is kept. */
export const RECEIPT_MS = 7 * 24 * 60 * 60 * 1000;

/** What a command was answered, so that the same request sent again is done once. */
export class Receipts {
  readonly #database: Database;
  readonly #find: Statement;
  readonly #add: Statement;
  readonly #dropMany: Statement;
  readonly #dropOld: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare("SELECT answer FROM receipts WHERE request = ? AND at > ?");
    this.#add = database.prepare(
      `INSERT INTO receipts (id, request, answer, at)
       VALUES ((SELECT coalesce(max(id), 0) + 1 FROM receipts), ?, ?, ?)
       ON CONFLICT (request) DO UPDATE SET answer = excluded.answer, at = excluded.at`,
    );
    this.#dropMany = database.prepare(
      `DELETE FROM receipts WHERE id <= (SELECT max(id) FROM receipts) - ${MAX_RECEIPTS}`,
    );
    this.#dropOld = database.prepare("DELETE FROM receipts WHERE at <= ?");
  }

  /** The answer that a request was given, if it was, at `now` in milliseconds since 1970. */
  get(id: string, now: number): { readonly answer: unknown } | undefined {
    const row = this.#find.get<{ answer: string }>(id, now - RECEIPT_MS);
    return row && { answer: JSON.parse(row.answer) };
  }

  /** Keeps an answer, which must be JSON, given at `now`. */
  put(id: string, answer: unknown, now: number): void {
    this.#database.write(() => {
      this.#dropOld.run(now - RECEIPT_MS);
      this.#add.run(id, JSON.stringify(answer), now);
      this.#dropMany.run();
    });
  }
}
