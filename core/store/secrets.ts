import type { Database, Statement } from "./database.ts";

/** Small secrets under names (epoch keys, invite secrets), as boxes that the vault sealed. */
export class Secrets {
  readonly #database: Database;
  readonly #find: Statement;
  readonly #put: Statement;
  readonly #drop: Statement;
  readonly #names: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare("SELECT box FROM secrets WHERE name = ?");
    this.#put = database.prepare(
      "INSERT INTO secrets (name, box) VALUES (?, ?) ON CONFLICT DO UPDATE SET box = excluded.box",
    );
    this.#drop = database.prepare("DELETE FROM secrets WHERE name = ?");
    this.#names = database.prepare(
      "SELECT name FROM secrets WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
    );
  }

  get(name: string): Uint8Array | undefined {
    return this.#find.get<{ box: Uint8Array }>(name)?.box;
  }

  /** Keeps a box, over an older one. When this returns it is on disk. */
  put(name: string, box: Uint8Array): void {
    this.#database.write(() => this.#put.run(name, box));
  }

  /** Forgets a box; not there is fine. */
  drop(name: string): void {
    this.#database.write(() => this.#drop.run(name));
  }

  /** The names that begin with `prefix`, sorted. */
  names(prefix: string): string[] {
    return this.#names.all<{ name: string }>(prefix).map(({ name }) => name);
  }
}
