import { Buffer } from "node:buffer";
import type { NoteId, SpaceId } from "../base/ids.ts";
import type { NoteText } from "../view/view.ts";
import type { Database, Statement } from "./database.ts";
import type { Names } from "./names.ts";

interface Row {
  readonly digest: Uint8Array;
  readonly heads: string;
  readonly text: string;
}

/** Texts of notes that take long to be made from what was signed. A cache: what is not here is made. */
export class NoteTexts {
  readonly #database: Database;
  readonly #names: Names;
  readonly #set: Statement;
  readonly #of: Statement;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#set = database.prepare(
      `INSERT INTO note_texts (space, note, digest, heads, text) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET digest = excluded.digest, heads = excluded.heads,
         text = excluded.text`,
    );
    this.#of = database.prepare(
      "SELECT digest, heads, text FROM note_texts WHERE space = ? AND note = ?",
    );
  }

  /** Keeps a note's text. `digest` is that of its logs, see `SpaceVectors.docDigest`. */
  set(space: SpaceId, note: NoteId, digest: Uint8Array, { heads, text }: NoteText): void {
    this.#database.writeSoon(() => {
      this.#set.run(this.#names.space(space), note, digest, JSON.stringify(heads), text);
    });
  }

  /** A note's text, if it was kept when its logs had that digest. */
  of(space: SpaceId, note: NoteId, digest: Uint8Array): NoteText | undefined {
    const spaceId = this.#names.findSpace(space);
    const row = spaceId === undefined ? undefined : this.#of.get<Row>(spaceId, note);
    if (!row || Buffer.compare(row.digest, digest) !== 0) return undefined;
    return { heads: JSON.parse(row.heads), text: row.text };
  }
}
