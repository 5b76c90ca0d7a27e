import { Buffer } from "node:buffer";
import type { EntryHash, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** One entry of a membership log, as it came. */
export interface StoredEntry {
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** The membership logs of the private spaces of this node. */
export class MembershipEntries {
  readonly #database: Database;
  readonly #names: Names;
  readonly #of: Statement;
  readonly #add: Statement;
  readonly #spaces: Statement;
  readonly #drop: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#of = database.prepare(
      `SELECT bytes, signature FROM entries JOIN spaces ON spaces.id = entries.space
       WHERE spaces.space = ? ORDER BY entries.id`,
    );
    this.#add = database.prepare(
      `INSERT INTO entries (space, hash, bytes, signature, received_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#spaces = database.prepare(
      `SELECT spaces.space FROM entries JOIN spaces ON spaces.id = entries.space
       GROUP BY spaces.id ORDER BY min(entries.id)`,
    );
    this.#drop = database.prepare(
      "DELETE FROM entries WHERE space = (SELECT id FROM spaces WHERE space = ?)",
    );
  }

  /** The log of a space in the order of admission: every entry after its parents. */
  of(space: SpaceId): StoredEntry[] {
    return this.#of.all(space);
  }

  /**
   * Admits an entry, at `at` in milliseconds since 1970; its parents must be there. When this returns it is
   * on disk. Gives whether it is new.
   */
  add(space: SpaceId, hash: EntryHash, { bytes, signature }: StoredEntry, at: number): boolean {
    return this.#database.write(() => {
      const number = this.#names.space(space);
      return this.#add.run(number, Buffer.from(hash, "hex"), bytes, signature, at) > 0;
    });
  }

  /** Admits several entries as one, each after its parents, as {@linkcode add} does. */
  addAll(
    space: SpaceId,
    entries: readonly (StoredEntry & { readonly hash: EntryHash })[],
    at: number,
  ): void {
    this.#database.write(() => {
      for (const entry of entries) this.add(space, entry.hash, entry, at);
    });
  }

  /** The spaces that have a log, the one that came first first. */
  spaces(): SpaceId[] {
    return this.#spaces.all<{ space: SpaceId }>().map(({ space }) => space);
  }

  /** Forgets the log of a space. */
  drop(space: SpaceId): void {
    this.#database.write(() => this.#drop.run(space));
  }
}
