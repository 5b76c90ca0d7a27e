import type { SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** The version of what this program makes of envelopes; another one is made anew. */
export const PROJECTION_VERSION = 1;

/** What envelopes mean to people, as a whole: which version of it there is, and how registers are cleared. */
export class Projections {
  readonly #names: Names;
  readonly #version: Statement;
  readonly #setVersion: Statement;
  readonly #clearChannels: Statement;
  readonly #clearNotes: Statement;
  readonly #clearPeople: Statement;

  constructor(database: Database, names: Names) {
    this.#names = names;
    this.#version = database.prepare(
      `SELECT version FROM projections JOIN spaces ON spaces.id = projections.space
       WHERE spaces.space = ?`,
    );
    this.#setVersion = database.prepare(
      `INSERT INTO projections (space, version) VALUES (?, ${PROJECTION_VERSION})
       ON CONFLICT DO UPDATE SET version = excluded.version`,
    );
    this.#clearChannels = database.prepare(
      "UPDATE channels SET name = NULL, made_by = NULL, op = 0, op_actor = '' WHERE space = ?",
    );
    this.#clearNotes = database.prepare(
      "UPDATE notes SET title = NULL, made_by = NULL, op = 0, op_actor = '' WHERE space = ?",
    );
    this.#clearPeople = database.prepare("DELETE FROM people WHERE space = ?");
  }

  /** Whether that of a space is there and as this program makes it. */
  isCurrent(space: SpaceId): boolean {
    return this.#version.get<{ version: number }>(space)?.version === PROJECTION_VERSION;
  }

  /** That of a space was made by this program, all of it. */
  setCurrent(space: SpaceId): void {
    this.#setVersion.run(this.#names.space(space));
  }

  /** Clears what a space's own document means; within a transaction. */
  clearRegisters(space: SpaceId): void {
    const id = this.#names.space(space);
    for (const clear of [this.#clearChannels, this.#clearNotes, this.#clearPeople]) clear.run(id);
  }
}
