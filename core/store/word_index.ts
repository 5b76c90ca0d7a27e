import type { Database, Statement } from "./database.ts";

/** Messages taken up at once; each takes some 7 µs. */
export const MAX_TAKEN = 500;
/** Of long ones fewer, so many bytes of text at once. */
const MAX_BYTES = 64 * 1024;

interface Text {
  readonly id: number;
  readonly text: string;
  readonly bytes: number;
}

/**
 * The words of messages, for looking them up. In the transaction that stores a message they would cost three times what
 * all else of it does; so messages are taken up after they came, in that order, a few at a time. What was taken up stays
 * in step by itself.
 */
export class WordIndex {
  readonly #database: Database;
  readonly #upTo: Statement;
  readonly #newest: Statement;
  readonly #next: Statement;
  readonly #add: Statement;
  readonly #setUpTo: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#upTo = database.prepare("SELECT up_to AS id FROM words_taken");
    this.#newest = database.prepare("SELECT max(id) AS id FROM messages");
    this.#next = database.prepare(
      `SELECT id, text, octet_length(text) AS bytes FROM messages WHERE id > ? ORDER BY id
       LIMIT ${MAX_TAKEN}`,
    );
    this.#add = database.prepare("INSERT INTO message_words (rowid, text) VALUES (?, ?)");
    this.#setUpTo = database.prepare("UPDATE words_taken SET up_to = ?");
  }

  /** The number of the newest message; 0 if there is none. */
  get newest(): number {
    return this.#idOf(this.#newest);
  }

  /** Whether there are messages that it does not have. */
  get isBehind(): boolean {
    return this.newest > this.#idOf(this.#upTo);
  }

  /**
   * Takes up some messages, if there are any; it takes some ten milliseconds at most.
   *
   * @throws {StoreError} `full`, `io` or `damaged`; none is taken up.
   */
  advance(): void {
    if (!this.isBehind) return;
    this.#database.writeSoon(() => {
      let upTo = this.#idOf(this.#upTo);
      let room = MAX_BYTES;
      for (const { id, text, bytes } of this.#next.all<Text>(upTo)) {
        if (room < 0) break;
        this.#add.run(id, text);
        upTo = id;
        room -= bytes;
      }
      this.#setUpTo.run(upTo);
    });
  }

  #idOf(statement: Statement): number {
    return statement.get<{ id: number | null }>()?.id ?? 0;
  }
}
