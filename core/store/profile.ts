import type { Database, Statement } from "./database.ts";

/** How this person is shown in every space. */
export interface StoredProfile {
  readonly name: string;
  /** An index below `COLOURS`. */
  readonly colour: number;
}

/** The one profile of this node. */
export class Profile {
  readonly #database: Database;
  readonly #find: Statement;
  readonly #set: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare("SELECT name, colour FROM profile");
    this.#set = database.prepare(
      `INSERT INTO profile (id, name, colour) VALUES (1, ?, ?)
       ON CONFLICT DO UPDATE SET name = excluded.name, colour = excluded.colour`,
    );
  }

  /** The profile, once it was set. */
  get(): StoredProfile | undefined {
    return this.#find.get();
  }

  set({ name, colour }: StoredProfile): void {
    this.#database.write(() => this.#set.run(name, colour));
  }
}
