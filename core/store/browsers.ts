import type { Database, Statement } from "./database.ts";
import { StoreError } from "./store_error.ts";

/** Browsers that stay let in; the one not used for longest makes room. */
export const MAX_BROWSERS = 64;

/** The public keys of browsers that were let in once. */
export class Browsers {
  readonly #database: Database;
  readonly #find: Statement;
  readonly #add: Statement;
  readonly #use: Statement;
  readonly #dropUnused: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare(
      `SELECT key, used = (SELECT max(used) FROM browsers) AS newest FROM browsers
       WHERE browser = ?`,
    );
    const next = "(SELECT coalesce(max(used), 0) + 1 FROM browsers)";
    this.#add = database.prepare(
      `INSERT INTO browsers (browser, key, added_at, used) VALUES (?, ?, ?, ${next})
       ON CONFLICT DO UPDATE SET key = excluded.key, used = excluded.used`,
    );
    this.#use = database.prepare(`UPDATE browsers SET used = ${next} WHERE browser = ?`);
    this.#dropUnused = database.prepare(
      `DELETE FROM browsers WHERE browser NOT IN
       (SELECT browser FROM browsers ORDER BY used DESC LIMIT ${MAX_BROWSERS})`,
    );
  }

  /** Keeps a key under an id, over an older one. `at` is milliseconds since 1970. */
  add(id: string, key: Uint8Array, at: number): void {
    this.#database.write(() => {
      this.#add.run(id, key, at);
      this.#dropUnused.run();
    });
  }

  /** The key kept under an id, which counts as used by that. */
  get(id: string): Uint8Array | undefined {
    const row = this.#find.get<{ key: Uint8Array; newest: number }>(id);
    if (row && !row.newest) this.#markUsed(id);
    return row?.key;
  }

  #markUsed(id: string): void {
    try {
      this.#database.writeSoon(() => this.#use.run(id));
    } catch (error) {
      // A full disk must lock nobody out: only the order of use stays as it was.
      if (!(error instanceof StoreError)) throw error;
    }
  }
}
