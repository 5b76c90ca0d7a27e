import type { Database, Statement, Value } from "./database.ts";
import type { MessagePlace } from "./shadowed_messages.ts";

/** A message to be inserted: its channel and id, and what it is there. */
export type NewMessage = readonly [channel: number, id: Uint8Array, ...MessagePlace];

/** Messages that one statement inserts; to call it costs more than a row does. */
export const MESSAGES_AT_ONCE = 100;
const INSERT =
  "INSERT INTO messages (channel, message, at, author, segment, log, seq, op, text) VALUES";
const ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";
/** SQLITE_CONSTRAINT_UNIQUE. */
const NOT_UNIQUE = 2067;

/** Inserts messages, within a transaction. */
export class MessageInserts {
  readonly #one: Statement;
  readonly #many: Statement;

  constructor(database: Database) {
    this.#one = database.prepare(`${INSERT} ${ROW} ON CONFLICT (channel, message) DO NOTHING`);
    this.#many = database.prepare(`${INSERT} ${Array(MESSAGES_AT_ONCE).fill(ROW).join(", ")}`);
  }

  /** Inserts a message unless its channel has one with its id. Gives whether it did. */
  one(message: NewMessage): boolean {
    return this.#one.run(...message) > 0;
  }

  /** Inserts {@linkcode MESSAGES_AT_ONCE} messages, or none of them if an id is not new. Gives whether it did. */
  many(messages: readonly NewMessage[]): boolean {
    const values: Value[] = [];
    for (const message of messages) values.push(...message);
    try {
      return this.#many.run(...values) > 0;
    } catch (error) {
      if ((error as { errcode?: unknown }).errcode === NOT_UNIQUE) return false;
      throw error;
    }
  }
}
