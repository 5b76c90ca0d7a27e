import type { Database, Statement } from "./database.ts";

/** What the person at this node chose. */
export interface SettingValues {
  readonly name: string;
  readonly colour: number;
}

/** The settings of this node. */
export class Settings {
  readonly #database: Database;
  readonly #find: Statement;
  readonly #set: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare("SELECT value FROM settings WHERE setting = ?");
    this.#set = database.prepare(
      `INSERT INTO settings (setting, value) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    );
  }

  get<Key extends keyof SettingValues>(key: Key): SettingValues[Key] | undefined {
    const row = this.#find.get<{ value: string }>(key);
    return row && JSON.parse(row.value);
  }

  set<Key extends keyof SettingValues>(key: Key, value: SettingValues[Key]): void {
    this.#database.write(() => this.#set.run(key, JSON.stringify(value)));
  }
}
