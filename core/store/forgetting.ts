import type { SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Disputes } from "./disputes.ts";
import type { Logs } from "./logs.ts";
import type { Names } from "./names.ts";

const CHANNELS = "(SELECT id FROM channels WHERE space = ?)";
const DOCS = "(SELECT id FROM docs WHERE space = ?)";
const LOGS = `(SELECT id FROM logs WHERE doc IN ${DOCS})`;

/** What is deleted of a space, in an order in which nothing leads to what is gone. */
const DELETES: readonly string[] = [
  `DELETE FROM holdings WHERE log IN ${LOGS}`,
  `DELETE FROM messages WHERE channel IN ${CHANNELS}`,
  `DELETE FROM shadowed_messages WHERE channel IN ${CHANNELS}`,
  `DELETE FROM segments WHERE channel IN ${CHANNELS}`,
  `DELETE FROM read_marks WHERE channel IN ${CHANNELS}`,
  "DELETE FROM channels WHERE space = ?",
  "DELETE FROM notes WHERE space = ?",
  "DELETE FROM people WHERE space = ?",
  "DELETE FROM holders WHERE space = ?",
  "DELETE FROM note_copies WHERE space = ?",
  "DELETE FROM note_texts WHERE space = ?",
  "DELETE FROM notices WHERE space = ?",
  `DELETE FROM disputes WHERE doc IN ${DOCS}`,
  `DELETE FROM rewrites WHERE doc IN ${DOCS}`,
  `DELETE FROM based_logs WHERE log IN ${LOGS}`,
  `DELETE FROM bases WHERE doc IN ${DOCS}`,
  `DELETE FROM kept_sealed WHERE doc IN ${DOCS}`,
  `DELETE FROM envelopes WHERE doc IN ${DOCS}`,
  `DELETE FROM logs WHERE doc IN ${DOCS}`,
  "DELETE FROM docs WHERE space = ?",
  "DELETE FROM entries WHERE space = ?",
  "DELETE FROM heard_epochs WHERE space = ?",
  "DELETE FROM projections WHERE space = ?",
];

/** Takes whole spaces off this device. */
export class Forgetting {
  readonly #database: Database;
  readonly #names: Names;
  readonly #logs: Logs;
  readonly #disputes: Disputes;
  readonly #deletes: readonly Statement[];
  readonly #hide: Statement;
  readonly #isHidden: Statement;

  constructor(database: Database, names: Names, logs: Logs, disputes: Disputes) {
    this.#database = database;
    this.#names = names;
    this.#logs = logs;
    this.#disputes = disputes;
    this.#deletes = DELETES.map((sql) => database.prepare(sql));
    this.#hide = database.prepare(
      "INSERT INTO space_states (space, hidden) VALUES (?, 1) ON CONFLICT DO UPDATE SET hidden = 1",
    );
    this.#isHidden = database.prepare(
      `SELECT hidden FROM space_states JOIN spaces ON spaces.id = space_states.space
       WHERE spaces.space = ? AND hidden = 1`,
    );
  }

  /** Deletes all that is kept of a space; that it was here is remembered. */
  forget(space: SpaceId): void {
    this.#database.write(() => {
      const number = this.#names.space(space);
      for (const statement of this.#deletes) statement.run(number);
      this.#hide.run(number);
      this.#disputes.forget(space);
      this.#logs.forget(space);
    });
  }

  /** Whether a space was here and was forgotten. */
  has(space: SpaceId): boolean {
    return this.#isHidden.get(space) !== undefined;
  }
}
