import type { NoteId, SpaceId } from "../base/ids.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

/** Copies kept of one note; the oldest goes. */
export const MAX_NOTE_COPIES = 16;

/** The text of a note as it was before a part of it was taken out. */
export interface NoteCopy {
  readonly id: number;
  readonly note: NoteId;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Texts of notes from before something in them became void: to be read, and copied by hand. */
export class NoteCopies {
  readonly #database: Database;
  readonly #names: Names;
  readonly #add: Statement;
  readonly #drop: Statement;
  readonly #of: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#add = database.prepare(
      "INSERT INTO note_copies (space, note, at, text) VALUES (?, ?, ?, ?)",
    );
    this.#drop = database.prepare(
      `DELETE FROM note_copies WHERE id IN (SELECT id FROM note_copies WHERE space = ? AND note = ?
       ORDER BY id DESC LIMIT -1 OFFSET ${MAX_NOTE_COPIES})`,
    );
    this.#of = database.prepare(
      "SELECT id, note, at, text FROM note_copies WHERE space = ? AND note = ? ORDER BY id DESC",
    );
  }

  /** Keeps a text; gives its number. */
  add(space: SpaceId, note: NoteId, at: number, text: string): number {
    return this.#database.write(() => {
      const spaceId = this.#names.space(space);
      const id = this.#add.insert(spaceId, note, at, text);
      this.#drop.run(spaceId, note);
      return id;
    });
  }

  /** The newest first. */
  of(space: SpaceId, note: NoteId): NoteCopy[] {
    const spaceId = this.#names.findSpace(space);
    return spaceId === undefined ? [] : this.#of.all<NoteCopy>(spaceId, note);
  }
}
