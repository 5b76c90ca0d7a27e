import type { DocId, SpaceId } from "../base/ids.ts";
import type { NewEntry } from "../doc/documents.ts";
import type { Database, Statement } from "./database.ts";
import type { Logs } from "./logs.ts";

/** What a change of this device wrote that became void: to be written again. */
export interface Rewrite {
  readonly id: number;
  readonly doc: DocId;
  readonly entries: readonly NewEntry[];
}

/** What this device owes its person: what was acknowledged, became void and is not written again yet. */
export class Rewrites {
  readonly #logs: Logs;
  readonly #add: Statement;
  readonly #drop: Statement;
  readonly #next: Statement;

  constructor(database: Database, logs: Logs) {
    this.#logs = logs;
    this.#add = database.prepare("INSERT INTO rewrites (doc, entries) VALUES (?, ?)");
    this.#drop = database.prepare("DELETE FROM rewrites WHERE id = ?");
    this.#next = database.prepare(
      `SELECT rewrites.id, docs.doc, entries FROM rewrites JOIN docs ON docs.id = rewrites.doc
       JOIN spaces ON spaces.id = docs.space WHERE spaces.space = ? AND rewrites.id > ?
       ORDER BY rewrites.id LIMIT 1`,
    );
  }

  /** Within the transaction that takes the change out. */
  add(space: SpaceId, doc: DocId, entries: readonly NewEntry[]): void {
    const id = this.#logs.docId(space, doc);
    if (id !== undefined) this.#add.run(id, JSON.stringify(entries));
  }

  /** Within the transaction that writes it again; or when there is nothing to write. */
  drop(id: number): void {
    this.#drop.run(id);
  }

  /** The oldest of a space that comes after the number `after`. */
  next(space: SpaceId, after: number): Rewrite | undefined {
    const row = this.#next.get<{ id: number; doc: DocId; entries: string }>(space, after);
    return row && { ...row, entries: JSON.parse(row.entries) };
  }
}
